import { viewCluster } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import { findResource, primitivesIn } from "../../../configuration/resources.ts";
import { quoted } from "../../framework/assignments.ts";
import type { PcsCall } from "../../framework/command.ts";
import { type Foresight, foresee } from "./foresee.ts";

/** What disabling does beyond the resources that are meant. */
interface Effect {
  readonly foresight: Foresight;
  /** Ids of the other primitives that it concerns, sorted. */
  readonly others: readonly string[];
}

/**
 * `others`: with `isStrict` whatever something would be done to; without, only what would end with fewer active or fewer promoted
 * instances than it has, so that moving is allowed.
 */
function effectOf(
  cib: XmlElement,
  next: XmlElement,
  chosen: readonly XmlElement[],
  options: { readonly isStrict: boolean; readonly nowMs: number },
): Effect {
  const foresight = foresee(next, options.nowMs);
  const meant = new Set(chosen.flatMap((one) => [one, ...primitivesIn(one)]).map(({ id }) => id ?? ""));
  const others = [...foresight.touched].filter((id) => !meant.has(id)).sort();
  if (options.isStrict) return { foresight, others };
  const before = activity(cib, options.nowMs);
  const after = activity(foresight.after, options.nowMs);
  const loses = (id: string) => {
    const [was, becomes] = [before.get(id), after.get(id)];
    if (was === undefined) return false;
    return (becomes?.active ?? 0) < was.active || (becomes?.promoted ?? 0) < was.promoted;
  };
  return { foresight, others: others.filter(loses) };
}

function activity(cib: XmlElement, nowMs: number): Map<string, { active: number; promoted: number }> {
  const counts = new Map<string, { active: number; promoted: number }>();
  for (const { configuredId, active } of viewCluster(cib, Math.floor(nowMs / 1000)).primitives) {
    const sum = counts.get(configuredId) ?? { active: 0, promoted: 0 };
    sum.active += active.length;
    sum.promoted += active.filter(({ isPromoted }) => isPromoted).length;
    counts.set(configuredId, sum);
  }
  return counts;
}

/** Prints what disabling would do. */
export function showEffect(call: PcsCall, cib: XmlElement, next: XmlElement, ids: readonly string[]): void {
  const { foresight, others } = judge(call, cib, next, ids);
  call.print(call.has("--brief") ? others.join("\n") : foresight.text);
}

/** Refuses to disable when that concerns other resources. @throws PcsError */
export function refuseEffect(call: PcsCall, cib: XmlElement, next: XmlElement, ids: readonly string[]): void {
  const { foresight, others } = judge(call, cib, next, ids);
  if (others.length === 0) return;
  const several = ids.length > 1 ? "s" : "";
  call.reports.error(
    `Disabling the resource${several} would have an effect on other resources, so nothing was changed: ${quoted(others)}`,
  );
  if (!call.has("--brief")) call.reports.info(`\nSimulation result:\n${foresight.text.trimEnd()}`);
  call.reports.check();
}

function judge(call: PcsCall, cib: XmlElement, next: XmlElement, ids: readonly string[]): Effect {
  const chosen = ids.map((id) => findResource(next, id)).filter((one) => one !== null);
  return effectOf(cib, next, chosen, { isStrict: !call.has("--no-strict"), nowMs: call.world.nowMs() });
}
