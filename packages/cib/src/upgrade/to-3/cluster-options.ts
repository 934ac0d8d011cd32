import { XmlElement } from "@quorate/xml";
import { ensureSectionOf, sectionOf } from "../elements.ts";

/** Marks what the upgrade to 3 makes. */
export const PREFIX_3 = "_2TO3_";

const RENAMED: ReadonlyMap<string, string> = new Map([
  ["cluster_recheck_interval", "cluster-recheck-interval"],
  ["dc_deadtime", "dc-deadtime"],
  ["election_timeout", "election-timeout"],
  ["no_quorum_policy", "no-quorum-policy"],
  ["remove_after_stop", "remove-after-stop"],
  ["shutdown_escalation", "shutdown-escalation"],
  ["startup_fencing", "startup-fencing"],
  ["stonith_action", "stonith-action"],
  ["stonith_enabled", "stonith-enabled"],
  ["stop_orphan_actions", "stop-orphan-actions"],
  ["stop_orphan_resources", "stop-orphan-resources"],
  ["symmetric_cluster", "symmetric-cluster"],
  ["transition_idle_timeout", "cluster-delay"],
  ["transition-idle-timeout", "cluster-delay"],
]);

const DROPPED: ReadonlySet<string> = new Set([
  "default-migration-threshold",
  "default_migration_threshold",
  "expected-quorum-votes",
  "notification-agent",
  "notification-recipient",
]);

/** Defaults of resources and operations that were cluster options before schema 3, by the name they had. */
export const MOVED_CLUSTER_OPTIONS: ReadonlyMap<
  string,
  readonly [section: "rsc_defaults" | "op_defaults", name: string]
> = new Map([
  ["default-action-timeout", ["op_defaults", "timeout"]],
  ["default_action_timeout", ["op_defaults", "timeout"]],
  ["default-resource-stickiness", ["rsc_defaults", "resource-stickiness"]],
  ["default_resource_stickiness", ["rsc_defaults", "resource-stickiness"]],
  ["is-managed-default", ["rsc_defaults", "is-managed"]],
  ["is_managed_default", ["rsc_defaults", "is-managed"]],
  ["default-resource-failure-stickiness", ["rsc_defaults", "migration-threshold"]],
  ["default_resource_failure_stickiness", ["rsc_defaults", "migration-threshold"]],
]);

export function upgradeClusterOptions(cib: XmlElement): void {
  const moved: { readonly section: string; readonly pair: XmlElement }[] = [];
  for (const block of sectionOf(cib, "crm_config")?.all("cluster_property_set") ?? []) {
    let isEmptied = false;
    for (const pair of block.all("nvpair")) {
      const name = pair.get("name") ?? "";
      const renamed = RENAMED.get(name);
      const move = MOVED_CLUSTER_OPTIONS.get(name);
      if (renamed !== undefined) pair.set("name", renamed);
      else if (move !== undefined) {
        isEmptied = true;
        pair.remove();
        const value = move[1] === "migration-threshold" ? thresholdOf(pair.get("value")) : pair.get("value");
        pair.set("name", move[1]);
        if (value !== null) pair.set("value", value);
        if (value !== null || pair.get("value") === null) moved.push({ section: move[0], pair });
      } else if (
        DROPPED.has(name) ||
        (name === "cluster-infrastructure" && pair.get("value") === "heartbeat")
      ) {
        isEmptied = true;
        pair.remove();
      }
    }
    if (isEmptied && block.elements().length === 0) block.remove();
  }
  for (const section of ["op_defaults", "rsc_defaults"]) {
    moveTo(
      cib,
      section,
      moved.filter((move) => move.section === section).map(({ pair }) => pair),
    );
  }
}

/**
 * A stickiness of -INFINITY after a failure is a threshold of one failure. Null for what says nothing about a threshold.
 */
export function thresholdOf(failureStickiness: string | null): string | null {
  return failureStickiness === "-INFINITY" || failureStickiness === "-1000000" ? "1" : null;
}

/** What is a default there already wins; of several moved ones the first. */
function moveTo(cib: XmlElement, sectionName: string, pairs: readonly XmlElement[]): void {
  if (pairs.length === 0) return;
  const section = ensureSectionOf(cib, sectionName, () => new XmlElement(sectionName));
  const taken = new Set<string>();
  for (const pair of section.descendants("nvpair")) taken.add(pair.get("name") ?? "");
  const fresh = pairs.filter((pair) => {
    const name = pair.get("name") ?? "";
    if (taken.has(name)) return false;
    taken.add(name);
    return true;
  });
  if (fresh.length === 0) return;
  let block = section.all("meta_attributes").find((each) => each.first("rule") === null && each.id !== null);
  if (block === undefined) {
    block = new XmlElement("meta_attributes", [["id", `${PREFIX_3}-${sectionName.replace("_", "-")}`]]);
    section.append(block);
  }
  for (const pair of fresh) block.append(pair);
}
