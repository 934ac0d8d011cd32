import { describeExplanation, explainResource, type ResourceExplanation, schedule } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseDate } from "../input/parse-date.ts";
import { readDocument } from "../input/read-document.ts";
import { nearestName } from "../options/nearest-name.ts";
import { flagOption, valueOption } from "../options/option-table.ts";
import type { World } from "../world.ts";

const options = {
  xmlFile: valueOption({
    long: "xml-file",
    short: "x",
    metavar: "FILE",
    help: "Explain the CIB in FILE instead of the running cluster's; - is standard input",
  }),
  date: valueOption({
    long: "set-datetime",
    short: "t",
    metavar: "DATE",
    help: "Decide as if it were DATE; otherwise it is the date recorded in the CIB, else now",
  }),
  outputAs: valueOption({
    long: "output-as",
    metavar: "FORMAT",
    choices: ["text", "json"],
    help: "How to write the explanation",
  }),
  isBrief: flagOption({ long: "brief", help: "Leave out the arithmetic of scores" }),
};

/** `quorate explain`: why a resource is where it is, what each other node lacks, why an action is blocked. */
export const main = defineCommand({
  name: "quorate explain",
  summary: "tell why a resource runs where it runs, and what would have to change for each other node",
  usage: "RESOURCE [-x FILE] [options]",
  examples: [
    { line: "quorate explain web", explanation: "The resource web of the running cluster" },
    {
      line: "quorate explain web -x cib.xml --output-as json",
      explanation: "The same as data, for a saved CIB",
    },
  ],
  options,
  forms: [],
  run: async ({ options: values, operands }, world) => {
    const [resource, ...surplus] = operands;
    if (resource === undefined) throw new UsageError("name the resource to explain");
    if (surplus.length > 0) throw new UsageError(`surplus argument "${surplus[0]}"`);
    const call = { resource, date: values.date, isJson: values.outputAs === "json", isBrief: values.isBrief };
    if (values.xmlFile === null) {
      const { withCib } = await import("../cluster/open-cib.ts");
      return withCib(world, async (cib) => explainIn(await cib.document(), call, world));
    }
    const read = readDocument(world, values.xmlFile === "-" ? null : values.xmlFile);
    if (!read.ok) {
      world.stderr(`${world.programName}: ${read.message}\n`);
      return read.exitCode;
    }
    for (const notice of read.notices) world.stderr(`${notice}\n`);
    return explainIn(read.document, call, world);
  },
});

interface Call {
  readonly resource: string;
  readonly date: string | null;
  readonly isJson: boolean;
  readonly isBrief: boolean;
}

function explainIn(document: XmlElement, call: Call, world: World): number {
  const decided = schedule(document, { nowS: decisionTime(document, call, world), isExplaining: true });
  const explanations = explainResource(decided, call.resource);
  if (explanations === null) {
    const known = decided.cluster.resourcesByIndex.map((resource) => resource.id);
    const nearest = nearestName(call.resource, known);
    const hint = nearest === null ? "" : ` Did you mean "${nearest}"?`;
    world.stderr(`${world.programName}: there is no resource "${call.resource}".${hint}\n`);
    return ExitCode.noSuch;
  }
  world.stdout(
    call.isJson ? `${JSON.stringify(explanations, null, 2)}\n` : textOf(explanations, call.isBrief),
  );
  return ExitCode.ok;
}

function textOf(explanations: readonly ResourceExplanation[], isBrief: boolean): string {
  return explanations
    .map((explanation) => (isBrief ? withoutArithmetic(explanation) : explanation))
    .map(describeExplanation)
    .join("\n");
}

function withoutArithmetic(explanation: ResourceExplanation): ResourceExplanation {
  return { ...explanation, nodes: explanation.nodes.map((node) => ({ ...node, steps: [] })) };
}

/** As `crm_simulate` decides it: the given date, the recorded one, the clock. */
function decisionTime(document: XmlElement, call: Call, world: World): number {
  if (call.date !== null) {
    const given = parseDate(call.date, world.nowMs());
    if (given === null) {
      throw new UsageError(
        `--set-datetime "${call.date}": not a date; write for example 2026-03-01 12:00:00Z`,
      );
    }
    return given;
  }
  const recorded = Number.parseInt(document.get("execution-date") ?? "0", 10);
  return Number.isNaN(recorded) || recorded === 0 ? Math.floor(world.nowMs() / 1000) : recorded;
}
