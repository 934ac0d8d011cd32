import {
  type ConfProblem,
  type CorosyncConf,
  parseCorosyncConf,
  validateCorosyncConf,
} from "@quorate/corosync-conf";
import { nearestName } from "../options/nearest-name.ts";
import type { World } from "../world.ts";

/** Where Corosync has its configuration. */
export const COROSYNC_CONF = "/etc/corosync/corosync.conf";

export type ReadConf =
  | { readonly ok: true; readonly document: CorosyncConf; readonly problems: readonly ConfProblem[] }
  | { readonly ok: false; readonly problems: readonly ConfProblem[] };

/** A file with what is wrong in it. @throws FileError */
export function readConf(world: World, path: string): ReadConf {
  const parsed = parseCorosyncConf(world.readFile(path));
  if (!parsed.ok) return { ok: false, problems: [{ severity: "error", ...parsed.error }] };
  return {
    ok: true,
    document: parsed.document,
    problems: validateCorosyncConf(parsed.document, { nearestName }),
  };
}

/** As compilers write it, so that editors find the place. */
export function problemLine(path: string, { line, severity, message }: ConfProblem): string {
  return `${path}${line === null ? "" : `:${line}`}: ${severity}: ${message}\n`;
}
