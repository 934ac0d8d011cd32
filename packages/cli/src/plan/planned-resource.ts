import type { XmlElement } from "@quorate/xml";
import { patchCib } from "../cluster/patch-cib.ts";
import type { ResourceCall } from "../resource/resource-call.ts";

/** What a cleanup is about. Null: all. */
interface Failures {
  /** Ids of primitives, without instance numbers. */
  readonly resources: ReadonlySet<string> | null;
  /** Name of a node. */
  readonly node: string | null;
  readonly operation: string | null;
  /** Milliseconds; null: of any interval. */
  readonly intervalMs: number | null;
}

/**
 * A cleanup or refresh on a CIB that is only tried. The failures are gone; that the cluster looks again what runs cannot be tried, so
 * everything is taken to be where it was last seen.
 */
export async function cleanUpCopy({ cib, world }: ResourceCall, failures: Failures): Promise<void> {
  await patchCib(cib, (document) => {
    for (const state of document.first("status")?.all("node_state") ?? []) {
      if (failures.node !== null && state.get("uname") !== failures.node) continue;
      for (const nvpair of [...(state.first("transient_attributes")?.descendants("nvpair") ?? [])])
        if (isCount(nvpair.get("name") ?? "", failures)) nvpair.remove();
      for (const entry of [...(state.first("lrm")?.descendants("lrm_rsc_op") ?? [])])
        if (isFailed(entry) && isMeant(entry, failures)) entry.remove();
    }
  });
  world.stderr("As if the cluster, which looks again, found every resource where it was last seen to run\n");
}

function isCount(name: string, { resources, operation, intervalMs }: Failures): boolean {
  const match = /^(?:fail-count|last-failure)-(.+)#(.+)_(\d+)$/.exec(name);
  if (match === null) return false;
  return (
    (resources === null || resources.has(baseId(match[1]!))) &&
    (operation === null || operation === match[2]) &&
    (intervalMs === null || intervalMs === Number(match[3]))
  );
}

/** Another result than the one that was expected, which its transition key tells behind the second colon. */
function isFailed(entry: XmlElement): boolean {
  if (entry.id?.endsWith("_last_failure_0") === true) return true;
  const expected = entry.get("transition-key")?.split(":")[2];
  const isOver = entry.get("op-status") !== "-1";
  return isOver && expected !== undefined && entry.get("rc-code") !== expected;
}

function isMeant(entry: XmlElement, { resources, operation, intervalMs }: Failures): boolean {
  const resource = baseId(entry.parent?.id ?? "");
  return (
    (resources === null || resources.has(resource)) &&
    (operation === null || operation === entry.get("operation")) &&
    (intervalMs === null || intervalMs === Number(entry.get("interval") ?? "0"))
  );
}

function baseId(id: string): string {
  return id.replace(/:\d+$/, "");
}
