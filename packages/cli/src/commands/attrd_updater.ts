import type { AttributeUpdate } from "@quorate/api";
import { defaultNode } from "../attributes/target-node.ts";
import { withDaemon } from "../cluster/daemon.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import {
  countOption,
  flagOption,
  optionalOption,
  type ParsedValues,
  valueOption,
} from "../options/option-table.ts";

const COMMANDS = "Commands";

export const attributeOptions = {
  update: valueOption({
    long: "update",
    short: "U",
    metavar: "VALUE",
    help: "Set the value",
    heading: COMMANDS,
  }),
  updateOld: valueOption({
    long: "update-value",
    short: "v",
    metavar: "VALUE",
    help: "Same as --update",
    isHidden: true,
  }),
  updateBoth: valueOption({
    long: "update-both",
    short: "B",
    metavar: "VALUE",
    help: "Set the value and the dampening (needs --delay)",
    heading: COMMANDS,
  }),
  updateDelay: flagOption({
    long: "update-delay",
    short: "Y",
    help: "Set the dampening (needs --delay)",
    heading: COMMANDS,
  }),
  query: flagOption({ long: "query", short: "Q", help: "Show the value", heading: COMMANDS }),
  delete: flagOption({ long: "delete", short: "D", help: "Unset the attribute", heading: COMMANDS }),
  refresh: flagOption({
    long: "refresh",
    short: "R",
    help: "Write all attributes to the CIB now",
    heading: COMMANDS,
  }),
  name: valueOption({ long: "name", short: "n", metavar: "NAME", help: "Name of the attribute" }),
  pattern: valueOption({
    long: "pattern",
    short: "P",
    metavar: "PATTERN",
    help: "All known attributes whose name matches this regular expression (not with --query)",
  }),
  delay: valueOption({
    long: "delay",
    short: "d",
    metavar: "SECONDS",
    help: "Wait for further changes before writing to the CIB",
  }),
  set: valueOption({ long: "set", short: "s", metavar: "ID", help: "XML id of the set in the CIB" }),
  node: valueOption({ long: "node", short: "N", metavar: "NODE", help: "The node (default: this one)" }),
  all: flagOption({ long: "all", short: "A", help: "All nodes (with --query)" }),
  private: flagOption({ long: "private", short: "p", help: "Never written to the CIB" }),
  utilization: flagOption({ long: "utilization", short: "z", help: "A utilization attribute" }),
  wait: optionalOption({
    long: "wait",
    short: "W",
    metavar: "WHEN",
    help: "Return at once, when this node has it, or when the cluster has it: no, local, cluster",
    choices: ["no", "local", "cluster"],
  }),
  lifetime: valueOption({
    long: "lifetime",
    short: "l",
    metavar: "LIFETIME",
    help: "Accepted, without effect",
    isHidden: true,
  }),
  section: valueOption({
    long: "section",
    short: "S",
    metavar: "SECTION",
    help: "Accepted, without effect: old agents name the status section",
    isHidden: true,
  }),
  quiet: flagOption({ long: "quiet", short: "q", help: "Accepted, without effect", isHidden: true }),
  verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
};

type Options = ParsedValues<typeof attributeOptions>;

/** `attrd_updater`: transient node attributes, straight from the attribute manager. Source: attribute manager specification, 9 and 12. */
export const main = defineCommand({
  name: "attrd_updater",
  summary: "query and change transient node attributes",
  usage: "COMMAND --name=NAME [options]",
  examples: [
    {
      line: "attrd_updater -n pingd -U 100 -d 5s",
      explanation: "Set an attribute; changes within five seconds are written as one",
    },
    { line: "attrd_updater -n pingd -Q -A", explanation: "Its value on all nodes" },
  ],
  options: attributeOptions,
  isPlannable: true,
  run: ({ options: chosen, operands }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    if (chosen.name !== null && chosen.pattern !== null)
      throw new UsageError("--name and --pattern cannot be used at the same time");
    const delayMs = chosen.delay === null ? null : parseSeconds("--delay", chosen.delay) * 1000;
    const update = updateOf(chosen, delayMs);
    if (!chosen.refresh && chosen.name === null && (chosen.pattern === null || update === null)) {
      throw new UsageError("Command requires --name or --pattern argument");
    }
    return withDaemon(world, async (daemon) => {
      if (chosen.refresh) {
        await daemon.request("attributes.refresh", {});
        return ExitCode.ok;
      }
      const node = isLocalNode(chosen.node) ? await defaultNode(world, daemon) : chosen.node;
      if (update !== null) {
        await daemon.request("attributes.update", { ...update, node }, { timeoutMs: 30_000 });
        return ExitCode.ok;
      }
      const values = await daemon.request("attributes.query", {
        name: chosen.name!,
        node: chosen.all ? null : node,
      });
      if (values === null) {
        world.stderr(`Could not query value of ${chosen.name}: attribute does not exist\n`);
        return ExitCode.configuration;
      }
      const listed = values.length === 0 && !chosen.all ? [{ node: node ?? "", value: null }] : values;
      for (const entry of listed)
        world.stdout(`name="${chosen.name}" host="${entry.node}" value="${entry.value ?? ""}"\n`);
      return ExitCode.ok;
    });
  },
});

function isLocalNode(name: string | null): boolean {
  return name === null || name === "auto" || name === "localhost";
}

/** Null for a query. */
function updateOf(chosen: Options, delayMs: number | null): AttributeUpdate | null {
  const value = chosen.update ?? chosen.updateOld ?? chosen.updateBoth;
  if (value === null && !chosen.delete && !chosen.updateDelay) return null;
  const wait = chosen.wait === "local" || chosen.wait === "cluster" ? chosen.wait : "no";
  return {
    name: chosen.name ?? chosen.pattern ?? "",
    isPattern: chosen.name === null,
    value,
    kind: chosen.updateBoth !== null ? "both" : chosen.updateDelay ? "delay" : "value",
    node: null,
    delayMs,
    isPrivate: chosen.private,
    setId: chosen.set,
    setType: chosen.utilization ? "utilization" : null,
    wait,
  };
}
