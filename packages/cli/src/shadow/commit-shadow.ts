import { ExitCode } from "../exit-codes.ts";
import { fail, requireForce, type ShadowCall } from "./shadow-command.ts";
import { behindShadow, readShadow } from "./shadow-file.ts";

/** Replaces the configuration behind the shadow by the shadow's; with `--all` the whole CIB, status included. */
export function commitShadow(call: ShadowCall): number | Promise<number> {
  const { name, isWithStatus } = call;
  const refusal = requireForce(call, {
    deed: "The commit command overwrites the active cluster configuration.",
    victim: "the cluster",
  });
  if (refusal !== null) return refusal;
  const shadow = readShadow(call, name);
  if (!shadow.ok) return shadow.exitCode;
  const data = isWithStatus ? shadow.document : shadow.document.first("configuration");
  if (data === null) {
    return fail(call, ExitCode.dataError, `the shadow instance '${name}' has no <configuration>`);
  }
  return behindShadow(call, async (cib) => {
    await cib.call({ operation: "cib_replace", section: isWithStatus ? null : "configuration", data });
    return ExitCode.ok;
  });
}
