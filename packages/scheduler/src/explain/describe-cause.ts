import { scoreText } from "@quorate/cib";
import type { ScoreCause } from "../model/score-cause.ts";

/** What caused a change of a score, as part of a sentence: `location constraint "loc-1"`. */
export function describeCause(cause: ScoreCause): string {
  switch (cause.kind) {
    case "location":
      return HEALTH_STRATEGIES.has(cause.constraint)
        ? `node health (node-health-strategy ${cause.constraint})`
        : `location constraint "${cause.constraint}"`;
    case "colocation":
      return `${colocationName(cause.constraint)} with ${cause.with}, which runs ${
        cause.withNode === null ? "elsewhere or nowhere" : `on ${cause.withNode}`
      }`;
    case "influence":
      return `${cause.dependent} depends on it (${colocationName(cause.constraint)}) and has ${scoreText(
        cause.wish,
      )} there, which counts ${factorText(cause.factor)}`;
    case "migration-threshold":
      return `${scoreText(cause.failCount)} failures, with migration-threshold ${scoreText(cause.threshold)}`;
    case "ticket":
      return `ticket "${cause.ticket}" is not granted here, or is in standby`;
    case "failure":
      return `${cause.operation} failed with exit status ${cause.exitStatus}`;
    default:
      return PLAIN_CAUSES[cause.kind];
  }
}

/** What would have to change so that the cause does not hold any more; null when there is nothing to be done. */
export function remedyOf(cause: ScoreCause, resource: string, node: string): string | null {
  switch (cause.kind) {
    case "location":
      return HEALTH_STRATEGIES.has(cause.constraint)
        ? `the health attributes of ${node} have to improve, or ${resource} needs allow-unhealthy-nodes=true`
        : `constraint "${cause.constraint}" has to be changed or removed`;
    case "colocation":
      return isInternal(cause.constraint)
        ? `${cause.with} has to run on ${node}`
        : `${cause.with} has to run on ${node}, or constraint "${cause.constraint}" has to change`;
    case "influence":
      return `${cause.dependent} has to be able to run on ${node}`;
    case "migration-threshold":
    case "failure":
      return `the failure has to be mended and cleaned up: crm_resource --cleanup --resource ${resource} --node ${node}`;
    case "ticket":
      return `ticket "${cause.ticket}" has to be granted: crm_ticket --grant --ticket ${cause.ticket}`;
    case "target-role":
      return `it has to be enabled: crm_resource --resource ${resource} --meta --set-parameter target-role --parameter-value Started`;
    case "shutdown-lock":
      return "the node that it is locked to has to come back, or the lock has to be released: crm_resource --refresh";
    case "exclusive-discovery":
      return `a location constraint with resource-discovery="exclusive" has to name ${node}`;
    case "utilization":
      return `${node} needs more free capacity`;
    case "container":
      return "it may run only with its container or connection";
    case "instance-limit":
      return "clone-max or clone-node-max has to be raised";
    case "node-unavailable":
      return `${node} has to be able to run resources`;
    case "collective-banned":
      return `the clone or bundle around it has to be allowed on ${node}`;
    case "removed":
      return "it has to be configured again";
    case "failed-start":
    case "multiple-active":
      return `its state has to be cleaned up: crm_resource --cleanup --resource ${resource}`;
    case "node-score":
      return `the score of ${node} itself has to change`;
    case "stickiness":
    case "promotion-score":
    case "unmanaged-active":
    case "not-negative":
    case "sum-of-influences":
      return null;
  }
}

const HEALTH_STRATEGIES: ReadonlySet<string> = new Set([
  "migrate-on-red",
  "only-green",
  "progressive",
  "custom",
]);

const PLAIN_CAUSES: Readonly<
  Record<
    Exclude<
      ScoreCause["kind"],
      "location" | "colocation" | "influence" | "migration-threshold" | "ticket" | "failure"
    >,
    string
  >
> = {
  stickiness: "resource-stickiness: it is active there",
  "promotion-score": "the agent's promotion score there",
  "node-score": "the node's own score",
  "shutdown-lock": "it is locked to another node that shut down",
  "exclusive-discovery": "it is looked for only on nodes that a constraint names",
  "unmanaged-active": "it is active there and not managed",
  removed: "it is not configured any more",
  "multiple-active": "it is active on more than one node (multiple-active=stop_only)",
  "failed-start": "an operation failed for which on-fail=stop is configured",
  "target-role": "it is to be stopped (target-role, or what it depends on)",
  utilization: "the node has no room for it",
  container: "the containers, guest or remote nodes that it belongs to",
  "instance-limit": "no more instances may run, or not on this node",
  "node-unavailable": "the node cannot run anything now",
  "collective-banned": "the clone or bundle around it may not use the node",
  "not-negative": "wishes of others do not make a score negative",
  "sum-of-influences": "what depends on it has wishes of its own",
};

function colocationName(constraint: string): string {
  switch (constraint) {
    case "#group-members":
      return "group order";
    case "#resource-with-container":
    case "#ip-with-container":
    case "#replica-remote-with-host-remote":
      return "container placement";
    default:
      return `colocation constraint "${constraint}"`;
  }
}

function isInternal(constraint: string): boolean {
  return constraint.startsWith("#");
}

function factorText(factor: number): string {
  if (factor === 1) return "in full";
  if (factor === -1) return "in full, against it";
  return `by ${Number.parseFloat(factor.toPrecision(4))}`;
}
