import { relaxNg } from "@quorate/cib";
import { serializeXml } from "@quorate/xml";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { flagOption } from "../options/option-table.ts";
import { RESULT_SCHEMA } from "./result-schema.ts";

const options = {
  rng: flagOption({ long: "rng", help: "The schema of configurations as RELAX NG in XML syntax" }),
  "results-rng": flagOption({
    long: "results-rng",
    help: "That of what commands print with --output-as=xml",
  }),
};

/** `quorate schema`: the schema by which this software judges configurations. */
export const main = defineCommand({
  name: "quorate schema",
  summary: "print the schema of the newest form of the configuration, or that of results",
  usage: "--rng|--results-rng",
  examples: [
    { line: "quorate schema --rng > cib.rng", explanation: "For an editor" },
    { line: "xmllint --noout --relaxng cib.rng cib.xml", explanation: "Check a file with another program" },
  ],
  options,
  forms: [],
  run: async ({ options: chosen, operands }, world) => {
    const [surplus] = operands;
    if (surplus !== undefined) throw new UsageError(`surplus argument "${surplus}"`);
    if (chosen.rng === chosen["results-rng"]) throw new UsageError("say which one: --rng or --results-rng");
    if (chosen["results-rng"]) world.stdout(RESULT_SCHEMA);
    else world.stdout(`<?xml version="1.0" encoding="UTF-8"?>\n${serializeXml(relaxNg())}`);
    return ExitCode.ok;
  },
});
