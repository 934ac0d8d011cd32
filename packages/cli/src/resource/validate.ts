import { UsageError } from "../command.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import type { ParsedValues } from "../options/option-table.ts";
import type { Output } from "../output/output.ts";
import type { World } from "../world.ts";
import { showActionResult } from "./action-result.ts";
import type { resourceOptions } from "./resource-options.ts";

const FROM_ENVIRONMENT = "OCF_RESKEY_";

/** Lets an agent judge parameters that belong to no configured resource. Needs no cluster. */
export async function validateConfiguration(
  chosen: ParsedValues<typeof resourceOptions>,
  overrides: ReadonlyMap<string, string>,
  world: World,
  output: Output,
): Promise<number> {
  const { class: standard, agent: type } = chosen;
  if (standard === null || type === null) {
    throw new UsageError("--validate needs --resource, or --class and --agent");
  }
  const agent = { class: standard, provider: chosen.provider ?? "", type };
  const timeoutMs = chosen.timeout === null ? 20_000 : parseSeconds("--timeout", chosen.timeout) * 1000;
  const parameters = new Map<string, string>();
  for (const [name, value] of Object.entries(world.env)) {
    if (name.startsWith(FROM_ENVIRONMENT) && value !== undefined) {
      parameters.set(name.slice(FROM_ENVIRONMENT.length), value);
    }
  }
  for (const [name, value] of overrides) parameters.set(name, value);
  if (chosen.validate !== null && chosen.validate !== "") parameters.set("OCF_CHECK_LEVEL", chosen.validate);
  const result = await world.runAgent({
    resource: "validate",
    agent,
    action: "validate-all",
    timeoutMs,
    parameters,
  });
  return showActionResult(output, { action: "validate", resource: null, agent, overrides, ...result });
}
