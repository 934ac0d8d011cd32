import { main as stonithAdmin } from "../../commands/stonith_admin.ts";
import { ExitCode } from "../../exit-codes.ts";
import type { PcsCommand, PcsGroup } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

export const fenceCommand: PcsCommand = {
  usage: ["<node>"],
  help: "Fence a node: reboot it, or with --off switch it off.",
  options: ["--off"],
  async run(call) {
    const [node] = call.expect(1, 1);
    const status = await call.runTool("stonith_admin", stonithAdmin, [
      call.has("--off") ? "--fence" : "--reboot",
      node!,
    ]);
    if (status === ExitCode.ok) call.print(`Node: ${node} fenced`);
    return status;
  },
};

export const confirmCommand: PcsCommand = {
  usage: ["<node> --force"],
  help: "Tell the cluster that a node is down for sure, so that its resources are started elsewhere. When the node is not down, they will run twice and data will be lost. --force says that you have looked.",
  options: ["--force"],
  run(call) {
    const [node] = call.expect(1, 1);
    if (!call.has("--force")) {
      fail(
        `if node '${node}' is not powered off or it does have access to shared resources, data corruption and/or cluster failure may occur; make sure, then use --force`,
      );
    }
    return call.runTool("stonith_admin", stonithAdmin, ["--confirm", node!]);
  },
};

function history(verb: "show" | "cleanup", help: string): PcsCommand {
  return {
    usage: ["[<node>]"],
    help,
    options: [],
    run(call) {
      const [node = "*"] = call.expect(0, 1);
      const cleanup = verb === "cleanup" ? ["--cleanup"] : ["--verbose"];
      return call.runTool("stonith_admin", stonithAdmin, ["--history", node, ...cleanup]);
    },
  };
}

const historyShow = history("show", "Show what was fenced, of all nodes or one.");

export const historyGroup: PcsGroup = {
  summary: "What was fenced",
  commands: { show: historyShow, cleanup: history("cleanup", "Forget what was fenced.") },
  otherwise: historyShow,
};
