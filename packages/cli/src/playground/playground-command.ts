import { resolve } from "node:path";
import {
  askSupervisor,
  type ControlRequest,
  defaultDirectory,
  layoutOf,
  reapWhenOrphaned,
} from "@quorate/playground";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { nearestName } from "../options/nearest-name.ts";
import { flagOption, valueOption } from "../options/option-table.ts";
import type { World } from "../world.ts";
import { breakResource, setStandby } from "./cluster-actions.ts";
import { NODE_NAMES } from "./node-names.ts";
import { runPlayground } from "./run-playground.ts";

interface Action {
  readonly operand: "node" | "resource" | null;
  readonly summary: string;
  run(directory: string, operand: string, world: World): Promise<number>;
}

/** What a person can do to a running playground, from another terminal. */
const ACTIONS: Readonly<Record<string, Action>> = {
  kill: control("node", "kill a node's daemon as a crash would; the cluster fences the node", (node) => ({
    do: "kill",
    node,
  })),
  cut: control("node", "cut a node's power and leave it off", (node) => ({ do: "off", node })),
  power: control("node", "switch a node's power on", (node) => ({ do: "on", node })),
  partition: control("node", "unplug a node's network cable", (node) => ({ do: "partition", node })),
  heal: control(null, "plug all network cables in again", () => ({ do: "heal" })),
  standby: {
    operand: "node",
    summary: "move everything away from a node",
    run: (directory, node, world) => setStandby(directory, node, true, world),
  },
  unstandby: {
    operand: "node",
    summary: "let a node run resources again",
    run: (directory, node, world) => setStandby(directory, node, false, world),
  },
  fail: {
    operand: "resource",
    summary: "kill the processes of a resource; its monitor notices",
    run: breakResource,
  },
  stop: control(null, "end the playground", () => ({ do: "stop" })),
};

const USAGE = Object.entries(ACTIONS)
  .map(
    ([name, { operand, summary }]) =>
      `  quorate playground ${`${name} ${operand?.toUpperCase() ?? ""}`.padEnd(20)}${summary}`,
  )
  .join("\n");

/** `quorate playground`: starts a playground in the foreground, or acts on a running one. */
export const main = defineCommand({
  name: "quorate playground",
  summary: "a cluster of real daemons on this machine, to look at and to break",
  usage: `[ACTION [NAME]] [options]\n\nWithout ACTION it starts the playground and shows it. While it runs, in another terminal:\n${USAGE}`,
  examples: [
    { line: "quorate playground", explanation: "Start it" },
    { line: "quorate playground kill node1", explanation: "Crash the first node" },
  ],
  options: {
    directory: valueOption({
      long: "directory",
      short: "d",
      metavar: "DIR",
      help: "Where it lives (default: below the temporary directory)",
    }),
    port: valueOption({
      long: "port",
      short: "p",
      metavar: "PORT",
      help: "Port of the web page that the cluster serves (default 8080, or another when that is taken)",
    }),
    plain: flagOption({
      long: "plain",
      help: "Print status and events as they change instead of the live view",
    }),
    reap: flagOption({ long: "reap", help: "Clean up when standard input ends", isHidden: true }),
  },
  run: async ({ options, operands }, world) => {
    const directory = resolve(options.directory ?? defaultDirectory());
    if (options.reap) {
      await reapWhenOrphaned(directory);
      return ExitCode.ok;
    }
    const [name, operand, surplus] = operands;
    if (surplus !== undefined) throw new UsageError(`surplus argument "${surplus}"`);
    if (name === undefined)
      return runPlayground({ directory, webPort: parsePort(options.port), isPlain: options.plain }, world);
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name]! : null;
    if (action === null) {
      const nearest = nearestName(name, Object.keys(ACTIONS));
      throw new UsageError(`unknown action "${name}"${nearest === null ? "" : `; did you mean ${nearest}?`}`);
    }
    if (action.operand === null && operand !== undefined)
      throw new UsageError(`${name} takes no name, but "${operand}" was given`);
    if (action.operand !== null && operand === undefined)
      throw new UsageError(
        `name the ${action.operand}: quorate playground ${name} ${action.operand.toUpperCase()}`,
      );
    return action.run(directory, operand ?? "", world);
  },
});

function control(operand: "node" | null, summary: string, request: (node: string) => ControlRequest): Action {
  return {
    operand,
    summary,
    run: async (directory, node, world) => {
      const reply = await askSupervisor(layoutOf(directory, NODE_NAMES).controlSocket, request(node));
      if (reply.ok) return ExitCode.ok;
      world.stderr(`${world.programName}: ${reply.error}\n`);
      return ExitCode.error;
    },
  };
}

function parsePort(text: string | null): number {
  if (text === null) return 8080;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535)
    throw new UsageError(`--port "${text}": not a port; write a number from 1 to 65535`);
  return port;
}
