import type { XmlElement } from "@quorate/xml";
import type { TextReport } from "../render/text-report.ts";
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

/** Records a failure in the node's attributes, unless the result is none. Source: scheduler specification, part 4, 6.4. */
export function injectFailCount(
  report: TextReport,
  cib: WorkingCib,
  state: XmlElement,
  failure: InjectedFailure,
): void {
  const { exitStatus, intervalMs } = failure;
  if (exitStatus === 0 || (exitStatus === NOT_RUNNING && intervalMs === 0)) return;
  const operation = `${failure.resource}#${failure.task}_${intervalMs}`;
  const countName = `fail-count-${operation}`;
  const current = cib.transientAttribute(state, countName);
  const count = failure.isFatal || current === "INFINITY" ? "INFINITY" : String(integer(current) + 1);
  for (const [name, value] of [
    [countName, count],
    [`last-failure-${operation}`, String(failure.timeS)],
  ] as const) {
    if (!report.isQuiet)
      report.item(`Injecting attribute ${name}=${value} into /node_state '${state.id ?? ""}'`);
    cib.setTransientAttribute(state, name, value);
  }
}

function integer(text: string | null): number {
  const value = Number.parseInt(text ?? "0", 10);
  return Number.isNaN(value) ? 0 : value;
}
