import { serializeXml, XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import type { Output } from "../output/output.ts";
import { readTickets, type Ticket, ticketConstraints, ticketElement, ticketLine } from "./tickets.ts";

interface Query {
  readonly cib: XmlElement;
  /** Null: all. */
  readonly ticket: string | null;
  readonly output: Output;
}

/** `--info`, `--details` and `--raw`. */
export function listTickets({ cib, ticket, output }: Query, form: "info" | "details" | "raw"): number {
  const tickets = readTickets(cib).filter(({ id }) => ticket === null || id === ticket);
  if (ticket !== null && tickets.length === 0) return refuse(output, `No such ticket '${ticket}'`);
  const line = (each: Ticket): string =>
    form === "raw" ? `${each.id}\n` : ticketLine(each, { isDetailed: form === "details" });
  output.show({
    text: () => tickets.map(line).join(""),
    xml: () => [wrapped("tickets", tickets.map(ticketElement))],
  });
  return ExitCode.ok;
}

/** `--query-xml`: as the status section has it. */
export function showState({ cib, ticket, output }: Query): number {
  const all = cib.first("status")?.first("tickets") ?? null;
  const state = ticket === null ? all : (all?.all("ticket_state").find(({ id }) => id === ticket) ?? null);
  if (state === null) return refuse(output, "Could not query ticket XML: No such device or address");
  const states = state.name === "ticket_state" ? [state] : state.all("ticket_state");
  output.show({
    text: () => `State XML:\n\n${serializeXml(state)}`,
    xml: () => [
      wrapped(
        "tickets",
        states.map((each) => new XmlElement("ticket", each.attributes)),
      ),
    ],
  });
  return ExitCode.ok;
}

/** `--constraints`: what depends on tickets. */
export function showConstraints({ cib, ticket, output }: Query): number {
  const constraints = ticketConstraints(cib, ticket);
  const [first] = constraints;
  if (first === undefined) {
    return refuse(output, "Could not show ticket constraints: No such device or address");
  }
  const shown =
    constraints.length === 1
      ? first
      : wrapped(
          "xpath-query",
          constraints.map((each) => each.clone()),
        );
  output.show({
    text: () => `Constraints XML:\n\n${serializeXml(shown)}`,
    xml: () => constraintElements(constraints),
  });
  return ExitCode.ok;
}

function constraintElements(constraints: readonly XmlElement[]): readonly XmlElement[] {
  const byTicket = new Map<string, XmlElement[]>();
  const resources = new Set<string>();
  for (const constraint of constraints) {
    const ticket = constraint.get("ticket") ?? "";
    byTicket.set(ticket, [...(byTicket.get(ticket) ?? []), constraint]);
    const resource = constraint.get("rsc");
    if (resource !== null) resources.add(resource);
    for (const reference of constraint.descendants("resource_ref")) resources.add(reference.id ?? "");
  }
  const tickets = [...byTicket].map(([id, ofTicket]) => {
    const element = new XmlElement("ticket", [["id", id]]);
    element.append(
      wrapped(
        "constraints",
        ofTicket.map((each) => each.clone()),
      ),
    );
    return element;
  });
  const list = [...resources].map((id) => new XmlElement("resource", [["id", id]]));
  return [wrapped("tickets", tickets), wrapped("resources", list)];
}

/** `--get-attr`: one value. */
export function showAttribute(
  { cib, ticket, output }: Query & { readonly ticket: string },
  name: string,
  fallback: string | null,
): number {
  const found = readTickets(cib).find(({ id }) => id === ticket);
  const value = found?.attributes.get(name) ?? fallback;
  if (value === null) return ExitCode.noSuch;
  output.show({
    text: () => `${value}\n`,
    xml: () => {
      const attribute = new XmlElement("attribute", [
        ["name", name],
        ["value", value],
      ]);
      const element = wrapped("ticket", [attribute]);
      element.set("id", ticket);
      return [wrapped("tickets", [element])];
    },
  });
  return ExitCode.ok;
}

function wrapped(name: string, children: readonly XmlElement[]): XmlElement {
  const element = new XmlElement(name);
  for (const child of children) element.append(child);
  return element;
}

function refuse({ world }: Output, message: string): number {
  world.stderr(`${world.programName}: ${message}\n`);
  return ExitCode.noSuch;
}
