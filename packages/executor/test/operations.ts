import type { Operation } from "@quorate/ports";

/** An operation of resource `rsc` with the given differences from a plain single `start`. */
export function operation(differences: Partial<Operation> = {}): Operation {
  return {
    resourceId: "rsc",
    agent: { class: "ocf", provider: "hostile", type: "exits-with" },
    action: "start",
    intervalMs: 0,
    timeoutMs: 20_000,
    startDelayMs: 0,
    parameters: new Map(),
    killsGroup: true,
    transitionKey: "1:1:0:test",
    ...differences,
  };
}
