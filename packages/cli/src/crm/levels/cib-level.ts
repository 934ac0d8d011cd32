import { parseXml } from "@quorate/xml";
import { shadowFolder, shadowPath } from "../../cluster/cib-source.ts";
import { nearestName } from "../../options/nearest-name.ts";
import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { cibstatusLevel } from "./cibstatus-level.ts";
import { filesIn } from "./history/source.ts";
import { inputFile } from "./scheduler-inputs.ts";

/** Shadow CIBs, through `crm_shadow`. */
export const cibLevel: Level = {
  name: "cib",
  help: "Shadow CIBs: copies of the configuration to work on",
  isForAdministrators: true,
  levels: { cibstatus: cibstatusLevel },
  deprecated: {},
  commands: {
    new: {
      usage: "[NAME] [withstatus] [force] [empty]",
      help: "Make a shadow CIB and use it; without a name it gets one",
      atMost: 4,
      run: makeShadow,
    },
    delete: {
      usage: "NAME",
      help: "Delete a shadow CIB",
      atLeast: 1,
      run: deleteShadow,
    },
    reset: {
      usage: "NAME",
      help: "Make a shadow CIB a copy of the cluster's again",
      atLeast: 1,
      run: (shell, args) =>
        hasPending(shell, "reset") || !exists(shell, "reset", args[0]!)
          ? false
          : shadow(shell, ["--force", "--reset", args[0]!], args[0]!),
    },
    commit: {
      usage: "[NAME]",
      help: "Write a shadow CIB to the cluster",
      atMost: 1,
      run: commitShadow,
    },
    diff: {
      usage: "",
      help: "Show how the shadow CIB in use differs from the cluster's",
      run: (shell) => shadow(shell, ["--diff"], null),
    },
    use: {
      usage: "[NAME|live]",
      help: "Work on a shadow CIB, or on the cluster's",
      atMost: 1,
      run: useShadow,
    },
    list: { usage: "", help: "List the shadow CIBs", run: listShadows },
    import: {
      usage: "{FILE|NUMBER} [NAME]",
      help: "Make a shadow CIB of a CIB in a file, or of an input of the scheduler, and use it",
      atLeast: 1,
      atMost: 2,
      run: importCib,
    },
  },
};

async function shadow(
  shell: Shell,
  args: readonly string[],
  name: string | null,
  stdout: Shell["world"]["stdout"] = shell.world.stdout,
): Promise<boolean> {
  const { main } = await import("../../commands/crm_shadow.ts");
  const env = name === null ? {} : { CIB_shadow: name };
  const world = { ...shell.world, stdout, env: { ...shell.world.env, ...env }, programName: "crm_shadow" };
  return (await main(["--batch", ...args], world)) === 0;
}

/** Changes that are not committed belong to the CIB in use: they must not be lost, nor left out, when something happens to that. */
function hasPending(shell: Shell, command: string): boolean {
  if (!shell.openConfiguration?.isChanged) return false;
  shell.messages.error(
    `cib.${command}: There are changes pending. Type commit to write them, or refresh to forget them`,
  );
  return true;
}

const NEW_OPTIONS: readonly string[] = ["withstatus", "force", "--force", "empty"];

async function makeShadow(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [first] = args;
  const isNamed = first !== undefined && !NEW_OPTIONS.includes(first);
  const name = isNamed ? first : `crm_${shell.world.nowMs().toString(36)}`;
  const options = isNamed ? args.slice(1) : args;
  const odd = options.find((option) => !NEW_OPTIONS.includes(option));
  if (odd !== undefined) {
    shell.messages.error(`cib.new: "${odd}" is not known here. Expected [NAME] [withstatus] [force] [empty]`);
    return false;
  }
  if (hasPending(shell, "new")) return false;
  if (isReserved(shell, "new", name)) return false;
  const isForced = shell.options.isForced || options.includes("force") || options.includes("--force");
  if (!isForced && shell.world.fileExists(shadowPath(shell.world.env, name))) {
    shell.messages.error(
      `cib.new: shadow CIB ${name} exists already, and would be overwritten. Type "use ${name}" to work on it, or add force`,
    );
    return false;
  }
  const command = options.includes("empty") ? "--create-empty" : "--create";
  // How to use it from another shell is of no interest here: it is used at once.
  const quiet: Shell["world"]["stdout"] = () => {};
  if (!(await shadow(shell, [...(isForced ? ["--force"] : []), command, name], name, quiet))) return false;
  shell.messages.info(`${shell.label("new")}: ${name} shadow CIB created`);
  return useShadow(shell, [name]);
}

/** `live` means the cluster's own. */
function isReserved(shell: Shell, command: string, name: string): boolean {
  if (name !== "live") return false;
  shell.messages.error(`cib.${command}: "live" is the cluster's own CIB, and cannot name a shadow`);
  return true;
}

function deleteShadow(shell: Shell, args: readonly string[]): boolean | Promise<boolean> {
  const name = args[0]!;
  if (name === shell.world.env.CIB_shadow) {
    shell.messages.error(`cib.delete: ${name} is the shadow CIB in use. Type "use live" first`);
    return false;
  }
  if (!exists(shell, "delete", name)) return false;
  return shadow(shell, ["--force", "--delete", name], name);
}

function exists(shell: Shell, command: string, name: string): boolean {
  if (shell.world.fileExists(shadowPath(shell.world.env, name))) return true;
  const nearest = nearestName(name, shadowNames(shell));
  shell.messages.error(
    `cib.${command}: there is no shadow CIB ${name}${nearest === null ? "" : `. Did you mean "${nearest}"?`}`,
  );
  return false;
}

async function commitShadow(shell: Shell, args: readonly string[]): Promise<boolean> {
  const name = args[0] ?? shell.world.env.CIB_shadow;
  if (name === undefined || name === "") {
    shell.messages.error("cib.commit: no shadow CIB is in use. Name one: commit NAME");
    return false;
  }
  if (hasPending(shell, "commit")) return false;
  return shadow(shell, ["--force", "--commit", name], name);
}

/** Like `new`, of what is in a file. An input of the scheduler goes by its number or name; the shadow is called after it unless it has a name of its own. */
export function importCib(shell: Shell, [what, name]: readonly string[]): boolean {
  const { world, messages } = shell;
  if (hasPending(shell, "import")) return false;
  const file = world.fileExists(what!) ? what! : inputFile(shell, what!);
  if (file === null) {
    messages.error(
      `cib.import: there is no file ${what}, and this host kept no such input of the scheduler; "history peinputs" lists those`,
    );
    return false;
  }
  const shadowName = name ?? file.slice(file.lastIndexOf("/") + 1).replace(/\.(?:xml|bz2)$/, "");
  if (isReserved(shell, "import", shadowName)) return false;
  if (!/^\w[\w.-]*$/.test(shadowName)) {
    messages.error(
      `cib.import: "${shadowName}" cannot name a shadow CIB. Give it a name: import ${what} NAME`,
    );
    return false;
  }
  const path = shadowPath(world.env, shadowName);
  if (world.fileExists(path) && !shell.options.isForced) {
    messages.error(
      `cib.import: shadow CIB ${shadowName} exists already, and would be overwritten. Give another name, or repeat it with crm --force`,
    );
    return false;
  }
  const text = world.readFile(file);
  const parsed = parseXml(text);
  const problem = parsed.ok ? (parsed.root.name === "cib" ? null : "it is no CIB") : parsed.error.message;
  if (problem !== null) {
    messages.error(`cib.import: ${file}: ${problem}`);
    return false;
  }
  world.writeOwnFile(path, text);
  messages.info(`${shell.label("import")}: ${shadowName} shadow CIB created from ${file}`);
  return useShadow(shell, [shadowName]);
}

function useShadow(shell: Shell, args: readonly string[]): boolean {
  const name = args[0] ?? "live";
  if (hasPending(shell, "use")) return false;
  if (name !== "live" && !exists(shell, "use", name)) return false;
  shell.useShadow(name === "live" ? null : name);
  return true;
}

function listShadows(shell: Shell): boolean {
  for (const name of shadowNames(shell)) shell.messages.print(name);
  return true;
}

/** None where nobody has made one yet, so that there is no folder. */
function shadowNames({ world }: Shell): string[] {
  return filesIn(world, shadowFolder(world.env))
    .filter((name) => name.startsWith("shadow."))
    .map((name) => name.slice("shadow.".length));
}
