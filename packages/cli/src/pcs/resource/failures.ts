import type { XmlElement } from "@quorate/xml";
import { UsageError } from "../../command.ts";
import { main as crmResource } from "../../commands/crm_resource.ts";
import { parseSeconds } from "../../input/parse-seconds.ts";
import { assignmentMap } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";

interface Filter {
  readonly resource: string | null;
  readonly node: string | null;
  readonly operation: string | null;
  /** As written; null: any. */
  readonly interval: string | null;
  readonly intervalMs: number | null;
}

/** `[ID] [node=N] [operation=O [interval=I]]`. @throws PcsError */
function filterOf(call: PcsCall, allowed: readonly string[]): Filter {
  const [first, ...rest] = call.args;
  const hasId = first !== undefined && !first.includes("=");
  const options = assignmentMap(hasId ? rest : call.args);
  const unknown = [...options.keys()].find((name) => !allowed.includes(name));
  if (unknown !== undefined) fail(`there is no option '${unknown}' here; allowed are ${allowed.join(", ")}`);
  const interval = options.get("interval") ?? null;
  const filter = {
    resource: hasId ? first : null,
    node: options.get("node") ?? null,
    operation: options.get("operation") ?? null,
    interval,
    intervalMs: interval === null ? null : intervalMs(interval),
  };
  if (filter.interval !== null && filter.operation === null) fail("'interval' needs 'operation'");
  return filter;
}

/** @throws PcsError */
function intervalMs(text: string): number {
  try {
    return parseSeconds("interval", text) * 1000;
  } catch (error) {
    if (error instanceof UsageError) fail(error.message);
    throw error;
  }
}

function forgetCommand(verb: "cleanup" | "refresh", help: string): PcsCommand {
  const isCleanup = verb === "cleanup";
  const allowed = isCleanup ? ["node", "operation", "interval"] : ["node"];
  return {
    usage: [
      `[<resource id>] [node=<node>]${isCleanup ? " [operation=<operation> [interval=<interval>]]" : ""}`,
    ],
    help,
    options: ["--strict"],
    async run(call) {
      if (!call.isLive && call.world.isPlanning !== true)
        fail(`'${verb}' needs the running cluster: a CIB in a file has no operations to run again`);
      const { resource, node, operation, interval } = filterOf(call, allowed);
      if (operation !== null && resource === null) fail("'operation' needs a resource before it");
      const option = (name: string, value: string | null) => (value === null ? [] : [`--${name}`, value]);
      const { status, text } = await call.toolText("crm_resource", crmResource, [
        `--${verb}`,
        ...option("resource", resource),
        ...option("node", node),
        ...option("operation", operation),
        ...option("interval", interval),
        ...(call.has("--strict") ? ["--force"] : []),
      ]);
      call.tell(text);
      return status;
    },
  };
}

export const cleanupCommand = forgetCommand(
  "cleanup",
  "Forget failures, of all resources or of one with what it belongs to (--strict: of it alone); the cluster looks again what runs.",
);

export const refreshCommand = forgetCommand(
  "refresh",
  "Forget all that is known of resources, and look again what runs; --strict: of the named one alone.",
);

interface Failcount {
  readonly node: string;
  readonly resource: string;
  readonly operation: string;
  readonly intervalMs: number;
  readonly count: number;
}

/** The transient attributes `fail-count-RESOURCE#OPERATION_INTERVAL`. */
function failcounts(cib: XmlElement): Failcount[] {
  return (cib.first("status")?.all("node_state") ?? []).flatMap((state) =>
    [...(state.first("transient_attributes")?.descendants("nvpair") ?? [])].flatMap((pair) => {
      const match = /^fail-count-(.+)#(.+)_(\d+)$/.exec(pair.get("name") ?? "");
      if (match === null) return [];
      const value = pair.get("value") ?? "";
      return [
        {
          node: state.get("uname") ?? state.id ?? "",
          // Of an instance of a clone the name without its number.
          resource: match[1]!.replace(/:\d+$/, ""),
          operation: match[2]!,
          intervalMs: Number(match[3]),
          count: value === "INFINITY" || Number(value) >= INFINITE ? INFINITE : Number(value) || 0,
        },
      ];
    }),
  );
}

const INFINITE = 1_000_000;

function countText(count: number): string {
  return count >= INFINITE ? "INFINITY" : String(count);
}

const show: PcsCommand = {
  usage: ["[<resource id>] [node=<node>] [operation=<operation> [interval=<interval>]] [--full]"],
  help: "Show how often resources failed, by node; with --full by operation.",
  options: ["-f", "--full"],
  async run(call) {
    const filter = filterOf(call, ["node", "operation", "interval"]);
    const found = failcounts((await call.cib()).cib).filter(
      (one) =>
        (filter.resource === null || one.resource === filter.resource) &&
        (filter.node === null || one.node === filter.node) &&
        (filter.operation === null || one.operation === filter.operation) &&
        (filter.intervalMs === null || one.intervalMs === filter.intervalMs),
    );
    const resources = [...new Set(found.map(({ resource }) => resource))].sort();
    if (resources.length === 0) call.print(title("No failcounts", filter, filter.resource));
    for (const resource of resources) {
      const own = found.filter((one) => one.resource === resource);
      call.print([title("Failcounts", filter, resource), ...nodeLines(own, call.has("--full"))].join("\n"));
    }
  },
};

function title(what: string, { operation, interval, node }: Filter, resource: string | null): string {
  const parts: string[] = [];
  if (operation !== null) parts.push(`operation '${operation}'`);
  if (interval !== null) parts[0] += ` with interval '${interval}'`;
  if (resource !== null) parts.push(`resource '${resource}'`);
  const subject = parts.length === 0 ? "" : ` for ${parts.join(" of ")}`;
  return `${what}${subject}${node === null ? "" : ` on node '${node}'`}`;
}

function nodeLines(counts: readonly Failcount[], isFull: boolean): string[] {
  return [...new Set(counts.map(({ node }) => node))].sort().flatMap((node) => {
    const own = counts.filter((one) => one.node === node);
    if (!isFull) return [`  ${node}: ${countText(own.reduce((sum, { count }) => sum + count, 0))}`];
    const lines = own
      .map((one) => `    ${one.operation} ${one.intervalMs}ms: ${countText(one.count)}`)
      .sort();
    return [`  ${node}:`, ...lines];
  });
}

export const failcountGroup = {
  summary: "How often resources failed",
  commands: { show },
  otherwise: show,
  takesOthers: false,
};
