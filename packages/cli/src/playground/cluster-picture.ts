import type { NodeState, Playground } from "@quorate/playground";
import { main as crmMon } from "../commands/crm_mon.ts";
import type { World } from "../world.ts";
import { anyDaemonRoot } from "./reachable-daemon.ts";

/**
 * What the views show: the cluster as `crm_mon` prints it, without its summary when `isBrief`, and the machines as the supervisor
 * knows them.
 */
export async function clusterPicture(
  playground: Playground,
  world: World,
  { isBrief }: { readonly isBrief: boolean },
): Promise<string> {
  const root = await anyDaemonRoot(playground.layout.directory, world);
  const machines = playground.state().map(describeMachine).join("   ");
  if (root === null) return `Machines: ${machines}\n\nNo daemon answers yet.\n`;
  let text = "";
  const append = (more: string) => {
    text += more;
  };
  const quiet: World = {
    ...world,
    programName: "crm_mon",
    env: { ...world.env, QUORATE_ROOT: root },
    stdout: append,
    stderr: append,
  };
  await crmMon(["-1", "-r", "-f", "-m", "2", ...(isBrief ? ["-D"] : [])], quiet);
  return `Machines: ${machines}\n\n${text.trimEnd()}\n`;
}

function describeMachine({ name, power, isDaemonRunning, isIsolated }: NodeState): string {
  const facts = [power === "on" ? "on" : "OFF"];
  if (power === "on" && !isDaemonRunning) facts.push("daemon DEAD");
  if (isIsolated) facts.push("UNPLUGGED");
  return `${name} ${facts.join(", ")}`;
}
