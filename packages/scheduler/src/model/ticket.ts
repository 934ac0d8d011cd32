import type { Resource } from "./resource.ts";
import type { Role } from "./role.ts";

/** A ticket of a multi-site cluster. Source: part 1, 9.2. */
export interface Ticket {
  readonly id: string;
  isGranted: boolean;
  isStandby: boolean;
  /** Epoch seconds; -1 when it was never granted. */
  lastGrantedS: number;
  /** Every other XML attribute of its state. */
  readonly attributes: Map<string, string>;
}

export type LossPolicy = "stop" | "demote" | "fence" | "freeze";

/** That a resource depends on a ticket. Source: part 2, 7. */
export interface TicketConstraint {
  readonly id: string;
  readonly ticket: Ticket;
  readonly resource: Resource;
  readonly role: Role;
  readonly lossPolicy: LossPolicy;
}

/** A ticket that no status section mentions: not granted, not in standby. */
export function createTicket(id: string): Ticket {
  return { id, isGranted: false, isStandby: false, lastGrantedS: -1, attributes: new Map() };
}
