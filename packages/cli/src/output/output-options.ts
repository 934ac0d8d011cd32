import { valueOption } from "../options/option-table.ts";

/** The options with which a person chooses form and destination of the result; the same in every command. */
export const outputOptions = {
  outputAs: valueOption({
    long: "output-as",
    metavar: "FORMAT",
    help: "Form of the result",
    choices: ["text", "xml", "none"],
    heading: "Output",
  }),
  outputTo: valueOption({
    long: "output-to",
    metavar: "FILE",
    help: "Write the result to FILE instead of standard output (- is standard output)",
    heading: "Output",
  }),
};

/** Collects the result and delivers it as the options say, when it is complete. */
export function writeResult(
  world: { stdout(text: string): void; writeFile(path: string, text: string): void },
  outputTo: string | null,
  text: string,
): void {
  if (outputTo === null || outputTo === "-") world.stdout(text);
  else world.writeFile(outputTo, text);
}
