import type { ApiClient, FenceParams } from "@quorate/api";
import type { FencingRecord } from "@quorate/ports";
import { withDaemon } from "../cluster/daemon.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { formatFencingRecord, lastRecords } from "../fencing/fencing-history.ts";
import { countOption, flagOption, type ParsedValues, valueOption } from "../options/option-table.ts";
import type { World } from "../world.ts";

const QUERIES = "Queries";
const FENCING = "Fencing";

const options = {
  list: valueOption({
    long: "list",
    short: "l",
    metavar: "NODE",
    help: "List the devices that can fence this node",
    heading: QUERIES,
  }),
  listRegistered: flagOption({
    long: "list-registered",
    short: "L",
    help: "List all devices this node can use",
    heading: QUERIES,
  }),
  history: valueOption({
    long: "history",
    short: "H",
    metavar: "NODE",
    help: "Show the last fencing of this node, or of all with '*' (with --verbose: all that is remembered)",
    heading: QUERIES,
  }),
  last: valueOption({
    long: "last",
    short: "h",
    metavar: "NODE",
    help: "Tell when this node was last fenced",
    heading: QUERIES,
  }),
  fence: valueOption({
    long: "fence",
    short: "F",
    metavar: "NODE",
    help: "Cut this node off and leave it off",
    heading: FENCING,
  }),
  unfence: valueOption({
    long: "unfence",
    short: "U",
    metavar: "NODE",
    help: "Give this node back what fencing took",
    heading: FENCING,
  }),
  reboot: valueOption({
    long: "reboot",
    short: "B",
    metavar: "NODE",
    help: "Cut this node off and switch it on again",
    heading: FENCING,
  }),
  confirm: valueOption({
    long: "confirm",
    short: "C",
    metavar: "NODE",
    help: "Tell the cluster that you have made sure that this node is off. A wrong word here can destroy data",
    heading: FENCING,
  }),
  cleanup: flagOption({ long: "cleanup", short: "c", help: "With --history: forget finished entries" }),
  broadcast: flagOption({
    long: "broadcast",
    short: "b",
    help: "Accepted; the history is always the cluster's",
    isHidden: true,
  }),
  timeout: valueOption({ long: "timeout", short: "t", metavar: "SECONDS", help: "Time limit (default 120)" }),
  delay: valueOption({
    long: "delay",
    short: "y",
    metavar: "SECONDS",
    help: "Wait before fencing; -1 switches the devices' delays off",
  }),
  tolerance: valueOption({
    long: "tolerance",
    metavar: "SECONDS",
    help: "Do nothing when the same succeeded this recently",
  }),
  quiet: flagOption({ long: "quiet", short: "Q", help: "Say less" }),
  verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
};

type Options = ParsedValues<typeof options>;
type Command = (daemon: ApiClient, world: World) => Promise<number>;

/** `stonith_admin`: fencing by hand, and its history. Source: stonith_admin(8); fencer specification, 3, 8, 10. */
export const main = defineCommand({
  name: "stonith_admin",
  summary: "fence nodes by hand and look at what was fenced",
  usage: "COMMAND [options]",
  examples: [
    { line: "stonith_admin --reboot node2", explanation: "Fence a node and let it come back" },
    { line: "stonith_admin --history '*'", explanation: "What was fenced" },
  ],
  options,
  run: ({ options: chosen, operands }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    const command = chooseCommand(chosen);
    return withDaemon(world, (daemon) => command(daemon, world));
  },
});

function chooseCommand(chosen: Options): Command {
  const given: Command[] = [];
  if (chosen.list !== null) given.push(listDevices(chosen.list));
  if (chosen.listRegistered) given.push(listDevices(null));
  if (chosen.history !== null) given.push(showHistory(chosen.history, chosen));
  if (chosen.last !== null) given.push(showLast(chosen.last));
  if (chosen.fence !== null) given.push(fence("off", chosen.fence, chosen));
  if (chosen.unfence !== null) given.push(fence("on", chosen.unfence, chosen));
  if (chosen.reboot !== null) given.push(fence("reboot", chosen.reboot, chosen));
  if (chosen.confirm !== null) given.push(confirm(chosen.confirm));
  if (given.length !== 1) throw new UsageError("give exactly one of -l, -L, -H, -h, -F, -U, -B, -C");
  return given[0]!;
}

function fence(action: FenceParams["action"], target: string, chosen: Options): Command {
  const timeoutS = seconds("--timeout", chosen.timeout, 120);
  const delayS = seconds("--delay", chosen.delay, 0);
  const toleranceS = seconds("--tolerance", chosen.tolerance, 0);
  return async (daemon, world) => {
    const reply = await daemon.request("fencing.fence", { target, action, timeoutS, delayS, toleranceS });
    if (reply.isSuccess) return ExitCode.ok;
    const verb = action === "on" ? "unfence" : action === "off" ? "fence" : "reboot";
    world.stderr(`${world.programName}: Couldn't ${verb} ${target}: ${reply.reason}\n`);
    return ExitCode.error;
  };
}

function confirm(target: string): Command {
  return async (daemon, world) => {
    const reply = await daemon.request("fencing.confirm", { target });
    if (reply.isSuccess) return ExitCode.ok;
    world.stderr(`${world.programName}: ${target} was not confirmed as off: ${reply.reason}\n`);
    return ExitCode.error;
  };
}

function listDevices(target: string | null): Command {
  return async (daemon, world) => {
    const devices = await daemon.request("fencing.devices", { target });
    for (const device of devices) world.stdout(`${device}\n`);
    const count = devices.length === 1 ? "1 fence device" : `${devices.length} fence devices`;
    world.stdout(`${devices.length === 0 ? "No fence devices" : count} found\n`);
    return target !== null && devices.length === 0 ? ExitCode.noSuch : ExitCode.ok;
  };
}

function showHistory(node: string, chosen: Options): Command {
  const target = node === "*" || node === "" ? null : node;
  return async (daemon, world) => {
    if (chosen.cleanup) {
      await daemon.request("fencing.cleanHistory", { target });
      if (!chosen.quiet) world.stdout(`cleaning up fencing-history for node ${target ?? "*"}\n`);
      return ExitCode.ok;
    }
    const all = await daemon.request("fencing.history", { target });
    const shown = chosen.verbose > 0 ? all : lastRecords(all);
    for (const record of shown) {
      world.stdout(
        chosen.quiet ? `${Math.floor(record.completedMs / 1000)}\n` : `${formatFencingRecord(record)}\n`,
      );
    }
    if (!chosen.quiet) world.stdout(`${shown.length} ${shown.length === 1 ? "event" : "events"} found\n`);
    return ExitCode.ok;
  };
}

function showLast(node: string): Command {
  return async (daemon, world) => {
    const records: readonly FencingRecord[] = await daemon.request("fencing.history", { target: node });
    const last = Math.max(
      0,
      ...records.filter((record) => record.state === "success").map((record) => record.completedMs),
    );
    world.stdout(
      last === 0
        ? `Node ${node} never fenced\n`
        : `Node ${node} last fenced at: ${new Date(last).toString()}\n`,
    );
    return ExitCode.ok;
  };
}

function seconds(option: string, text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  if (!/^-?\d+s?$/.test(text)) throw new UsageError(`${option} "${text}": not a number of seconds`);
  return Number.parseInt(text, 10);
}
