import { serializeXml } from "@quorate/xml";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { countOption, flagOption, valueOption } from "../options/option-table.ts";
import { findProblems } from "../verify/findings.ts";
import { readConfiguration, sourceOptions } from "../verify/read-configuration.ts";

const options = {
  ...sourceOptions,
  saveXml: valueOption({
    long: "save-xml",
    short: "S",
    metavar: "FILE",
    help: "Save what was checked (most useful with --live-check)",
  }),
  verbose: countOption({ long: "verbose", short: "V", help: "Tell what is wrong" }),
  quiet: flagOption({ long: "quiet", short: "q", help: "Tell nothing: the exit status says it" }),
};

/** `crm_verify`: whether a configuration can be used. Source: crm_verify(8). */
export const main = defineCommand({
  name: "crm_verify",
  summary: "check a configuration for mistakes",
  usage: "(-L | -x FILE | -p | -X XML) [options]",
  examples: [
    {
      line: "crm_verify --live-check -V",
      explanation: "What is wrong with the running cluster's configuration",
    },
    { line: "crm_verify --xml-file cib.xml", explanation: "Whether a saved one can be used" },
  ],
  options,
  run: async ({ options: chosen, operands, output }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    const { document } = await readConfiguration(chosen, world);
    if (chosen.saveXml !== null) world.writeFile(chosen.saveXml, serializeXml(document));
    const findings = findProblems(document, Math.floor(world.nowMs() / 1000)).filter(
      ({ severity }) => severity !== "note",
    );
    const hasErrors = findings.some(({ severity }) => severity === "error");
    const isTelling = output.isStructured || (chosen.verbose > 0 && !chosen.quiet);
    if (isTelling) {
      for (const { severity, message } of findings) world.stderr(`${severity}: ${message}\n`);
      if (hasErrors) world.stderr("error: CIB did not pass schema validation\n");
    }
    if (!hasErrors) return ExitCode.ok;
    const hint = isTelling ? "" : " (-V may provide more detail)";
    if (!chosen.quiet) world.stderr(`Configuration invalid${hint}\n`);
    return ExitCode.configuration;
  },
});
