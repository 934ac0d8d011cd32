import { CLUSTER_OPTIONS, isTrue } from "@quorate/cib";
import { commit, verify } from "../../configuration/commit.ts";
import { eraseAll, eraseNodes, removeObjects } from "../../configuration/removal.ts";
import type { Level } from "../../shell/level.ts";
import type { Shell } from "../../shell/shell.ts";
import { cibLevel } from "../cib-level.ts";
import { cibstatusLevel } from "../cibstatus-level.ts";
import { historyLevel } from "../history/history-level.ts";
import { raLevel } from "../ra-level.ts";
import { SIMULATION_WORDS } from "../simulation-words.ts";
import { assistLevel } from "./assist-level.ts";
import { setDefaultTimeouts } from "./default-timeouts.ts";
import { addMonitor, modifyGroup, setValue } from "./edit-commands.ts";
import { graph } from "./graph-command.ts";
import { load } from "./load-command.ts";
import { defineXml, objectCommands } from "./object-commands.ts";
import { previewTransition, testResources, validateAll } from "./preview-commands.ts";
import { show } from "./show-command.ts";
import { templateLevel } from "./template-level.ts";
import { edit, filter, save } from "./text-commands.ts";

export const configureLevel: Level = {
  name: "configure",
  help: "The configuration: resources, constraints, properties",
  levels: {
    assist: assistLevel,
    cib: cibLevel,
    cibstatus: cibstatusLevel,
    history: historyLevel,
    ra: raLevel,
    template: templateLevel,
  },
  isForAdministrators: true,
  deprecated: {
    master: "ms",
    collocation: "colocation",
    validate_all: "validate-all",
    default_timeouts: "default-timeouts",
    "get-property": "get_property",
    simulate: "ptest",
  },
  commands: {
    ...objectCommands(),
    xml: {
      usage: "XML",
      help: "Define an object by its element in the CIB",
      atLeast: 1,
      atMost: null,
      isRaw: true,
      run: defineXml,
    },
    monitor: {
      usage: "RESOURCE[:ROLE] INTERVAL[:TIMEOUT]",
      help: "Add a monitor operation to a resource",
      atLeast: 2,
      run: addMonitor,
    },
    show: {
      usage:
        "[xml] [ID|PATTERN|changed | type:TYPE|tag:TAG | related:{ID|AGENT} | obscure:PATTERN] [and|or] ...",
      help: "Show the configuration, or a part of it",
      atMost: null,
      run: show,
    },
    edit: {
      usage: "[ID ...]",
      help: "Edit the configuration, or a part of it, in an editor",
      atMost: null,
      run: edit,
    },
    filter: {
      usage: "PROGRAM [ID ...]",
      help: "Send objects through a program",
      atLeast: 1,
      atMost: null,
      run: filter,
    },
    delete: {
      usage: "ID ...",
      help: "Delete objects, with the constraints that make no sense without them",
      atMost: null,
      run: async (shell, args) =>
        removeObjects(
          await shell.configuration(),
          args.filter((arg) => arg !== "--force" && arg !== "-f"),
          { mayBeMissing: shell.options.isForced },
        ),
    },
    rename: {
      usage: "OLD NEW",
      help: "Give an object another id, wherever it is named",
      atLeast: 2,
      run: async (shell, args) => (await shell.configuration()).rename(args[0]!, args[1]!),
    },
    modgroup: {
      usage: "GROUP {add RESOURCE [{after|before} RESOURCE]|remove RESOURCE}",
      help: "Add a resource to a group, or take one out",
      atLeast: 3,
      atMost: 5,
      run: modifyGroup,
    },
    set: {
      usage: "ID.[OPERATION.[INTERVAL.]]NAME VALUE",
      help: "Change one value of an object",
      atLeast: 2,
      run: setValue,
    },
    get_property: {
      usage: "[--true] [NAME ...]",
      help: "Show properties of the cluster; without a name, which there are",
      atMost: null,
      run: getProperty,
    },
    load: {
      usage: "[xml] {replace|update|push} FILE",
      help: "Take a configuration from a file",
      atMost: null,
      run: load,
    },
    save: {
      usage: "[xml] [ID ...] FILE",
      help: "Write the configuration, or a part of it, to a file",
      atLeast: 1,
      atMost: null,
      run: save,
    },
    erase: {
      usage: "[nodes]",
      help: "Delete the configuration but for the nodes; with `nodes`, only these",
      atMost: 1,
      run: async (shell, args) => {
        if (!onlyWords(shell, "erase", args, ["nodes"])) return false;
        const copy = await shell.configuration();
        if (args.length > 0) eraseNodes(copy);
        else eraseAll(copy);
        return true;
      },
    },
    refresh: {
      usage: "",
      help: "Forget the changes of this session and read the configuration again",
      run: (shell) => {
        shell.forgetConfiguration();
        return true;
      },
    },
    verify: {
      usage: "",
      help: "Check the whole configuration",
      run: async (shell) => verify(shell, await shell.configuration(), "all"),
    },
    "validate-all": {
      usage: "RESOURCE",
      help: "Let the agent of a resource check its parameters",
      atLeast: 1,
      run: validateAll,
    },
    "default-timeouts": {
      usage: "ID ...",
      help: "Give the operations of resources the timeouts that their agents advise",
      atMost: null,
      run: setDefaultTimeouts,
    },
    ptest: {
      usage: SIMULATION_WORDS,
      help: "Show what the cluster would do if the changes of this session were committed",
      atMost: null,
      run: previewTransition,
    },
    rsctest: {
      usage: "RESOURCE ...",
      help: "Start resources on this node, beside the cluster, and stop them again: to see whether they can",
      atMost: null,
      run: testResources,
    },
    commit: {
      usage: "[force] [replace]",
      help: "Write the changes of this session; with `force` also what does not verify. `replace` says nothing here: a change is one patch",
      atMost: 2,
      run: (shell, args) =>
        onlyWords(shell, "commit", args, ["force", "--force", "replace"])
          ? commit(shell, { isForced: args.some((arg) => arg !== "replace") })
          : false,
    },
    graph: {
      usage: "[dot [FILE [FORMAT]]]",
      help: "Show the configuration as a graph, write it into a file, or have graphviz draw it (FORMAT: svg, png, ...)",
      atMost: 3,
      run: graph,
    },
    schema: {
      usage: "[NAME]",
      help: "Show the schema of the configuration, or ask whether it is this one",
      atMost: 1,
      run: async (shell, [wanted]) => {
        const schema = (await shell.configuration()).cib.get("validate-with") ?? "none";
        if (wanted === undefined) shell.messages.print(schema);
        else if (wanted === schema) shell.messages.info(`already using schema ${schema}`);
        else shell.messages.error(`the schema is ${schema}; \`upgrade\` takes the newest one`);
        return wanted === undefined || wanted === schema;
      },
    },
    upgrade: {
      usage: "[force]",
      help: "Upgrade the configuration to the newest schema",
      atMost: 1,
      run: upgrade,
    },
  },
  leave: async (shell) => {
    const { openConfiguration } = shell;
    if (openConfiguration === null || !openConfiguration.isChanged) return true;
    if (
      shell.isSession &&
      !shell.isPassing &&
      !(await shell.ask("There are changes pending. Do you want to commit them", true))
    ) {
      shell.forgetConfiguration();
      return true;
    }
    const isCommitted = await commit(shell);
    if (!shell.isSession) shell.forgetConfiguration();
    return isCommitted;
  },
};

/** Whether all words are among those that a command knows; tells of one that is not. */
function onlyWords(
  shell: Shell,
  command: string,
  args: readonly string[],
  known: readonly string[],
): boolean {
  const odd = args.find((arg) => !known.includes(arg));
  if (odd === undefined) return true;
  shell.messages.error(`configure.${command}: "${odd}" is not known here. What can follow: ${known[0]}`);
  return false;
}

async function getProperty(shell: Shell, args: readonly string[]): Promise<boolean> {
  const asTruth = args.includes("--true") || args.includes("-t");
  const names = args.filter((arg) => !arg.startsWith("-"));
  if (names.length === 0) shell.messages.print(inTwoColumns(CLUSTER_OPTIONS.map(({ name }) => name)));
  const copy = await shell.configuration();
  let isGood = true;
  for (const name of names) {
    const value =
      copy
        .objects()
        .filter(({ type }) => type.word === "property")
        .flatMap(({ element }) => element.all("nvpair"))
        .find((nvpair) => nvpair.get("name") === name)
        ?.get("value") ?? CLUSTER_OPTIONS.find((option) => option.name === name)?.default;
    // What is not set is not true.
    if (asTruth) shell.messages.print(String(isTrue(value ?? null)));
    else if (value === null || value === undefined) {
      shell.messages.error(`configure.get_property: ${name}: Property not set`);
      isGood = false;
    } else shell.messages.print(value);
  }
  return isGood;
}

const COLUMN_WIDTH = 40;

function inTwoColumns(names: readonly string[]): string {
  const lefts = names.filter((_, index) => index % 2 === 0);
  return lefts.map((left, row) => left.padEnd(COLUMN_WIDTH) + (names[2 * row + 1] ?? "")).join("\n");
}

async function upgrade(shell: Shell, args: readonly string[]): Promise<boolean> {
  if (!onlyWords(shell, "upgrade", args, ["force", "--force"])) return false;
  const { main } = await import("../../../commands/cibadmin.ts");
  return (await shell.runTool("cibadmin", main, ["--upgrade", "--force"])) === 0;
}
