import type { AttributeService } from "../attributes/attribute-service.ts";
import { type NodeContext, nowSeconds } from "../context.ts";
import type { ResultVerdict } from "./result-verdict.ts";

interface Offsets {
  /** Values of `failed-start-offset` and `failed-stop-offset` of the graph that asked for the operation. */
  readonly start: string;
  readonly stop: string;
}

/** Counts an unexpected result by transient attributes. Source: controller specification, 9. */
export function countFailure(
  context: NodeContext,
  attributes: AttributeService,
  verdict: ResultVerdict,
  offsets: Offsets,
): void {
  const increment = incrementFor(verdict, offsets);
  if (increment === null) return;
  const key = `${verdict.resource}#${verdict.operation}_${verdict.intervalMs}`;
  const now = nowSeconds(context);
  context.log(
    "notice",
    `Updating failcount for ${verdict.resource} on ${verdict.nodeName} after failed ${verdict.operation}: ` +
      `rc=${verdict.rc} (update=${increment}, time=${now})`,
  );
  const lastFailure = [`last-failure-${key}`, String(now)] as const;
  attributes.setAll(
    verdict.nodeName,
    verdict.onFail === "ignore" ? [lastFailure] : [[`fail-count-${key}`, increment], lastFailure],
  );
}

/** Null when this operation's failures are not counted. */
function incrementFor(verdict: ResultVerdict, offsets: Offsets): string | null {
  switch (verdict.operation) {
    case "start":
      return offsets.start === "INFINITY" ? "INFINITY" : "value++";
    case "stop":
      return offsets.stop === "INFINITY" ? "INFINITY" : "value++";
    case "promote":
    case "demote":
      return "value++";
    default:
      return verdict.isExternal || verdict.intervalMs > 0 ? "value++" : null;
  }
}
