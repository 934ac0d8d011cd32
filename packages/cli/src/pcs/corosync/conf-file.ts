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

/** Writes a file. @throws FileError */
export function writeCorosyncConf(call: PcsCall, path: string, document: CorosyncConf): void {
  call.world.writeFile(path, printCorosyncConf(document));
}
