import { ExecutionStatus, type LevelTarget } from "@quorate/ports";
import { XmlElement, XmlText } from "@quorate/xml";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import {
  complain,
  type DaemonCommand,
  type LocalCommand,
  nodeNamed,
  type StonithCall,
  seconds,
} from "./stonith-call.ts";

/** Devices that this node can use, for one node when given. */
export function listDevices(node: string | null, call: StonithCall): DaemonCommand {
  return async (daemon) => {
    const target = node === null ? null : await nodeNamed(daemon, node, call);
    const devices = await daemon.request("fencing.devices", { target });
    showList(call, { name: "registered fence devices", item: "device", one: "fence device" }, devices);
    return ExitCode.ok;
  };
}

export function listInstalledAgents(call: StonithCall): LocalCommand {
  return async () => {
    const agents = await (await call.world.openAgents()).listAgents("stonith", null);
    showList(call, { name: "installed fence devices", item: "device", one: "fence device" }, agents);
    return ExitCode.ok;
  };
}

export function listTargets(device: string, call: StonithCall): DaemonCommand {
  return async (daemon) => {
    const { targets, reason } = await daemon.request("fencing.targets", { device });
    if (targets === null) {
      complain(call, `Couldn't list targets of ${device}: ${reason}`);
      return ExitCode.noSuch;
    }
    showList(call, { name: "fence targets", item: "target", one: "fence target" }, targets);
    return ExitCode.ok;
  };
}

function showList(
  { output }: StonithCall,
  { name, item, one }: { readonly name: string; readonly item: string; readonly one: string },
  words: readonly string[],
): void {
  const count = `${words.length} ${words.length === 1 ? one : `${one}s`} found`;
  output.show({
    text: () => [...words, count].map((line) => `${line}\n`).join(""),
    xml: () => {
      const list = new XmlElement("list", [
        ["name", name],
        ["count", String(words.length)],
      ]);
      for (const word of words) {
        const element = new XmlElement("item", [["name", item]]);
        element.append(new XmlText(word));
        list.append(element);
      }
      return [list];
    },
  });
}

export function showMetadata(call: StonithCall): LocalCommand {
  const agent = requireAgent(call);
  return async () => {
    const agents = await call.world.openAgents();
    const result = await agents.metadata({ class: "stonith", provider: "", type: agent });
    if (!result.ok) {
      complain(call, `Can't get fence agent meta-data: ${result.reason}`);
      return ExitCode.noSuch;
    }
    call.output.show({
      text: () => (result.xml.endsWith("\n") ? result.xml : `${result.xml}\n`),
      xml: () => {
        const metadata = new XmlElement("metadata");
        metadata.append(new XmlText(result.xml, { isCdata: true }));
        return [metadata];
      },
    });
    return ExitCode.ok;
  };
}

/** Has the agent judge the parameters, as they would be those of a device. */
export function validateDevice(call: StonithCall): LocalCommand {
  const agent = requireAgent(call);
  const parameters = readParameters(call);
  const { chosen, output, world } = call;
  return async () => {
    const result = await (await world.openAgents()).validateDevice({
      deviceId: chosen.devices[0] ?? "",
      agent,
      parameters,
      timeoutMs: seconds("--timeout", chosen.timeout, 120) * 1000,
    });
    const said = [result.reason, result.stdout, result.stderr].filter((text) => text.trim() !== "");
    if (!chosen.quiet)
      output.show({
        text: () =>
          [`Validation of ${agent} ${result.isValid ? "succeeded" : "failed"}`, ...said]
            .map((text) => `${text.trimEnd()}\n`)
            .join(""),
        xml: () => [validationElement(agent, result)],
      });
    if (result.status === ExecutionStatus.notInstalled) return ExitCode.noSuch;
    if (result.status === ExecutionStatus.timedOut) return ExitCode.timeout;
    return result.isValid ? ExitCode.ok : ExitCode.error;
  };
}

function validationElement(
  agent: string,
  result: {
    readonly isValid: boolean;
    readonly reason: string;
    readonly stdout: string;
    readonly stderr: string;
  },
): XmlElement {
  const validate = new XmlElement("validate", [
    ["agent", agent],
    ["valid", String(result.isValid)],
  ]);
  const command = new XmlElement("command", [["code", result.isValid ? "0" : "1"]]);
  for (const [source, text] of [
    ["stdout", result.stdout],
    ["stderr", result.stderr === "" ? result.reason : result.stderr],
  ] as const) {
    if (text.trim() === "") continue;
    const element = new XmlElement("output", [["source", source]]);
    element.append(new XmlText(text));
    command.append(element);
  }
  validate.append(command);
  return validate;
}

export function queryDevice(device: string, call: StonithCall): DaemonCommand {
  const timeoutS = seconds("--timeout", call.chosen.timeout, 120);
  return async (daemon) => {
    const { status, rc, reason } = await daemon.request("fencing.monitor", { device, timeoutS });
    if (rc === 0) return ExitCode.ok;
    complain(call, `${device} does not work: ${reason}`);
    if (status === ExecutionStatus.noFenceDevice) return ExitCode.noSuch;
    return status === ExecutionStatus.timedOut ? ExitCode.timeout : ExitCode.error;
  };
}

export function registerDevice(device: string, call: StonithCall): DaemonCommand {
  const agent = requireAgent(call);
  const parameters = [...readParameters(call)];
  return async (daemon) => {
    await daemon.request("fencing.registerDevice", { device, agent, parameters });
    return ExitCode.ok;
  };
}

export function removeDevice(device: string): DaemonCommand {
  return async (daemon) => {
    await daemon.request("fencing.removeDevice", { device });
    return ExitCode.ok;
  };
}

export function registerLevel(target: string, call: StonithCall): DaemonCommand {
  const index = readIndex(call);
  const devices = call.chosen.devices.flatMap((list) => list.split(",")).filter((id) => id !== "");
  if (devices.length === 0) throw new UsageError("--register-level needs a --device");
  return async (daemon) => {
    await daemon.request("fencing.registerLevel", { ...readLevelTarget(target), index, devices });
    return ExitCode.ok;
  };
}

export function removeLevel(target: string, call: StonithCall): DaemonCommand {
  const index = readIndex(call);
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

function readIndex({ chosen }: StonithCall): number {
  if (!/^[1-9]$/.test(chosen.index ?? "")) throw new UsageError("--index must be a level from 1 to 9");
  return Number(chosen.index);
}

function requireAgent({ chosen }: StonithCall): string {
  if (chosen.agent === null)
    throw new UsageError("give the fence agent with --agent, as in --agent fence_ipmilan");
  return chosen.agent;
}

function readParameters({ chosen, world }: StonithCall): Map<string, string> {
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
