import { ExitCode } from "../exit-codes.ts";
import { type CommandResult, failure, success } from "../output/deliver.ts";
import { requireForce, type ShadowCall } from "./shadow-command.ts";
import { behindShadow, readShadow } from "./shadow-file.ts";

/** Replaces the configuration behind the shadow by the shadow's; with `--all` the whole CIB, status included. */
export function commitShadow(call: ShadowCall): CommandResult | Promise<CommandResult> {
  const { world, name, isWithStatus } = call;
  const refusal = requireForce(call, {
    deed: "The commit command overwrites the active cluster configuration.",
    victim: "the cluster",
  });
  if (refusal !== null) return refusal;
  const shadow = readShadow(world, name);
  if (!shadow.ok) return shadow.result;
  return behindShadow(world, async (cib) => {
    const data = isWithStatus ? shadow.document : shadow.document.first("configuration");
    if (data === null) {
      return failure(world, ExitCode.dataError, `the shadow instance '${name}' has no <configuration>`);
    }
    await cib.call({ operation: "cib_replace", section: isWithStatus ? null : "configuration", data });
    return success("", []);
  });
}
