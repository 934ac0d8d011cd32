import type { Plan, PlannedAction } from "./plan.ts";

/** The plan for a person. */
export function planText(plan: Plan): string {
  const lines = ["Plan: nothing was changed."];
  if (plan.actions.length > 0) lines.push("The cluster would:", ...plan.actions.map(actionLine));
  else if (plan.changesConfiguration)
    lines.push("The configuration would change; no resource would be started, stopped or moved.");
  else lines.push("Nothing would change.");
  if (plan.cancelled.length > 0) lines.push("It would no longer:", ...plan.cancelled.map(actionLine));
  if (plan.pending.length > 0)
    lines.push("It does this with or without the change:", ...plan.pending.map(actionLine));
  if (!plan.hasStatus)
    lines.push("No node is known to be there, and without one nothing can run: this CIB has no status.");
  return `${lines.join("\n")}\n`;
}

function actionLine(action: PlannedAction): string {
  const { subject, reason, isBlocked } = action;
  const because = reason === null || reason === "" ? "" : ` (${reason})`;
  return `  * ${action.action} ${subject}${placeOf(action)}${because}${isBlocked ? ", but cannot" : ""}`;
}

function placeOf({ isNode, from, to, role, nextRole }: PlannedAction): string {
  if (isNode) return "";
  const roles = nextRole !== null && nextRole !== role && role !== null ? `, ${role} -> ${nextRole}` : "";
  if (from !== null && to !== null && from !== to) return ` from ${from} to ${to}${roles}`;
  const place = to ?? from;
  return `${place === null ? "" : ` on ${place}`}${roles}`;
}

/** Grows when a reader of an older one could misread a plan. Documented in docs/plan.md. */
const PLAN_FORMAT = 1;

/** The plan for a program. */
export function planJson(plan: Plan, command: readonly string[], messages: readonly string[]): string {
  return `${JSON.stringify({ format: PLAN_FORMAT, command, ...plan, messages }, null, 2)}\n`;
}
