import type { Shell } from "../shell/shell.ts";
import { chosenHosts, runOnAll } from "./other-hosts.ts";
import { dcSeenHere } from "./own-dc.ts";

const SERVICES: readonly string[] = ["corosync", "quorated"];

/**
 * `health`: what is wrong with the configuration, with resources, and with the services and clocks of the hosts. Succeeds when nothing is.
 */
export async function showHealth(shell: Shell): Promise<boolean> {
  const { messages } = shell;
  const [{ main: verify }, { main: monitor }] = await Promise.all([
    import("../../commands/crm_verify.ts"),
    import("../../commands/crm_mon.ts"),
  ]);
  let isGood = true;
  const note = (isFine: boolean, what: string, trouble: string) => {
    if (isFine) messages.info(`${what}: good`);
    else messages.error(`${what}: ${trouble}`);
    if (!isFine) isGood = false;
  };
  const hasDc = await dcSeenHere(shell);
  note(
    hasDc !== null,
    "cluster",
    'it does not run on this host, or has no DC; "crm cluster start" starts it',
  );
  if (hasDc !== null) {
    const isValid = (await shell.runTool("crm_verify", verify, ["--live-check", "-V"])) === 0;
    note(isValid, "configuration", "see above");
    const failed = await failures(shell, monitor);
    note(failed.length === 0, "resources", failed.join("; "));
  }
  const now = Math.floor(shell.world.nowMs() / 1000);
  const question = `date +%s; ${SERVICES.map(stateOf).join("; ")}; true`;
  for (const { host, stdout, problem } of await runOnAll(shell, await chosenHosts(shell, []), question)) {
    const [time, ...states] = stdout.trim().split("\n");
    const stopped = SERVICES.filter((_, index) => states[index] !== "active");
    const skewS = Math.abs(Number(time) - now);
    const troubles = [
      ...(problem === "" ? [] : [problem]),
      ...(problem === "" && stopped.length > 0 ? [`${stopped.join(" and ")} not active`] : []),
      ...(problem === "" && skewS > SKEW_S_MAX
        ? [`its clock differs by ${skewS} s from that of this host`]
        : []),
    ];
    note(troubles.length === 0, host, troubles.join("; "));
  }
  return isGood;
}

/** Prints `active` where the service runs, whichever init the host has: sd_booted(3), service(8). */
function stateOf(service: string): string {
  return `if [ -d /run/systemd/system ]; then systemctl is-active ${service}; elif service ${service} status >/dev/null 2>&1; then echo active; else echo inactive; fi`;
}

/** What the answers of ssh take, and what clocks that are kept in step differ by. */
const SKEW_S_MAX = 10;

/** Failed actions, as `crm_mon` tells them, a line each. */
async function failures(
  shell: Shell,
  monitor: typeof import("../../commands/crm_mon.ts")["main"],
): Promise<string[]> {
  let text = "";
  const world = {
    ...shell.world,
    programName: "crm_mon",
    stdout: (piece: string) => {
      text += piece;
    },
  };
  await monitor(["--one-shot", "--include=none,failures"], world);
  return [...text.matchAll(/^ {2}\* (.+)$/gm)].map(([, line]) => line!);
}
