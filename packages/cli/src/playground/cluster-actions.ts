import { findMarkedProcesses, type MarkedProcess } from "@quorate/executor";
import { askSupervisor, layoutOf, playgroundMarker } from "@quorate/playground";
import { main as crmStandby } from "../commands/crm_standby.ts";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";
import { NODE_NAMES } from "./node-names.ts";
import { anyDaemonRoot } from "./reachable-daemon.ts";

/** Sets or removes the standby attribute of a node, through whichever daemon answers. */
export async function setStandby(
  directory: string,
  node: string,
  isStandby: boolean,
  world: World,
): Promise<number> {
  const root = await anyDaemonRoot(directory, world);
  if (root === null) {
    world.stderr(
      `${world.programName}: no daemon of the playground in ${directory} answers; start it with: npm start\n`,
    );
    return ExitCode.disconnect;
  }
  const change = isStandby ? ["--update", "on"] : ["--delete", "--quiet"];
  const quiet: World = {
    ...world,
    programName: "crm_standby",
    env: { ...world.env, QUORATE_ROOT: root },
    stdout: () => {},
  };
  return crmStandby(["--node", node, ...change], quiet);
}

/** Kills the processes that a resource started, on whatever node they run. */
export async function breakResource(directory: string, resource: string, world: World): Promise<number> {
  const supervisor = await askSupervisor(layoutOf(directory, NODE_NAMES).controlSocket, { do: "list" });
  if (!supervisor.ok) {
    world.stderr(`${world.programName}: ${supervisor.error}\n`);
    return ExitCode.error;
  }
  const ofPlayground = await findMarkedProcesses(playgroundMarker(directory));
  const ofResource = await findMarkedProcesses({ name: "OCF_RESOURCE_INSTANCE", value: resource });
  const processes = servicesOf(ofResource, ofPlayground);
  if (processes.length === 0) {
    world.stderr(
      `${world.programName}: no process of a resource "${resource}" runs in the playground; "web" is one that has a process\n`,
    );
    return ExitCode.noSuch;
  }
  for (const { pid } of processes) killIfThere(pid);
  return ExitCode.ok;
}

/**
 * The processes of the resource that outlived the action which started them. Actions under way are left out: to kill a stop is to make the
 * cluster fence the node.
 */
function servicesOf(
  ofResource: readonly MarkedProcess[],
  ofPlayground: readonly MarkedProcess[],
): readonly MarkedProcess[] {
  const parents = new Map(ofPlayground.map(({ pid, parentPid }) => [pid, parentPid]));
  const own = new Set(ofResource.map(({ pid }) => pid));
  return ofResource.filter(({ pid }) => {
    if (!parents.has(pid)) return false;
    let ancestor = pid;
    while (own.has(ancestor)) ancestor = parents.get(ancestor) ?? 0;
    // What an action runs descends from a daemon, which is of the playground but of no resource.
    return !parents.has(ancestor);
  });
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It may have ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
