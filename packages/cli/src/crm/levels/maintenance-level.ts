import { isTrue } from "@quorate/cib";
import { viewCluster } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import { RESOURCE_WORDS } from "../language/object-types.ts";
import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { crmAttribute, crmResource } from "./tools.ts";

/** What is done to resources past the cluster, while that keeps its hands off them. */
export const maintenanceLevel: Level = {
  name: "maintenance",
  help: "Maintenance: keep the cluster's hands off, and run actions of agents by hand",
  levels: {},
  deprecated: {},
  commands: {
    on: {
      usage: "[RESOURCE]",
      help: "Keep the cluster from touching anything, or one resource",
      atMost: 1,
      isAwaited: true,
      run: (shell, [resource]) => setMode(shell, resource, "true"),
    },
    off: {
      usage: "[RESOURCE]",
      help: "Let the cluster manage everything again, or one resource",
      atMost: 1,
      isAwaited: true,
      run: (shell, [resource]) => setMode(shell, resource, "false"),
    },
    action: {
      usage: "RESOURCE ACTION [ssh]",
      help: "Run an action of a resource's agent on this host, while the cluster or the resource is in maintenance mode; with ssh on all hosts",
      atLeast: 2,
      atMost: 3,
      run: runAction,
    },
  },
};

function setMode(shell: Shell, resource: string | undefined, value: string): Promise<boolean> {
  if (resource === undefined) return crmAttribute(shell, ["--name", "maintenance-mode", "--update", value]);
  return crmResource(shell, [
    "--resource",
    resource,
    "--meta",
    "--set-parameter",
    "maintenance",
    "--parameter-value",
    value,
  ]);
}

/** May be run where a resource does not run; what else there is changes something that has to be there. */
const ANYWHERE: ReadonlySet<string> = new Set(["start", "monitor"]);
/** Of what is in one of these several instances may run at once. */
const SEVERAL: ReadonlySet<string> = new Set(["clone", "master", "bundle"]);
/** It becomes a word of a command that another host's shell reads. */
const ACTION = /^[a-z][a-z_-]*$/;
const TIMEOUT_MS = 120_000;

async function runAction(shell: Shell, [name, action, where]: readonly string[]): Promise<boolean> {
  const { messages, world } = shell;
  const refuse = (text: string): false => {
    messages.error(`maintenance.action: ${text}`);
    return false;
  };
  if (where !== undefined && where !== "ssh") return refuse(`"${where}" is not known here. Expected [ssh]`);
  if (!ACTION.test(action!)) return refuse(`"${action}" is no action of an agent`);
  const copy = await shell.configuration();
  const object = copy.find(name!);
  const { cib } = copy;
  shell.forgetConfiguration();
  if (object === null || !RESOURCE_WORDS.has(object.type.word)) return refuse(`Resource not found: ${name}`);
  if (!isInMaintenance(cib, object.element)) return refuse("Not in maintenance mode.");
  if (object.type.word !== "primitive")
    return refuse(`${name} is a ${object.type.word}, which no agent runs; name what is in it`);
  const isSingle = !hasSeveral(object.element);
  if (where === "ssh" && action === "start" && isSingle)
    return refuse(`${name} would run on all hosts at once; leave ssh out, and start it on one`);
  if (where === "ssh") return onAllHosts(shell, copy.nodeNames(), name!, action!);
  const view = viewCluster(cib, Math.floor(world.nowMs() / 1000));
  const agent = view.resource(name!)?.agent ?? null;
  if (agent === null) return refuse(`${name} has no agent`);
  const own = world.filterText("uname -n", "").output.trim();
  const running = (view.resource(name!)?.active ?? []).map(({ node }) => node);
  if (!ANYWHERE.has(action!) && !(running.length === 1 && running[0] === own))
    return refuse(
      `${action} must be run where ${name} runs: ${running.length === 0 ? "nowhere" : running.join(", ")}`,
    );
  const elsewhere = running.filter((node) => node !== own);
  if (action === "start" && isSingle && elsewhere.length > 0)
    return refuse(`${name} runs on ${elsewhere.join(", ")}, and would run twice; stop it there first`);
  const { status, rc, reason, output } = await world.runAgent({
    resource: name!,
    agent,
    action: action!,
    timeoutMs: TIMEOUT_MS,
    parameters: view.parameters(name!, own),
  });
  if (output.trim() !== "") messages.print(output.trimEnd());
  if (status === 0 && rc === 0) return true;
  return refuse(`${name}: ${action} ended with ${rc}${reason === "" ? "" : `: ${reason}`}`);
}

/** The whole cluster, the resource, or what it is in. */
function isInMaintenance(cib: XmlElement, resource: XmlElement): boolean {
  const sets = cib.first("configuration")?.first("crm_config")?.all("cluster_property_set") ?? [];
  if (sets.some((set) => isSet(set, "maintenance-mode"))) return true;
  for (let element: XmlElement | null = resource; element !== null; element = element.parent) {
    const lists = element.all("meta_attributes");
    if (lists.some((list) => isSet(list, "maintenance"))) return true;
    if (lists.some((list) => isNot(list, "is-managed"))) return true;
  }
  return false;
}

function hasSeveral(resource: XmlElement): boolean {
  for (let element: XmlElement | null = resource; element !== null; element = element.parent)
    if (SEVERAL.has(element.name)) return true;
  return false;
}

function valueIn(list: XmlElement, name: string): string | null {
  return (
    list
      .all("nvpair")
      .find((nvpair) => nvpair.get("name") === name)
      ?.get("value") ?? null
  );
}

function isSet(list: XmlElement, name: string): boolean {
  return isTrue(valueIn(list, name));
}

function isNot(list: XmlElement, name: string): boolean {
  const value = valueIn(list, name);
  return value !== null && !isTrue(value);
}

/** The same command on each host, one after the other. */
async function onAllHosts(
  shell: Shell,
  hosts: readonly string[],
  name: string,
  action: string,
): Promise<boolean> {
  let isGood = true;
  for (const host of hosts) {
    const words = ["crm", "maintenance", "action", name, action];
    const { status, stdout, stderr } = await shell.world.runProgram(
      "ssh",
      ["-T", "-o", "BatchMode=yes", "--", host, ...words],
      {
        input: "",
        timeoutMs: TIMEOUT_MS,
      },
    );
    if (stdout.trim() !== "") shell.messages.print(`${host}: ${stdout.trimEnd()}`);
    if (status === 0) continue;
    shell.messages.error(`${host}: ${stderr.trim() === "" ? `ended with ${status}` : stderr.trim()}`);
    isGood = false;
  }
  return isGood;
}
