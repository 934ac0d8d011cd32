import { isTrue } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import type { CibSession } from "../cluster/cib-session.ts";
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

/** A grant remembers when it was given. @throws CibError */
export async function changeTicket(cib: CibSession, change: TicketChange, nowMs: number): Promise<number> {
  const { ticket, set, unset } = change;
  const document = await cib.document();
  const before = readTickets(document).find(({ id }) => id === ticket);
  const attributes = new Map(before?.attributes ?? []);
  for (const name of unset) attributes.delete(name);
  for (const [name, value] of set) attributes.set(name, value);
  if (dangerOf(change) === "grant" && before?.isGranted !== true) {
    attributes.set("last-granted", String(Math.floor(nowMs / 1000)));
  }
  const state = new XmlElement("ticket_state", [["id", ticket], ...attributes]);
  const isKnown = document
    .first("status")
    ?.first("tickets")
    ?.all("ticket_state")
    .some(({ id }) => id === ticket);
  if (isKnown) {
    await cib.call({ operation: "cib_replace", section: "status", data: state });
    return ExitCode.ok;
  }
  const tickets = new XmlElement("tickets");
  tickets.append(state);
  await cib.call({ operation: "cib_modify", section: "status", data: tickets, flags: ["can-create"] });
  return ExitCode.ok;
}

/** Forgets everything about a ticket. @throws CibError */
export async function forgetTicket(cib: CibSession, ticket: string): Promise<void> {
  const data = new XmlElement("ticket_state", [["id", ticket]]);
  await cib.call({ operation: "cib_delete", section: "status", data });
}
