import { flagOption } from "../options/option-table.ts";
import type { World } from "../world.ts";

const HEADING = "Looking ahead";

/** Options of every command that changes a configuration. */
export const planOptions = {
  plan: flagOption({
    long: "plan",
    help: "Tell what the cluster would start, stop, move, promote and fence, and change nothing",
    heading: HEADING,
  }),
  planJson: flagOption({ long: "plan-json", help: "As --plan, as JSON", heading: HEADING }),
};

/**
 * Has the command line carried out on a copy and tells what the cluster would make of that. A program of its own does it, so that commands
 * which agents call all the time need not carry the scheduler.
 */
export function showPlan(
  world: World,
  call: { readonly program: string; readonly argv: readonly string[]; readonly isJson: boolean },
): Promise<number> {
  // Behind `--` are no options.
  const end = call.argv.indexOf("--");
  // `pcs` takes a long option cut short.
  const isPlan = (word: string, index: number) =>
    word.startsWith("--plan") && "--plan-json".startsWith(word) && (end < 0 || index < end);
  const argv = call.argv.filter((word, index) => !isPlan(word, index));
  return world.runOwn("quorate-plan", [...(call.isJson ? ["--json"] : []), call.program, ...argv]);
}
