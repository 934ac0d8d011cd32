import { isTrue } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import { classicLocalTime } from "../input/local-time.ts";

/** One ticket, as the status section and the constraints know it. */
export interface Ticket {
  readonly id: string;
  readonly isGranted: boolean;
  readonly isStandby: boolean;
  /** All that is remembered of it but the id, in the order of the CIB. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Those of the status section, then those that only constraints name. */
export function readTickets(cib: XmlElement): readonly Ticket[] {
  const tickets = new Map<string, Ticket>();
  for (const state of cib.first("status")?.first("tickets")?.all("ticket_state") ?? []) {
    if (state.id !== null) tickets.set(state.id, ticketOf(state.id, state.attributes));
  }
  for (const constraint of ticketConstraints(cib, null)) {
    const id = constraint.get("ticket");
    if (id !== null && !tickets.has(id)) tickets.set(id, ticketOf(id, new Map()));
  }
  return [...tickets.values()];
}

function ticketOf(id: string, all: ReadonlyMap<string, string>): Ticket {
  const attributes = new Map(all);
  attributes.delete("id");
  return {
    id,
    isGranted: isTrue(attributes.get("granted") ?? ""),
    isStandby: isTrue(attributes.get("standby") ?? ""),
    attributes,
  };
}

/** The constraints that depend on a ticket, or on any. */
export function ticketConstraints(cib: XmlElement, ticket: string | null): readonly XmlElement[] {
  const all = cib.first("configuration")?.first("constraints")?.all("rsc_ticket") ?? [];
  return ticket === null ? all : all.filter((constraint) => constraint.get("ticket") === ticket);
}

/** `ticketA  granted [standby] last-granted='...'`, or with everything that is remembered. */
export function ticketLine(ticket: Ticket, { isDetailed }: { readonly isDetailed: boolean }): string {
  const { id, isGranted, isStandby, attributes } = ticket;
  let line = `${id}\t${isGranted ? "granted" : "revoked"} ${isStandby ? "[standby]" : " ".repeat(9)}`;
  if (isDetailed) {
    if (attributes.size > 0) {
      line += ` (${[...attributes].map(([name, value]) => `${name}=${shownValue(name, value)}`).join(", ")})`;
    }
  } else {
    const lastGranted = attributes.get("last-granted");
    if (lastGranted !== undefined) line += ` last-granted=${shownValue("last-granted", lastGranted)}`;
  }
  return `${line}\n`;
}

const TIMES: ReadonlySet<string> = new Set(["last-granted", "expires"]);

function shownValue(name: string, value: string): string {
  if (!TIMES.has(name) || !/^\d{1,12}$/.test(value)) return value;
  return `'${classicLocalTime(new Date(Number(value) * 1000))}'`;
}

export function ticketElement({ id, isGranted, isStandby, attributes }: Ticket): XmlElement {
  const element = new XmlElement("ticket", [
    ["id", id],
    ["status", isGranted ? "granted" : "revoked"],
    ["standby", String(isStandby)],
  ]);
  for (const [name, value] of attributes) {
    if (name === "standby") continue;
    const isTime = TIMES.has(name) && /^\d{1,12}$/.test(value);
    element.set(name, isTime ? classicLocalTime(new Date(Number(value) * 1000)) : value);
  }
  return element;
}
