import { main as stonithAdmin } from "../../commands/stonith_admin.ts";
import { ExitCode } from "../../exit-codes.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { isMeant } from "../framework/danger.ts";

export const fenceCommand: PcsCommand = {
  usage: ["<node>"],
  help: "Fence a node: reboot it, or with --off switch it off.",
  options: ["--off"],
  async run(call) {
    const [node] = call.expect(1, 1);
    const status = await call.carryOut("stonith_admin", stonithAdmin, [
      call.has("--off") ? "--fence" : "--reboot",
      node!,
    ]);
    if (status === ExitCode.ok && call.world.isPlanning !== true) call.reports.info(`Node: ${node} fenced`);
    return status;
  },
};

export const confirmCommand: PcsCommand = {
  usage: ["<node> [--force]"],
  help: "Tell the cluster that a node is down for sure, so that its resources are started elsewhere. When the node is not down, they will run twice and data will be lost. It asks first; without a terminal it needs --force, which says that you have looked.",
  options: ["--force"],
  async run(call) {
    const [node] = call.expect(1, 1);
    const danger = `if node '${node}' is not powered off or it does have access to shared resources, data corruption and/or cluster failure may occur`;
    if (!(await isMeant(call, danger))) return ExitCode.ok;
    const status = await call.carryOut("stonith_admin", stonithAdmin, ["--confirm", node!]);
    if (status === ExitCode.ok && call.world.isPlanning !== true)
      call.print(`Node: ${node} confirmed fenced`);
    return status;
  },
};

const show: PcsCommand = {
  usage: ["[<node>]"],
  help: "Show what was fenced, of all nodes or one.",
  options: [],
  run(call) {
    const [node = "*"] = call.expect(0, 1);
    return call.carryOut("stonith_admin", stonithAdmin, ["--history", node, "--verbose"]);
  },
};

const cleanup: PcsCommand = {
  usage: ["[<node>]"],
  help: "Forget what was fenced, of all nodes or one.",
  options: [],
  run(call) {
    const [node = "*"] = call.expect(0, 1);
    return tellHistory(call, ["--history", node, "--cleanup"]);
  },
};

const update: PcsCommand = {
  usage: [""],
  help: "Gather what was fenced from all nodes.",
  options: [],
  run(call) {
    call.expect(0, 0);
    return tellHistory(call, ["--history", "*", "--broadcast"]);
  },
};

/** What is done to the history is told, not shown as a result. */
async function tellHistory(call: PcsCall, args: readonly string[]): Promise<number> {
  const { status, text } = await call.toolText("stonith_admin", stonithAdmin, args);
  call.tell(text);
  return status;
}

export const historyGroup: PcsGroup = {
  summary: "What was fenced",
  commands: { show, cleanup, update },
  otherwise: show,
};
