import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";

/** What `crm_ticket` is asked for each word. */
const TICKET_WORDS: Readonly<Record<string, readonly string[]>> = {
  grant: ["--grant"],
  revoke: ["--revoke"],
  delete: ["--revoke"],
  standby: ["--standby"],
  activate: ["--activate"],
};
const QUERIES: Readonly<Record<string, string>> = { show: "granted", time: "last-granted" };

/** Tickets: who may run what, in a cluster of clusters. */
export const siteLevel: Level = {
  name: "site",
  help: "Sites: the tickets of this site, in a cluster of clusters",
  levels: {},
  deprecated: {},
  commands: {
    ticket: {
      usage: "{grant|revoke|standby|activate|show|time|delete} TICKET",
      help: "Manage the tickets of this site; with crm --force also when what depends on one would stop",
      atLeast: 2,
      isAwaited: true,
      run: ticket,
    },
  },
};

async function ticket(shell: Shell, [word, name]: readonly string[]): Promise<boolean> {
  const { main } = await import("../../commands/crm_ticket.ts");
  if (Object.hasOwn(QUERIES, word!)) return showTicket(shell, QUERIES[word!]!, name!);
  if (!Object.hasOwn(TICKET_WORDS, word!)) {
    const known = [...Object.keys(TICKET_WORDS), ...Object.keys(QUERIES)].join("|");
    shell.messages.error(`site.ticket: Expected one of ${known}`);
    return false;
  }
  const force = shell.options.isForced ? ["--force"] : [];
  return (
    (await shell.runTool("crm_ticket", main, ["--ticket", name!, ...TICKET_WORDS[word!]!, ...force])) === 0
  );
}

/** Whether it is granted, or since when. */
async function showTicket(shell: Shell, attribute: string, name: string): Promise<boolean> {
  const state = (await shell.readCib())
    .first("status")
    ?.first("tickets")
    ?.all("ticket_state")
    .find(({ id }) => id === name);
  const value = state?.get(attribute) ?? null;
  if (value === null) {
    shell.messages.error(`site.ticket: apparently nothing to show for ticket ${name}`);
    return false;
  }
  if (attribute === "granted")
    shell.messages.print(`ticket ${name} is ${value === "true" ? "granted" : "revoked"}`);
  else shell.messages.print(new Date(Number(value) * 1000).toISOString());
  return true;
}
