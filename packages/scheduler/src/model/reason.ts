/**
 * Why an action is done, or why it cannot be done, as data; `describeReason` makes the classic text of it.
 * Sources: scheduler specification, part 1, 10 and 13.4; part 3, 25.2; part 4, 5.4.
 */
export type Reason =
  | { readonly kind: FixedReason }
  /** `X failed there` and the like: the resource that makes a node a danger. */
  | { readonly kind: "resource failed there"; readonly resource: string }
  | { readonly kind: "resource thought active there"; readonly resource: string }
  | { readonly kind: "resource active on lost remote node"; readonly resource: string }
  /** `colocation with X`. */
  | { readonly kind: "colocation"; readonly resource: string }
  /** `required X start`, `unrunnable X start`, `unmigrateable X stop`; the resource is null for cluster-wide actions. */
  | {
      readonly kind: "required" | "unrunnable" | "unmigrateable";
      readonly resource: string | null;
      readonly task: string;
    }
  /** `required by X start`, of unfencing. */
  | { readonly kind: "required by"; readonly resource: string; readonly task: string };

/** Reasons that need no more than their name; the name is the text. */
export type FixedReason =
  | "stop is unrunnable"
  | "no quorum"
  | "quorum freeze"
  | "node availability"
  | "being multiply active"
  | "resource definition change"
  | "remote connection is unrecoverable"
  | "remote connection was lost"
  | "resources are active but connection is unrecoverable"
  | "resources are in unknown state and connection is unrecoverable"
  | "the connection is unrecoverable"
  | "container failed"
  | "guest is unclean"
  | "node is unclean"
  | "deadman ticket was lost"
  | "cluster does not have quorum"
  | "peer is unexpectedly down"
  | "peer has not been seen by the cluster"
  | "peer failed Pacemaker membership criteria"
  | "fencing was requested"
  | "peer pending timed out on joining the process group"
  | "peer is no longer part of the cluster"
  | "peer process is no longer available"
  | "peer was in an unknown state"
  | "Device parameters changed"
  | "Device parameters changed (reschedule)"
  | "Device parameters changed (reload)"
  | "Device definition changed";

export function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case "resource failed there":
      return `${reason.resource} failed there`;
    case "resource thought active there":
      return `${reason.resource} is thought to be active there`;
    case "resource active on lost remote node":
      return `${reason.resource} is active there (fencing will be revoked if remote connection can be re-established elsewhere)`;
    case "colocation":
      return `colocation with ${reason.resource}`;
    case "required":
    case "unrunnable":
    case "unmigrateable":
      return reason.resource === null
        ? `${reason.kind} ${reason.task}`
        : `${reason.kind} ${reason.resource} ${reason.task}`;
    case "required by":
      return `required by ${reason.resource} ${reason.task}`;
    default:
      return reason.kind;
  }
}
