import { versionText } from "../version.ts";
import { authkeyCommand } from "./corosync/authkey.ts";
import { configGroup } from "./corosync/config-group.ts";
import { setup } from "./corosync/setup.ts";
import { pcsMain } from "./framework/main.ts";

/** `quorate cluster`: what `pcs cluster` does for the configuration of Corosync, in the same words. */
export const main = pcsMain(
  {
    summary: "The configuration of a cluster's communication: corosync.conf and its key",
    commands: { setup, authkey: authkeyCommand, config: configGroup },
  },
  { program: "quorate cluster", version: versionText() },
);
