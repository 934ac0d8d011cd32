import { INFINITY } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { requestFencing } from "../../actions/fencing.ts";
import { forEachLeaf } from "../../model/ancestry.ts";
import type { Cluster } from "../../model/cluster.ts";
import { type Resource, ResourceFlag } from "../../model/resource.ts";
import { Role } from "../../model/role.ts";
import { addScoreToAll } from "../../model/scores.ts";
import { createTicket, type LossPolicy, type Ticket, type TicketConstraint } from "../../model/ticket.ts";
import { attributeOf } from "../../model/xml-attribute.ts";
import { findConstraintResource } from "../constraint-resource.ts";
import { membersOf, setsOf } from "../constraint-sets.ts";
import { noteProblem, noteUnknownResource } from "./problem.ts";
import { parseConstraintRole } from "./role-text.ts";

/** Reads an `rsc_ticket`. Source: scheduler specification, part 2, 7. */
export function readTicket(cluster: Cluster, constraint: XmlElement): void {
  const name = attributeOf(constraint, "ticket");
  if (name === null) {
    noteProblem(cluster, constraint, "constraint-invalid", "names no ticket and is ignored");
    return;
  }
  let ticket = cluster.tickets.get(name);
  if (ticket === undefined) {
    ticket = createTicket(name);
    cluster.tickets.set(name, ticket);
  }
  if (constraint.first("resource_set") === null) {
    readMember(
      cluster,
      constraint,
      ticket,
      attributeOf(constraint, "rsc"),
      attributeOf(constraint, "rsc-role"),
    );
    return;
  }
  for (const set of setsOf(cluster, constraint)) {
    for (const id of membersOf(set)) {
      if (!readMember(cluster, constraint, ticket, id, attributeOf(set, "role"))) return;
    }
  }
}

/** False when the rest of the constraint must be ignored. */
function readMember(
  cluster: Cluster,
  constraint: XmlElement,
  ticket: Ticket,
  id: string | null,
  roleText: string | null,
): boolean {
  const resource = id === null ? null : findConstraintResource(cluster, id);
  if (resource === null) {
    noteUnknownResource(cluster, constraint, id);
    return false;
  }
  const role = parseConstraintRole(roleText);
  if (role === null) {
    noteProblem(cluster, constraint, "constraint-invalid", `has role "${roleText}", which does not exist`);
    return false;
  }
  const lossPolicy = readLossPolicy(cluster, constraint, role);
  const dependency: TicketConstraint = { id: constraint.id ?? "", ticket, resource, role, lossPolicy };
  resource.ticketConstraints.push(dependency);
  if (!ticket.isGranted || ticket.isStandby) {
    forEachLeaf(resource, (leaf) => applyTicket(cluster, dependency, leaf));
  }
  return true;
}

/** Source: part 2, 7.3. */
function readLossPolicy(cluster: Cluster, constraint: XmlElement, role: Role): LossPolicy {
  const text = attributeOf(constraint, "loss-policy");
  switch (text?.toLowerCase()) {
    case "stop":
      return "stop";
    case "demote":
      return "demote";
    case "freeze":
      return "freeze";
    case "fence":
      if (cluster.options.isFencingEnabled) return "fence";
      noteProblem(
        cluster,
        constraint,
        "constraint-invalid",
        'has loss-policy "fence" while fencing is disabled; "stop" is used',
      );
      return "stop";
    default:
      return role === Role.Promoted ? "demote" : "stop";
  }
}

/** What a ticket that is lost or in standby does to a primitive. Source: part 2, 7.4. */
function applyTicket(cluster: Cluster, dependency: TicketConstraint, primitive: Resource): void {
  const { ticket, role, lossPolicy } = dependency;
  const ban = () => addScoreToAll(cluster, primitive, -INFINITY, { kind: "ticket", ticket: ticket.id });
  if (ticket.isGranted || primitive.activeNodes.length === 0) {
    if (role !== Role.Promoted || lossPolicy === "stop") ban();
    return;
  }
  const isRoleMatch = role === Role.Unknown || role === primitive.role;
  switch (lossPolicy) {
    case "stop":
      ban();
      return;
    case "demote":
      if (role !== Role.Promoted) ban();
      return;
    case "fence":
      if (!isRoleMatch) return;
      ban();
      for (const node of primitive.activeNodes)
        requestFencing(cluster, node, { kind: "deadman ticket was lost" });
      return;
    case "freeze":
      if (!isRoleMatch) return;
      primitive.flags = (primitive.flags & ~ResourceFlag.Managed) | ResourceFlag.Blocked;
  }
}
