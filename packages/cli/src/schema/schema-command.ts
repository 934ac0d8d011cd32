import { relaxNg } from "@quorate/cib";
import { serializeXml } from "@quorate/xml";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { flagOption } from "../options/option-table.ts";

const options = {
  rng: flagOption({ long: "rng", help: "As RELAX NG in XML syntax" }),
};

/** `quorate schema`: the schema by which this software judges configurations. */
export const main = defineCommand({
  name: "quorate schema",
  summary: "print the schema of the newest form of the configuration",
  usage: "--rng",
  examples: [
    { line: "quorate schema --rng > cib.rng", explanation: "For an editor" },
    { line: "xmllint --noout --relaxng cib.rng cib.xml", explanation: "Check a file with another program" },
  ],
  options,
  forms: [],
  run: async ({ options: chosen, operands }, world) => {
    const [surplus] = operands;
    if (surplus !== undefined) throw new UsageError(`surplus argument "${surplus}"`);
    if (!chosen.rng) throw new UsageError("say in which form: --rng");
    world.stdout(`<?xml version="1.0" encoding="UTF-8"?>\n${serializeXml(relaxNg())}`);
    return ExitCode.ok;
  },
});
