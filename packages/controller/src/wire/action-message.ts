import type { JsonObject } from "@quorate/ports";
import type { GraphAction, GraphResource } from "@quorate/scheduler";
import { listOf, number, optional, orNull, record, text, textPair } from "./shape.ts";

/** An action as the DC sends it to the node that carries it out. */
export interface ActionMessage {
  readonly operation: string;
  readonly operationKey: string;
  /** Null for an action on no resource. */
  readonly resource: GraphResource | null;
  /** In the order of the graph. */
  readonly attributes: ReadonlyMap<string, string>;
  /** The resource stays locked to its node, which shut down at this time (seconds since 1970); null: it is not locked. */
  readonly shutdownLockS: number | null;
}

export function encodeAction(action: GraphAction): JsonObject {
  return {
    operation: action.operation,
    operationKey: action.operationKey,
    resource: action.resource === null ? null : { ...action.resource },
    attributes: [...action.attributes].map(([name, value]) => [name, value]),
    shutdownLockS: action.shutdownLockS,
  };
}

export const ACTION_SHAPE = record({
  operation: text,
  operationKey: text,
  resource: orNull(
    record({
      element: text,
      id: text,
      longId: orNull(text),
      class: text,
      provider: orNull(text),
      type: text,
    }),
  ),
  attributes: listOf(textPair),
  shutdownLockS: optional(orNull(number)),
});

/** @param body has `ACTION_SHAPE` */
export function decodeAction(body: JsonObject): ActionMessage {
  const wire = body as unknown as {
    operation: string;
    operationKey: string;
    resource: GraphResource | null;
    attributes: readonly (readonly [string, string])[];
    shutdownLockS?: number | null;
  };
  return {
    operation: wire.operation,
    operationKey: wire.operationKey,
    resource: wire.resource,
    attributes: new Map(wire.attributes),
    shutdownLockS: wire.shutdownLockS ?? null,
  };
}
