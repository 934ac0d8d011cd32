import { isTrue } from "@quorate/cib";
import { cibSource } from "../../cluster/cib-source.ts";
import type { ConfigurationObject } from "../configuration/document.ts";
import { assignIds, IdSource } from "../configuration/ids.ts";
import type { WorkingCopy } from "../configuration/working-copy.ts";
import { RESOURCE_WORDS } from "../language/object-types.ts";
import { element } from "../language/read/rule.ts";
import { writeConfiguration } from "../shell/cib-access.ts";
import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { banResource, clearResource, moveResource } from "./resource-moves.ts";
import { constraintsOf, locate, showPlaces } from "./resource-places.ts";
import { listOperations, listResources, showScores } from "./resource-queries.ts";
import { secret } from "./resource-secret.ts";
import { trace, untrace } from "./resource-trace.ts";
import { crmResource } from "./tools.ts";

/** Resources of the running cluster. */
export const resourceLevel: Level = {
  name: "resource",
  help: "Resources: start, stop, move, clean up",
  levels: {},
  deprecated: {
    list: "status",
    unmove: "clear",
    unmigrate: "clear",
    unban: "clear",
    migrate: "move",
    reprobe: "refresh",
    show: "status",
  },
  commands: {
    start: stateCommand("start", "Start resources", "target-role", "Started"),
    stop: stateCommand("stop", "Stop resources", "target-role", "Stopped"),
    manage: oneOnly(stateCommand("manage", "Let the cluster manage a resource", "is-managed", "true")),
    unmanage: oneOnly(
      stateCommand(
        "unmanage",
        "Keep the cluster from starting or stopping a resource",
        "is-managed",
        "false",
      ),
    ),
    maintenance: {
      usage: "RESOURCE [on|off|true|false]",
      help: "Keep the cluster from touching a resource at all",
      atLeast: 1,
      atMost: 2,
      isAwaited: true,
      run: setMaintenance,
    },
    promote: {
      usage: "RESOURCE",
      help: "Let a promotable clone be promoted",
      atLeast: 1,
      isAwaited: true,
      run: (shell, args) => setRole(shell, args[0]!, "Master"),
    },
    demote: {
      usage: "RESOURCE",
      help: "Keep a promotable clone from being promoted",
      atLeast: 1,
      isAwaited: true,
      run: (shell, args) => setRole(shell, args[0]!, "Slave"),
    },
    restart: {
      usage: "RESOURCE ...",
      help: "Stop resources and start them again, one after the other",
      atLeast: 1,
      atMost: null,
      run: restart,
    },
    move: {
      isForAdministrators: true,
      usage: "RESOURCE [NODE] [LIFETIME] [force]",
      help: "Move a resource to another node",
      atLeast: 1,
      atMost: 4,
      isAwaited: true,
      run: moveResource,
    },
    ban: {
      usage: "RESOURCE [NODE] [LIFETIME] [force]",
      help: "Keep a resource away from a node",
      atLeast: 1,
      atMost: 4,
      isAwaited: true,
      run: banResource,
    },
    clear: {
      usage: "RESOURCE",
      help: "Take back moves and bans of a resource",
      atLeast: 1,
      isAwaited: true,
      run: clearResource,
    },
    cleanup: {
      usage: "[RESOURCE] [NODE] [force]",
      isForAdministrators: true,
      help: "Forget failures",
      atMost: 3,
      isAwaited: true,
      run: (shell, args) => forget(shell, "--cleanup", args),
    },
    refresh: {
      usage: "[RESOURCE] [NODE] [force]",
      help: "Forget the history and look again where resources run",
      atMost: 3,
      isAwaited: true,
      run: (shell, args) => forget(shell, "--refresh", args),
    },
    constraints: {
      usage: "RESOURCE",
      help: "Show the constraints that affect a resource",
      atLeast: 1,
      run: constraintsOf,
    },
    locate: { usage: "RESOURCE ...", help: "Show where resources run", atMost: null, run: locate },
    status: {
      usage: "[RESOURCE ...]",
      help: "Show the state of resources",
      atMost: null,
      run: (shell, args) => (args.length === 0 ? listResources(shell) : showPlaces(shell, args)),
    },
    operations: {
      usage: "[RESOURCE] [NODE]",
      help: "Show the operations that were done",
      atMost: 2,
      run: listOperations,
    },
    scores: { usage: "", help: "Show the scores that decide where resources run", run: showScores },
    param: attributeCommand("param", "parameter", []),
    meta: attributeCommand("meta", "meta-attribute", ["--meta"]),
    utilization: attributeCommand("utilization", "utilization attribute", ["--utilization"]),
    secret: {
      usage:
        "RESOURCE {set PARAMETER VALUE|stash PARAMETER|unstash PARAMETER|delete PARAMETER|show PARAMETER|check PARAMETER}",
      help: "Manage parameters that the hosts keep to themselves, in place of the configuration that everybody reads",
      atLeast: 3,
      atMost: 4,
      isForAdministrators: true,
      run: secret,
    },
    failcount: {
      usage: "RESOURCE {set NODE VALUE|delete NODE|show NODE}",
      help: "Manage fail counts",
      atLeast: 3,
      atMost: 4,
      run: failCount,
    },
    trace: {
      usage: "RESOURCE [OPERATION|probe] [INTERVAL] [DIRECTORY]",
      help: "Let an agent write down what it does",
      atLeast: 1,
      atMost: 4,
      run: trace,
    },
    untrace: {
      usage: "RESOURCE [OPERATION] [INTERVAL]",
      help: "Stop that again",
      atLeast: 1,
      atMost: 3,
      run: untrace,
    },
  },
};

/** Sets a meta-attribute of resources, as an edit of the configuration. */
function stateCommand(
  name: string,
  help: string,
  attribute: string,
  value: string,
): Level["commands"][string] {
  return {
    usage: "RESOURCE ...",
    help,
    atMost: null,
    isAwaited: true,
    run: async (shell, args) => {
      if (args.length === 0) {
        shell.messages.error(`resource.${name}: Expected at least one resource as argument`);
        return false;
      }
      return setMeta(shell, args, attribute, value);
    },
  };
}

/** The same for one resource at a time. */
function oneOnly(command: Level["commands"][string]): Level["commands"][string] {
  return { ...command, usage: "RESOURCE", atMost: 1 };
}

function setMaintenance(shell: Shell, args: readonly string[]): boolean | Promise<boolean> {
  const [resource, word = "on"] = args as [string, string | undefined];
  if (!/^(on|off|true|false)$/.test(word)) {
    shell.messages.error("resource.maintenance: Expected <resource> [on|off|true|false]");
    return false;
  }
  return setMeta(shell, [resource], "maintenance", String(isTrue(word)));
}

async function setMeta(
  shell: Shell,
  names: readonly string[],
  attribute: string,
  value: string,
): Promise<boolean> {
  const copy = await shell.configuration();
  let isGood = true;
  for (const name of names.flatMap((one) => tagged(copy, one))) {
    const object = copy.find(name);
    // What is set in a template counts for every resource that is made from it.
    if (object === null || !(RESOURCE_WORDS.has(object.type.word) || object.type.word === "rsc_template")) {
      shell.messages.error(`Resource not found: ${name}`);
      isGood = false;
      continue;
    }
    const holder = holderOf(copy, object);
    putMeta(copy, holder, attribute, value);
    await overrideInside(shell, copy, holder, attribute, value);
  }
  // With a name that nothing has, nothing is done to the others either.
  if (isGood && copy.isChanged) {
    const outcome = await writeConfiguration(shell.world, copy.original, copy.cib, {
      allowsMistakes: shell.options.isForced,
    });
    if (outcome === "changedMeanwhile") {
      shell.messages.error(
        "The configuration was changed by somebody else at the same time. Nothing was written. Try again",
      );
      isGood = false;
    }
  }
  shell.forgetConfiguration();
  return isGood;
}

/** A tag stands for what it is on. */
function tagged(copy: WorkingCopy, name: string): readonly string[] {
  const object = copy.find(name);
  if (object?.type.word !== "tag") return [name];
  return object.element.all("obj_ref").flatMap(({ id }) => id ?? []);
}

const HOLDERS: ReadonlySet<string> = new Set(["clone", "master", "bundle"]);

/** What is said of the resource in a clone or bundle is meant for that. */
function holderOf(copy: WorkingCopy, object: ConfigurationObject): ConfigurationObject {
  const parent = object.element.parent!;
  return HOLDERS.has(parent.name) ? copy.find(parent.id!)! : object;
}

/** Resources inside that say otherwise would not follow: the option manage-children tells whether they may go on saying so. */
async function overrideInside(
  shell: Shell,
  copy: WorkingCopy,
  holder: ConfigurationObject,
  name: string,
  value: string,
): Promise<void> {
  const choice = shell.settings.get("core.manage_children");
  if (choice === "never") return;
  const inside = [...holder.element.descendants("group"), ...holder.element.descendants("primitive")];
  for (const child of inside) {
    const lists = child.all("meta_attributes");
    for (const nvpair of lists.flatMap((list) => list.all("nvpair"))) {
      if (nvpair.get("name") !== name || nvpair.get("value") === value) continue;
      const question = `${child.id} in ${holder.id} has ${name}=${nvpair.get("value")}. Do you want to take that out`;
      if (choice === "ask" && !(await shell.ask(question, false))) continue;
      const list = nvpair.parent!;
      nvpair.remove();
      if (list.elements().length === 0) list.remove();
      copy.touch(copy.find(child.id!));
    }
  }
}

function putMeta(copy: WorkingCopy, object: ConfigurationObject, name: string, value: string): void {
  const lists = object.element.all("meta_attributes");
  const existing = lists.flatMap((list) => list.all("nvpair")).find((nvpair) => nvpair.get("name") === name);
  if (existing !== undefined) {
    if (existing.get("value") === value) return;
    existing.set("value", value);
  } else {
    // As crmsh does, which does not keep lists of nothing.
    const own = lists.filter((each) => each.get("id-ref") === null);
    for (const each of own) if (each.elements().length === 0) each.remove();
    let list = own.find((each) => each.elements().length > 0);
    if (list === undefined) {
      list = element("meta_attributes", {});
      object.element.append(list);
    }
    list.append(element("nvpair", { name, value }));
    assignIds(object.element, object.id, new IdSource(copy.configuration), null);
  }
  copy.touch(object);
}

/** Nothing is restarted when one of the names is wrong; after one that fails the others are left alone. */
async function restart(shell: Shell, names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    if (await resourceExists(shell, name)) continue;
    shell.messages.info(`ordering ${name} to stop`);
    shell.messages.error(`Resource not found: ${name}`);
    return false;
  }
  if (shell.world.isPlanning !== true && cibSource(shell.world.env).kind !== "live") {
    shell.messages.error(
      "resource.restart: this needs the running cluster: in a CIB file or shadow CIB nothing runs that could be stopped. Nothing was done",
    );
    return false;
  }
  for (const name of names) if (!(await crmResource(shell, ["--resource", name, "--restart"]))) return false;
  return true;
}

async function setRole(shell: Shell, name: string, role: string): Promise<boolean> {
  const object = (await shell.configuration()).find(name);
  shell.forgetConfiguration();
  const isPromotable =
    object?.type.word === "ms" ||
    (object?.type.word === "clone" &&
      object.element
        .all("meta_attributes")
        .flatMap((list) => list.all("nvpair"))
        .some((nvpair) => nvpair.get("name") === "promotable" && isTrue(nvpair.get("value"))));
  if (!isPromotable) {
    shell.messages.error(`${name} is not a promotable resource`);
    return false;
  }
  return crmResource(shell, [
    "--resource",
    name,
    "--meta",
    "--set-parameter",
    "target-role",
    "--parameter-value",
    role,
  ]);
}

/** `NAME {set|show|delete} ATTRIBUTE [VALUE]`, through `crm_resource`. */
function attributeCommand(name: string, what: string, options: readonly string[]): Level["commands"][string] {
  return {
    usage: "RESOURCE {set ATTRIBUTE VALUE|show ATTRIBUTE|delete ATTRIBUTE}",
    help: `Manage a ${what} of a resource`,
    atLeast: 3,
    atMost: 4,
    isAwaited: true,
    isForAdministrators: true,
    run: async (shell, args) => {
      const [resource, action, attribute, value] = args as [string, string, string, string | undefined];
      if (action !== "set" && value !== undefined) {
        shell.messages.error(
          `Bad usage: Too many arguments to ${action}, command: '${[name, ...args].join(" ")}'`,
        );
        return false;
      }
      const target = ["--resource", resource, ...options];
      switch (action) {
        case "set":
          if (value !== undefined)
            return crmResource(shell, [...target, "--set-parameter", attribute, "--parameter-value", value]);
          shell.messages.error(
            `Bad usage: Missing value argument to set, command: '${[name, ...args].join(" ")}'`,
          );
          return false;
        case "show":
          await crmResource(shell, [...target, "--get-parameter", attribute]);
          return resourceExists(shell, resource);
        case "delete":
          return crmResource(shell, [...target, "--delete-parameter", attribute]);
        default:
          shell.messages.error(`Bad usage: '${action}', command: '${[name, ...args].join(" ")}'`);
          return false;
      }
    },
  };
}

async function resourceExists(shell: Shell, name: string): Promise<boolean> {
  const object = (await shell.configuration()).find(name);
  shell.forgetConfiguration();
  return object !== null && RESOURCE_WORDS.has(object.type.word);
}

function forget(shell: Shell, command: string, args: readonly string[]): boolean | Promise<boolean> {
  const [resource, node, odd] = args.filter((arg) => arg !== "force");
  if (odd !== undefined) {
    shell.messages.error(`"${odd}" is not known here. Expected [RESOURCE] [NODE] [force]`);
    return false;
  }
  return crmResource(shell, [
    command,
    ...(resource === undefined ? [] : ["--resource", resource]),
    ...(node === undefined ? [] : ["--node", node]),
    ...(args.includes("force") ? ["--force"] : []),
  ]);
}

/** Fail counts are attributes of the status section. */
async function failCount(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [resource, action, node, value] = args as [string, string, string, string | undefined];
  const name = `fail-count-${resource}`;
  const commands: Readonly<Record<string, readonly string[]>> = {
    show: ["--query"],
    delete: ["--delete"],
    set: ["--update", value ?? ""],
  };
  const command = Object.hasOwn(commands, action) ? commands[action] : undefined;
  if (command === undefined || (action === "set" && !/^\d+$/.test(value ?? ""))) {
    shell.messages.error(
      `Bad usage: '${action}', command: 'failcount ${args.join(" ")}'. A count is a whole number`,
    );
    return false;
  }
  if (!(await resourceExists(shell, resource))) {
    shell.messages.warning(`resource.failcount: Resource ${resource} not exists in this cluster`);
    return false;
  }
  const { main } = await import("../../commands/attrd_updater.ts");
  return (await shell.runTool("attrd_updater", main, ["--name", name, "--node", node, ...command])) === 0;
}
