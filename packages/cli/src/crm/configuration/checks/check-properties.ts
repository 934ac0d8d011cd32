import { CLUSTER_OPTIONS } from "@quorate/cib";
import type { ConfigurationObject } from "../document.ts";
import type { Finding } from "./check-objects.ts";

/** Written by the cluster itself. */
const OWN_NAMES: readonly string[] = ["last-lrm-refresh", "redis_REPL_INFO"];

/**
 * Names that came after 2.1: where a cluster is upgraded node by node, older nodes do not know them yet. So
 * a configuration that is new with them deserves a word, as it gets from crmsh 4.4.
 */
const NEWER_NAMES: ReadonlySet<string> = new Set([
  "fencing-enabled",
  "fencing-action",
  "fencing-reaction",
  "fencing-timeout",
  "fencing-watchdog-timeout",
  "fencing-max-attempts",
  "fence-remote-without-quorum",
  "node-pending-timeout",
  "stop-removed-resources",
  "cancel-removed-actions",
]);

const KNOWN: ReadonlySet<string> = new Set([
  ...CLUSTER_OPTIONS.map(({ name }) => name).filter((name) => !NEWER_NAMES.has(name)),
  "remove-after-stop",
  ...OWN_NAMES,
]);

/** The cluster's own set of properties should hold names that all of its nodes know. */
export function checkProperties({ id, element }: ConfigurationObject): Finding[] {
  if (id !== "cib-bootstrap-options") return [];
  return element
    .all("nvpair")
    .map((nvpair) => nvpair.get("name"))
    .filter((name) => name !== null && !KNOWN.has(name))
    .map((name) => ({ severity: "warning", text: `${id}: unknown attribute '${name}'` }));
}
