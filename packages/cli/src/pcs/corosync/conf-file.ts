import { type CorosyncConf, parseCorosyncConf, printCorosyncConf } from "@quorate/corosync-conf";
import { COROSYNC_CONF } from "../../quorum/read-conf.ts";
import type { PcsCall } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

/** The file of `--corosync_conf`, or this machine's. @throws PcsError, FileError */
export function readCorosyncConf(call: PcsCall): CorosyncConf {
  const path = call.value("--corosync_conf") ?? COROSYNC_CONF;
  const parsed = parseCorosyncConf(call.world.readFile(path));
  if (!parsed.ok) fail(`${path}:${parsed.error.line}: ${parsed.error.message}`);
  return parsed.document;
}

/**
 * Writes the file of `--corosync_conf`. This machine's own file is not changed: all nodes must have the same one, so it is edited as a
 * copy, brought to every node, and loaded there together.
 */
export function writeCorosyncConf(call: PcsCall, document: CorosyncConf): void {
  call.world.writeFile(pathToWrite(call), printCorosyncConf(document));
}

export function pathToWrite(call: PcsCall): string {
  const path = call.value("--corosync_conf");
  if (path === null) {
    fail(
      `name the file to write with --corosync_conf=FILE, copy it to ${COROSYNC_CONF} on every node, and load it with corosync-cfgtool -R`,
    );
  }
  return path;
}
