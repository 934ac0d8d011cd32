import { type CorosyncConf, parseCorosyncConf, printCorosyncConf } from "@quorate/corosync-conf";
import { COROSYNC_CONF } from "../../quorum/read-conf.ts";
import type { PcsCall } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

/** What stood in the file of which a document was made. */
const TEXTS = new WeakMap<CorosyncConf, string>();

/** The file of `--corosync_conf`, or this machine's. @throws PcsError, FileError */
export function readCorosyncConf(call: PcsCall): CorosyncConf {
  const path = call.value("--corosync_conf") ?? COROSYNC_CONF;
  const text = call.world.readFile(path);
  const parsed = parseCorosyncConf(text);
  if (!parsed.ok) fail(`${path}:${parsed.error.line}: ${parsed.error.message}`);
  TEXTS.set(parsed.document, text);
  return parsed.document;
}

/**
 * For a command that has the hosts for itself now, but read this machine's corosync.conf before: what another one wrote in between would be lost.
 * @throws PcsError, FileError
 */
export function refuseOutdated(call: PcsCall, document: CorosyncConf): void {
  if (call.world.readFile(COROSYNC_CONF) !== TEXTS.get(document))
    fail(
      "another command changed corosync.conf at the same time; nothing was changed by this one: run it again",
    );
}

/** Writes a file. @throws FileError */
export function writeCorosyncConf(call: PcsCall, path: string, document: CorosyncConf): void {
  call.world.writeFile(path, printCorosyncConf(document));
}
