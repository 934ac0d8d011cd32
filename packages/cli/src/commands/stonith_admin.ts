import type { FenceParams, FenceReply } from "@quorate/api";
import { ExecutionStatus } from "@quorate/ports";
import { withDaemon } from "../cluster/daemon.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import {
  listDevices,
  listInstalledAgents,
  listTargets,
  queryDevice,
  registerDevice,
  registerLevel,
  removeDevice,
  removeLevel,
  showMetadata,
  validateDevice,
} from "../fencing/device-commands.ts";
import { showHistory, showLast } from "../fencing/history-commands.ts";
import {
  complain,
  type DaemonCommand,
  type LocalCommand,
  nodeNamed,
  type StonithCall,
  seconds,
  stonithCall,
} from "../fencing/stonith-call.ts";
import { stonithOptions } from "../fencing/stonith-options.ts";
import { pageOf } from "../output/page-options.ts";
import { fenceCopy } from "../plan/planned-fencing.ts";

/** `stonith_admin`: fencing by hand, and its history. Source: stonith_admin(8); fencer specification, 3, 8, 10. */
export const main = defineCommand({
  name: "stonith_admin",
  summary: "fence nodes by hand and look at what was fenced",
  usage: "COMMAND [options]",
  examples: [
    { line: "stonith_admin --reboot node2", explanation: "Fence a node and let it come back" },
    { line: "stonith_admin --history '*'", explanation: "What was fenced" },
  ],
  options: stonithOptions,
  isPlannable: true,
  forms: ["text", "xml", "json", "html", "none"],
  pageOf: (options, programName) => pageOf(options, programName),
  run: (given, world) => {
    if (given.operands.length > 0) throw new UsageError(`surplus argument "${given.operands[0]}"`);
    if (world.isPlanning === true) return fenceCopy(given.options, world);
    return chooseCommand(stonithCall(given, world))();
  },
});

function chooseCommand(call: StonithCall): LocalCommand {
  const local = chooseLocalCommands(call);
  const live = chooseLiveCommands(call);
  if (local.length + live.length !== 1)
    throw new UsageError(
      "give exactly one of -l, -L, -I, -s, -M, -Q, -K, -H, -h, -F, -U, -B, -C, -R, -D, -r, -d",
    );
  return local[0] ?? (() => withDaemon(call.world, live[0]!));
}

function chooseLocalCommands(call: StonithCall): LocalCommand[] {
  const { chosen } = call;
  const given: LocalCommand[] = [];
  if (chosen.listInstalled) given.push(listInstalledAgents(call));
  if (chosen.metadata) given.push(showMetadata(call));
  if (chosen.validate) given.push(validateDevice(call));
  return given;
}

function chooseLiveCommands(call: StonithCall): DaemonCommand[] {
  const { chosen } = call;
  const given: DaemonCommand[] = [];
  if (chosen.listTargets !== null) given.push(listTargets(chosen.listTargets, call));
  if (chosen.query !== null) given.push(queryDevice(chosen.query, call));
  if (chosen.register !== null) given.push(registerDevice(chosen.register, call));
  if (chosen.deregister !== null) given.push(removeDevice(chosen.deregister));
  if (chosen.registerLevel !== null) given.push(registerLevel(chosen.registerLevel, call));
  if (chosen.deregisterLevel !== null) given.push(removeLevel(chosen.deregisterLevel, call));
  if (chosen.list !== null) given.push(listDevices(chosen.list, call));
  if (chosen.listRegistered) given.push(listDevices(null, call));
  if (chosen.history !== null) given.push(showHistory(chosen.history, call));
  if (chosen.last !== null) given.push(showLast(chosen.last, call));
  if (chosen.fence !== null) given.push(fence("off", chosen.fence, call));
  if (chosen.unfence !== null) given.push(fence("on", chosen.unfence, call));
  if (chosen.reboot !== null) given.push(fence("reboot", chosen.reboot, call));
  if (chosen.confirm !== null) given.push(confirm(chosen.confirm, call));
  return given;
}

function fence(action: FenceParams["action"], node: string, call: StonithCall): DaemonCommand {
  const { chosen } = call;
  const timeoutS = seconds("--timeout", chosen.timeout, 120);
  const delayS = seconds("--delay", chosen.delay, 0);
  const toleranceS = seconds("--tolerance", chosen.tolerance, 0);
  return async (daemon) => {
    const target = await nodeNamed(daemon, node, call);
    const reply = await daemon.request("fencing.fence", {
      target,
      action,
      timeoutS,
      delayS,
      toleranceS,
      tag: chosen.tag,
    });
    if (reply.isSuccess) return ExitCode.ok;
    const verb = action === "on" ? "unfence" : action === "off" ? "fence" : "reboot";
    complain(call, `Couldn't ${verb} ${target}: ${reply.reason}`);
    return exitCodeOf(reply);
  };
}

/** Resources start elsewhere on this word, so the daemon takes it only of a node that exists. */
function confirm(node: string, call: StonithCall): DaemonCommand {
  return async (daemon) => {
    const target = await nodeNamed(daemon, node, call);
    const reply = await daemon.request("fencing.confirm", { target, tag: call.chosen.tag });
    if (reply.isSuccess) return ExitCode.ok;
    complain(call, `${target} was not confirmed as off: ${reply.reason}`);
    return exitCodeOf(reply);
  };
}

/** Source: fencer specification, 13. */
function exitCodeOf({ status }: FenceReply): number {
  switch (status) {
    case ExecutionStatus.noFenceDevice:
      return ExitCode.noSuch;
    case ExecutionStatus.timedOut:
      return ExitCode.timeout;
    case ExecutionStatus.unsupported:
      return ExitCode.notSupported;
    default:
      return ExitCode.error;
  }
}
