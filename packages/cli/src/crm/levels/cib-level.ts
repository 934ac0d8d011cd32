import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";

/** Shadow CIBs, through `crm_shadow`. */
export const cibLevel: Level = {
  name: "cib",
  help: "Shadow CIBs: copies of the configuration to work on",
  levels: {},
  deprecated: {},
  commands: {
    new: {
      usage: "NAME [withstatus] [force] [empty]",
      help: "Make a shadow CIB and use it",
      atLeast: 1,
      atMost: 4,
      run: makeShadow,
    },
    delete: {
      usage: "NAME",
      help: "Delete a shadow CIB",
      atLeast: 1,
      run: (shell, args) => shadow(shell, ["--delete", args[0]!, "--force"], args[0]!),
    },
    reset: {
      usage: "NAME",
      help: "Make a shadow CIB a copy of the cluster's again",
      atLeast: 1,
      run: (shell, args) => shadow(shell, ["--reset", args[0]!], args[0]!),
    },
    commit: { usage: "[NAME]", help: "Write a shadow CIB to the cluster", atMost: 1, run: commitShadow },
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
  },
};

async function shadow(shell: Shell, args: readonly string[], name: string | null): Promise<boolean> {
  const { main } = await import("../../commands/crm_shadow.ts");
  const env = name === null ? {} : { CIB_shadow: name };
  const world = { ...shell.world, env: { ...shell.world.env, ...env }, programName: "crm_shadow" };
  return (await main(["--batch", "--force", ...args], world)) === 0;
}

async function makeShadow(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [name, ...options] = args as [string, ...string[]];
  const kind = options.includes("empty") ? "--create-empty" : "--create";
  if (!(await shadow(shell, [kind, name], name))) return false;
  return useShadow(shell, [name]);
}

async function commitShadow(shell: Shell, args: readonly string[]): Promise<boolean> {
  const name = args[0] ?? shell.world.env.CIB_shadow;
  if (name === undefined || name === "") {
    shell.messages.error("cib.commit: no shadow CIB is in use. Name one: commit NAME");
    return false;
  }
  return shadow(shell, ["--commit", name], name);
}

function useShadow(shell: Shell, args: readonly string[]): boolean {
  const name = args[0] ?? "live";
  shell.useShadow(name === "live" ? null : name);
  return true;
}

async function listShadows(shell: Shell): Promise<boolean> {
  const { shadowFolder } = await import("../../cluster/cib-source.ts");
  const names = shell.world
    .listFiles(shadowFolder(shell.world.env))
    .filter((name) => name.startsWith("shadow."))
    .map((name) => name.slice("shadow.".length));
  for (const name of names) shell.messages.print(name);
  return true;
}
