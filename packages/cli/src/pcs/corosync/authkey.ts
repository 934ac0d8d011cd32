import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

/** Corosync takes 1024 to 4096 bits; this is what corosync-keygen makes. Source: corosync-keygen(8). */
export const KEY_BYTES = 256;
const COROSYNC_KEY = "/etc/corosync/authkey";

/** @throws PcsError when there is a file already, unless `--overwrite` allows to replace it */
export function refusePresent(call: PcsCall, path: string, what: string): void {
  if (!call.world.fileExists(path) || call.has("--overwrite")) return;
  fail(`${what} '${path}' already exists, use --overwrite to overwrite existing file(s)`);
}

/** Makes the key that all nodes of a cluster share. @throws FileError */
export async function writeAuthkey(call: PcsCall, path: string): Promise<void> {
  await call.world.createKey(path, KEY_BYTES, { replaces: call.has("--overwrite") });
  call.reports.info(
    `The key is in ${path}. Bring it to ${COROSYNC_KEY} on every node, with mode 0400 and over a safe channel`,
  );
}

export const authkeyCommand: PcsCommand = {
  usage: ["<file>"],
  help: `Make the key with which the nodes of a cluster encrypt and sign what they tell each other: ${KEY_BYTES} random bytes that only the owner of the file can read. It is never shown.`,
  options: ["--overwrite"],
  async run(call) {
    const [path] = call.expect(1, 1);
    refusePresent(call, path!, "Key file");
    await writeAuthkey(call, path!);
  },
};
