import type { ApiClient, FenceParams } from "@quorate/api";
import { ExecutionStatus, type FencingRecord, type LevelTarget } from "@quorate/ports";
import { withDaemon } from "../cluster/daemon.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { formatFencingRecord, lastRecords } from "../fencing/fencing-history.ts";
import { stonithOptions } from "../fencing/stonith-options.ts";
import type { ParsedValues } from "../options/option-table.ts";
import type { World } from "../world.ts";

type Options = ParsedValues<typeof stonithOptions>;
type Command = (daemon: ApiClient, world: World) => Promise<number>;
/** A command that needs no daemon. */
type LocalCommand = (world: World) => Promise<number>;

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
  run: ({ options: chosen, operands }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    return chooseCommand(chosen, world)(world);
  },
});

function chooseCommand(chosen: Options, world: World): LocalCommand {
  const local = chooseLocalCommands(chosen);
  const live = chooseLiveCommands(chosen, world);
  if (local.length + live.length !== 1)
    throw new UsageError(
      "give exactly one of -l, -L, -I, -s, -M, -Q, -K, -H, -h, -F, -U, -B, -C, -R, -D, -r, -d",
    );
  return local[0] ?? ((outer) => withDaemon(outer, (daemon) => live[0]!(daemon, outer)));
}

function chooseLocalCommands(chosen: Options): LocalCommand[] {
  const given: LocalCommand[] = [];
  if (chosen.listInstalled) given.push(listInstalledAgents);
  if (chosen.metadata) given.push((world) => showMetadata(requireAgent(chosen), world));
  if (chosen.validate) given.push((world) => validateDevice(chosen, world));
  return given;
}

function chooseLiveCommands(chosen: Options, world: World): Command[] {
  const given: Command[] = [];
  if (chosen.listTargets !== null) given.push(listTargets(chosen.listTargets));
  if (chosen.query !== null) given.push(queryDevice(chosen.query, chosen));
  if (chosen.register !== null) given.push(registerDevice(chosen.register, chosen, world));
  if (chosen.deregister !== null) given.push(removeDevice(chosen.deregister));
  if (chosen.registerLevel !== null) given.push(registerLevel(chosen.registerLevel, chosen));
  if (chosen.deregisterLevel !== null) given.push(removeLevel(chosen.deregisterLevel, chosen));
  if (chosen.list !== null) given.push(listDevices(chosen.list, chosen));
  if (chosen.listRegistered) given.push(listDevices(null, chosen));
  if (chosen.history !== null) given.push(showHistory(chosen.history, chosen));
  if (chosen.last !== null) given.push(showLast(chosen.last, chosen));
  if (chosen.fence !== null) given.push(fence("off", chosen.fence, chosen));
  if (chosen.unfence !== null) given.push(fence("on", chosen.unfence, chosen));
  if (chosen.reboot !== null) given.push(fence("reboot", chosen.reboot, chosen));
  if (chosen.confirm !== null) given.push(confirm(chosen.confirm, chosen));
  return given;
}

/** The name of the node that a word means: itself, or with `--as-node-id` the name that belongs to it. */
function nodeNamed(daemon: ApiClient, word: string, chosen: Options): Promise<string> | string {
  return chosen.asNodeId ? nameOfId(daemon, word) : word;
}

/** An id that nobody has must not be taken for a name. */
async function nameOfId(daemon: ApiClient, id: string): Promise<string> {
  const nodes = await daemon.request("node.list", {});
  const node = nodes.find((one) => String(one.nodeId) === id);
  if (node === undefined) throw new UsageError(`no node has the id "${id}"`);
  return node.name;
}

function fence(action: FenceParams["action"], node: string, chosen: Options): Command {
  const timeoutS = seconds("--timeout", chosen.timeout, 120);
  const delayS = seconds("--delay", chosen.delay, 0);
  const toleranceS = seconds("--tolerance", chosen.tolerance, 0);
  return async (daemon, world) => {
    const target = await nodeNamed(daemon, node, chosen);
    const reply = await daemon.request("fencing.fence", { target, action, timeoutS, delayS, toleranceS });
    if (reply.isSuccess) return ExitCode.ok;
    const verb = action === "on" ? "unfence" : action === "off" ? "fence" : "reboot";
    world.stderr(`${world.programName}: Couldn't ${verb} ${target}: ${reply.reason}\n`);
    return ExitCode.error;
  };
}

/** Resources start elsewhere on this word, so the daemon takes it only of a node that exists. */
function confirm(node: string, chosen: Options): Command {
  return async (daemon, world) => {
    const target = await nodeNamed(daemon, node, chosen);
    const reply = await daemon.request("fencing.confirm", { target });
    if (reply.isSuccess) return ExitCode.ok;
    world.stderr(`${world.programName}: ${target} was not confirmed as off: ${reply.reason}\n`);
    return ExitCode.error;
  };
}

function listDevices(node: string | null, chosen: Options): Command {
  return async (daemon, world) => {
    const target = node === null ? null : await nodeNamed(daemon, node, chosen);
    const devices = await daemon.request("fencing.devices", { target });
    for (const device of devices) world.stdout(`${device}\n`);
    const count = devices.length === 1 ? "1 fence device" : `${devices.length} fence devices`;
    world.stdout(`${devices.length === 0 ? "No fence devices" : count} found\n`);
    return target !== null && devices.length === 0 ? ExitCode.noSuch : ExitCode.ok;
  };
}

async function listInstalledAgents(world: World): Promise<number> {
  const agents = await (await world.openAgents()).listAgents("stonith", null);
  for (const agent of agents) world.stdout(`${agent}\n`);
  const count = agents.length === 1 ? "1 fence device" : `${agents.length} fence devices`;
  world.stdout(`${agents.length === 0 ? "No fence devices" : count} found\n`);
  return ExitCode.ok;
}

async function showMetadata(agent: string, world: World): Promise<number> {
  const result = await (await world.openAgents()).metadata({ class: "stonith", provider: "", type: agent });
  if (result.ok) {
    world.stdout(result.xml.endsWith("\n") ? result.xml : `${result.xml}\n`);
    return ExitCode.ok;
  }
  world.stderr(`${world.programName}: Can't get fence agent meta-data: ${result.reason}\n`);
  return ExitCode.noSuch;
}

async function validateDevice(chosen: Options, world: World): Promise<number> {
  const agent = requireAgent(chosen);
  const result = await (await world.openAgents()).validateDevice({
    deviceId: chosen.devices[0] ?? "",
    agent,
    parameters: readParameters(chosen, world),
    timeoutMs: seconds("--timeout", chosen.timeout, 120) * 1000,
  });
  if (!chosen.quiet) {
    world.stdout(`Validation of ${agent} ${result.isValid ? "succeeded" : "failed"}\n`);
    for (const text of [result.reason, result.stdout, result.stderr])
      if (text.trim() !== "") world.stdout(`${text.trimEnd()}\n`);
  }
  if (result.status === ExecutionStatus.notInstalled) return ExitCode.noSuch;
  if (result.status === ExecutionStatus.timedOut) return ExitCode.timeout;
  return result.isValid ? ExitCode.ok : ExitCode.error;
}

function listTargets(device: string): Command {
  return async (daemon, world) => {
    const { targets, reason } = await daemon.request("fencing.targets", { device });
    if (targets === null) {
      world.stderr(`${world.programName}: Couldn't list targets of ${device}: ${reason}\n`);
      return ExitCode.noSuch;
    }
    for (const target of targets) world.stdout(`${target}\n`);
    const count = targets.length === 1 ? "1 fence target" : `${targets.length} fence targets`;
    world.stdout(`${targets.length === 0 ? "No fence targets" : count} found\n`);
    return ExitCode.ok;
  };
}

function queryDevice(device: string, chosen: Options): Command {
  const timeoutS = seconds("--timeout", chosen.timeout, 120);
  return async (daemon, world) => {
    const { status, rc, reason } = await daemon.request("fencing.monitor", { device, timeoutS });
    if (rc === 0) return ExitCode.ok;
    world.stderr(`${world.programName}: ${device} does not work: ${reason}\n`);
    if (status === ExecutionStatus.noFenceDevice) return ExitCode.noSuch;
    return status === ExecutionStatus.timedOut ? ExitCode.timeout : ExitCode.error;
  };
}

function registerDevice(device: string, chosen: Options, world: World): Command {
  const agent = requireAgent(chosen);
  const parameters = [...readParameters(chosen, world)];
  return async (daemon) => {
    await daemon.request("fencing.registerDevice", { device, agent, parameters });
    return ExitCode.ok;
  };
}

function removeDevice(device: string): Command {
  return async (daemon) => {
    await daemon.request("fencing.removeDevice", { device });
    return ExitCode.ok;
  };
}

function registerLevel(target: string, chosen: Options): Command {
  const index = readIndex(chosen);
  if (chosen.devices.length === 0) throw new UsageError("--register-level needs a --device");
  const devices = chosen.devices.flatMap((list) => list.split(",")).filter((id) => id !== "");
  return async (daemon) => {
    await daemon.request("fencing.registerLevel", { ...readLevelTarget(target), index, devices });
    return ExitCode.ok;
  };
}

function removeLevel(target: string, chosen: Options): Command {
  const index = readIndex(chosen);
  return async (daemon) => {
    await daemon.request("fencing.removeLevel", { ...readLevelTarget(target), index });
    return ExitCode.ok;
  };
}

/** `NAME`, `@PATTERN` or `ATTR=VALUE`. */
function readLevelTarget(text: string): LevelTarget {
  if (text.startsWith("@")) return { kind: "pattern", name: text.slice(1), value: "" };
  const [name = "", ...value] = text.split("=");
  return value.length > 0
    ? { kind: "attribute", name, value: value.join("=") }
    : { kind: "name", name: text, value: "" };
}

function readIndex(chosen: Options): number {
  if (!/^[1-9]$/.test(chosen.index ?? "")) throw new UsageError("--index must be a level from 1 to 9");
  return Number(chosen.index);
}

function requireAgent(chosen: Options): string {
  if (chosen.agent === null)
    throw new UsageError("give the fence agent with --agent, as in --agent fence_ipmilan");
  return chosen.agent;
}

function readParameters(chosen: Options, world: World): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const text of chosen.parameters) {
    const equals = text.indexOf("=");
    if (equals < 1) throw new UsageError("--option must be NAME=VALUE");
    parameters.set(text.slice(0, equals), text.slice(equals + 1));
  }
  for (const name of chosen.environmentParameters) {
    const value = world.env[`OCF_RESKEY_${name}`];
    if (value === undefined) throw new UsageError(`--env-option ${name}: OCF_RESKEY_${name} is not set`);
    parameters.set(name, value);
  }
  return parameters;
}

function showHistory(node: string, chosen: Options): Command {
  return async (daemon, world) => {
    const target = node === "*" || node === "" ? null : await nodeNamed(daemon, node, chosen);
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

function showLast(given: string, chosen: Options): Command {
  return async (daemon, world) => {
    const node = await nodeNamed(daemon, given, chosen);
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
