import { isTrue } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import type { CibSession } from "../cluster/cib-session.ts";
import { patchCib } from "../cluster/patch-cib.ts";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";
import { readTickets } from "./tickets.ts";

export interface TicketChange {
  readonly ticket: string;
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly unset: readonly string[];
}

/** What a change of a ticket does to the site, when that must not happen by mistake; null when it does nothing of the kind. */
export function dangerOf(change: TicketChange): "grant" | "revoke" | null {
  const granted = change.set.find(([name]) => name === "granted");
  if (granted !== undefined) return isTrue(granted[1]) ? "grant" : "revoke";
  return change.unset.includes("granted") ? "revoke" : null;
}

export function refuseDanger(world: World, danger: "grant" | "revoke", ticket: string): number {
  world.stderr(`${world.programName}: Ticket modification not allowed\n${warning(danger, ticket)}`);
  return ExitCode.insufficientPrivileges;
}

export function warning(danger: "grant" | "revoke", ticket: string): string {
  if (danger === "grant") {
    return `This command cannot help you verify whether '${ticket}' has been already granted elsewhere.
If you really want to grant '${ticket}' to this site now, and you know what you are doing,
please specify --force.
`;
  }
  return `Revoking '${ticket}' can trigger the specified 'loss-policy'(s) relating to '${ticket}'.

You can check that with:
crm_ticket --ticket ${ticket} --constraints

Otherwise before revoking '${ticket}', you may want to make '${ticket}' standby with:
crm_ticket --ticket ${ticket} --standby

If you really want to revoke '${ticket}' from this site now, and you know what you are doing,
please specify --force.
`;
}

/**
 * Changes what was asked of the ticket's state and nothing else: others may write other attributes of it at the same time. A grant remembers
 * when it was given. False when an attribute is to go from a ticket that nobody knows.
 * @throws CibError
 */
export async function changeTicket(cib: CibSession, change: TicketChange, nowMs: number): Promise<boolean> {
  const before = readTickets(await cib.document()).find(({ id }) => id === change.ticket);
  const set = [...change.set];
  if (dangerOf(change) === "grant" && before?.isGranted !== true) {
    set.push(["last-granted", String(Math.floor(nowMs / 1000))]);
  }
  if (change.unset.length > 0) {
    if (before === undefined && set.length === 0) return false;
    await patchCib(cib, (document) => changeState(document, { ...change, set }));
    return true;
  }
  const tickets = new XmlElement("tickets");
  tickets.append(new XmlElement("ticket_state", [["id", change.ticket], ...set]));
  await cib.call({ operation: "cib_modify", section: "status", data: tickets, flags: ["can-create"] });
  return true;
}

/** Removing needs to know what is there; a ticket that only constraints name has nothing to remove. */
function changeState(document: XmlElement, { ticket, set, unset }: TicketChange): void {
  const status = document.first("status");
  if (status === null) return;
  const known = status
    .first("tickets")
    ?.all("ticket_state")
    .find(({ id }) => id === ticket);
  if (known === undefined && set.length === 0) return;
  const state = known ?? new XmlElement("ticket_state", [["id", ticket]]);
  if (known === undefined) {
    const tickets = status.first("tickets") ?? new XmlElement("tickets");
    if (tickets.parent === null) status.append(tickets);
    tickets.append(state);
  }
  for (const name of unset) state.attributes.delete(name);
  for (const [name, value] of set) state.set(name, value);
}

/**
 * Forgets everything about a ticket. False, and nothing is done, when it is granted at the moment of the change and `isForced` is not set.
 * @throws CibError
 */
export async function forgetTicket(
  cib: CibSession,
  ticket: string,
  { isForced }: { readonly isForced: boolean },
): Promise<boolean> {
  let isRefused = false;
  await patchCib(cib, (document) => {
    isRefused = !isForced && readTickets(document).some(({ id, isGranted }) => id === ticket && isGranted);
    if (isRefused) return;
    for (const state of document.first("status")?.first("tickets")?.all("ticket_state") ?? [])
      if (state.id === ticket) state.remove();
  });
  return !isRefused;
}
