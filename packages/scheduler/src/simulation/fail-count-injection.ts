import type { XmlElement } from "@quorate/xml";
import type { InjectedAttribute } from "./simulation-report.ts";
import type { WorkingCib } from "./working-cib.ts";

export interface InjectedFailure {
  readonly resource: string;
  readonly task: string;
  readonly intervalMs: number;
  readonly exitStatus: number;
  /** The failure alone is enough for the resource to lose the node. */
  readonly isFatal: boolean;
  readonly timeS: number;
}

const NOT_RUNNING = 7;

/**
 * Records a failure in the node's attributes, unless the result is none. Returns what was set.
 * Source: scheduler specification, part 4, 6.4.
 */
export function injectFailCount(
  cib: WorkingCib,
  state: XmlElement,
  failure: InjectedFailure,
): readonly InjectedAttribute[] {
  const { exitStatus, intervalMs } = failure;
  if (exitStatus === 0 || (exitStatus === NOT_RUNNING && intervalMs === 0)) return [];
  const operation = `${failure.resource}#${failure.task}_${intervalMs}`;
  const countName = `fail-count-${operation}`;
  const current = cib.transientAttribute(state, countName);
  const count = failure.isFatal || current === "INFINITY" ? "INFINITY" : String(integer(current) + 1);
  const nodeId = state.id ?? "";
  const injected: InjectedAttribute[] = [
    { kind: "attribute", name: countName, value: count, nodeId },
    { kind: "attribute", name: `last-failure-${operation}`, value: String(failure.timeS), nodeId },
  ];
  for (const { name, value } of injected) cib.setTransientAttribute(state, name, value);
  return injected;
}

function integer(text: string | null): number {
  const value = Number.parseInt(text ?? "0", 10);
  return Number.isNaN(value) ? 0 : value;
}
