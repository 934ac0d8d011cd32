import type { SwitchState } from "../machine/power.ts";
import type { Behaviour } from "../machine/services.ts";
import type { Dice } from "../time/random.ts";

const ACTIONS = ["start", "start", "stop", "monitor"] as const;

export function drawSwitch(dice: Dice): SwitchState {
  return dice.one(["fails", "failsAfterwards", "hangs", "hangsAfterwards"]);
}

/**
 * Agents may fail, hang and lie, but not in the two ways that no cluster manager can survive: a stop that claims to have
 * stopped what it did not, and a look that does not see what runs before anything was started.
 */
export function drawBehaviour(
  dice: Dice,
  resource: string,
): { readonly operation: string; readonly behaviour: Behaviour } {
  const action = dice.one(ACTIONS);
  const operation = `${resource}_${action}`;
  const hasEffect = dice.chance(0.5);
  if (action === "monitor")
    return {
      operation,
      behaviour: dice.one<Behaviour>([
        { rc: 1, hasEffect },
        { hangs: true, hasEffect },
      ]),
    };
  if (action === "stop")
    return {
      operation,
      behaviour: dice.one<Behaviour>([
        { rc: 1, hasEffect },
        { hangs: true, hasEffect },
      ]),
    };
  return {
    operation,
    behaviour: dice.one<Behaviour>([
      { rc: 1, hasEffect, reason: "simulated" },
      { rc: 5 },
      { rc: 0 },
      { hangs: true, hasEffect },
    ]),
  };
}
