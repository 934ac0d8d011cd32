import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../places.ts";
import type { Service } from "./services.ts";

/** Started on a full host beside its stack. */
const OTHERS = ["dbus.service", "ssh.service"];

/** What systemd of a full host finds: the unit of the daemon as it is installed, and a target that starts the stack and little else. */
export function systemdFiles(
  services: readonly Service[],
  isStackStarted: boolean,
): ReadonlyMap<string, string> {
  const stack = services.map(({ name }) => `${name}.service`);
  const wanted = [...OTHERS, ...(isStackStarted ? stack : [])].join(" ");
  const unit = readFileSync(join(repositoryRoot, "systemd/quorated.service"), "utf8");
  return new Map([
    [
      "/etc/systemd/system/lab.target",
      `[Unit]\nRequires=basic.target\nAfter=basic.target\nWants=${wanted}\nAllowIsolate=yes\n`,
    ],
    ["/etc/systemd/system/quorated.service", unit.replaceAll("@LIBRARY@", repositoryRoot)],
  ]);
}
