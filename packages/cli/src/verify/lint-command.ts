import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { valueOption } from "../options/option-table.ts";
import { findAgentProblems } from "./agent-findings.ts";
import { type Finding, findProblems, type Severity } from "./findings.ts";
import { readConfiguration, sourceOptions } from "./read-configuration.ts";
import { sarifOf } from "./sarif.ts";

/** Exit status 0: nothing worse than notes. */
const EXIT_OF: Readonly<Record<Severity, number>> = { note: ExitCode.ok, warning: 1, error: 2 };

const options = {
  ...sourceOptions,
  outputAs: valueOption({
    long: "output-as",
    metavar: "FORMAT",
    choices: ["text", "json", "sarif"],
    help: "Form of the result",
  }),
};

/** `quorate lint`: mistakes in a configuration, each with the rule that it breaks, for people and for tools. */
export const main = defineCommand({
  name: "quorate lint",
  summary: "list the mistakes in a configuration, with the rule that each breaks",
  usage: "[FILE] [options]",
  examples: [
    { line: "quorate lint cib.xml", explanation: "Exit status 0: clean, 1: warnings, 2: errors" },
    { line: "quorate lint --live-check", explanation: "The running cluster's configuration" },
    { line: "quorate lint cib.xml --output-as sarif", explanation: "For a code scanner" },
  ],
  options,
  forms: [],
  run: async ({ options: chosen, operands }, world) => {
    const [file, ...surplus] = operands;
    if (surplus.length > 0) throw new UsageError(`surplus argument "${surplus[0]}"`);
    const source = file === undefined ? chosen : { ...chosen, xmlFile: chosen.xmlFile ?? file };
    const { document, place } = await readConfiguration(source, world);
    const findings = [
      ...findProblems(document, Math.floor(world.nowMs() / 1000)),
      ...(await findAgentProblems(document, world)),
    ];
    switch (chosen.outputAs) {
      case "json":
        world.stdout(`${JSON.stringify({ format: 1, file: place, findings }, null, 2)}\n`);
        break;
      case "sarif":
        world.stdout(`${JSON.stringify(sarifOf(findings, place), null, 2)}\n`);
        break;
      default:
        for (const finding of findings) world.stdout(lineOf(finding, place));
    }
    return Math.max(0, ...findings.map(({ severity }) => EXIT_OF[severity]));
  },
});

/** As compilers write it, so that editors find the place. */
function lineOf({ rule, severity, message, line }: Finding, place: string): string {
  const text = message.replace(/^(?:\S+\.xml:\d+|line \d+, \S+): /, "");
  return `${place}${line > 0 ? `:${line}` : ""}: ${severity}: ${text} [${rule}]\n`;
}
