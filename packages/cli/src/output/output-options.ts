import { flagOption, type OptionTable, valueOption } from "../options/option-table.ts";
import type { ResultForm } from "./output.ts";

/** The options with which a person chooses form and destination of the result; the same in every command. */
export function outputOptions(forms: readonly ResultForm[]) {
  return {
    outputAs: valueOption({
      long: "output-as",
      metavar: "FORMAT",
      help: "Form of the result",
      choices: forms,
      heading: "Output",
    }),
    outputTo: valueOption({
      long: "output-to",
      metavar: "FILE",
      help: "Write the result to FILE instead of standard output (- is standard output)",
      heading: "Output",
    }),
    textFancy: flagOption({ long: "text-fancy", help: "Accepted; text is always fancy", isHidden: true }),
  } satisfies OptionTable;
}
