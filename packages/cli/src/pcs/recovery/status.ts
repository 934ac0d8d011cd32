import { quoted } from "../framework/assignments.ts";
import type { PcsCall } from "../framework/command.ts";
import type { Hosts } from "../hosts/hosts.ts";

/** What a cluster says of itself, by the first of its nodes that can tell; null, with the mistakes told, when none can. */
export async function siteStatus(
  call: PcsCall,
  hosts: Hosts,
  names: readonly string[],
): Promise<string | null> {
  const known = hosts.management.knownHosts().filter(({ name }) => names.includes(name));
  const missing = names.filter((name) => !known.some((host) => host.name === name));
  if (missing.length > 0)
    call.reports.warn(
      `${quoted(missing)}: not known to pcs, try to authenticate using 'pcs host auth ${missing.join(" ")}' command`,
    );
  const params = { isFull: call.has("--full"), hidesInactive: call.has("--hide-inactive") };
  for (const host of known) {
    try {
      return printable((await hosts.ask(host, "cluster.status", params)).text);
    } catch (error) {
      if ((error as Error).name !== "ManagementError") throw error;
      call.reports.warn((error as Error).message);
    }
  }
  call.reports.error(`none of ${quoted(names)} tells the status of its cluster`);
  return null;
}

/** What another host says reaches a terminal: lines and tabs, but no control characters. */
function printable(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, " ");
}
