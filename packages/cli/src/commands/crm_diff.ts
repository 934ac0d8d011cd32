import { applyPatchset, diffCib, digestV2, patchsetFromXml, patchsetToXml } from "@quorate/cib";
import { parseXml, serializeXml, XmlElement, XmlText } from "@quorate/xml";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { countOption, flagOption, type ParsedValues, valueOption } from "../options/option-table.ts";
import type { Output } from "../output/output.ts";
import { FileError } from "../world.ts";

const ORIGINAL = "Original";
const OPERATION = "What to do with it";

const options = {
  original: valueOption({
    long: "original",
    short: "o",
    metavar: "FILE",
    help: "The original, in a file (- is standard input)",
    heading: ORIGINAL,
  }),
  originalString: valueOption({
    long: "original-string",
    short: "O",
    metavar: "XML",
    help: "The original, as text",
    heading: ORIGINAL,
  }),
  new: valueOption({
    long: "new",
    short: "n",
    metavar: "FILE",
    help: "Print what makes the XML in this file of the original",
    heading: OPERATION,
  }),
  newString: valueOption({
    long: "new-string",
    short: "N",
    metavar: "XML",
    help: "The same with XML as text",
    heading: OPERATION,
  }),
  patch: valueOption({
    long: "patch",
    short: "p",
    metavar: "FILE",
    help: "Apply the patchset in this file and print the result",
    heading: OPERATION,
  }),
  cib: flagOption({
    long: "cib",
    short: "c",
    help: "They are CIBs: the order of attributes means nothing, and the patchset gets the digest of its result",
  }),
  noVersion: flagOption({ long: "no-version", short: "u", help: "Leave versions out of the patchset" }),
  stdin: flagOption({ long: "stdin", short: "s", help: "Accepted; name a file - instead", isHidden: true }),
  verbose: countOption({ long: "verbose", short: "V", help: "Accepted", isHidden: true }),
};

type Options = ParsedValues<typeof options>;

/** `crm_diff`: the difference of two CIBs as a patchset, and the other way round. Source: crm_diff(8). */
export const main = defineCommand({
  name: "crm_diff",
  summary: "compare two CIBs, or apply the difference",
  usage: "--original FILE (--new FILE | --patch FILE) [options]",
  examples: [
    { line: "crm_diff --original old.xml --new new.xml > patch.xml", explanation: "What was changed" },
    { line: "crm_diff --original old.xml --patch patch.xml", explanation: "Change it again" },
    { line: "cibadmin --patch --xml-file patch.xml", explanation: "Change the running cluster" },
  ],
  options,
  run: ({ options: chosen, operands, output }) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    if (chosen.cib && chosen.noVersion) {
      throw new UsageError("-u/--no-version incompatible with -c/--cib");
    }
    const original = read(output, "the original", chosen.original, chosen.originalString);
    if (chosen.patch !== null) {
      if (chosen.noVersion) output.world.stderr("Warning: -u/--no-version ignored with -p/--patch\n");
      return patch(original, read(output, "the patch", chosen.patch, null), output);
    }
    return compare(original, read(output, "the new XML", chosen.new, chosen.newString), chosen, output);
  },
});

/** Exit status 1 when there is a difference, as with diff(1). */
function compare(original: XmlElement, target: XmlElement, chosen: Options, output: Output): number {
  const patchset = diffCib(original, target, {
    attributeOrder: chosen.cib ? "ignored" : "listed",
    ignoresVersions: chosen.noVersion,
    digest: chosen.cib ? digestV2(target) : null,
  });
  if (patchset.changes.length === 0) return ExitCode.ok;
  showXml(output, "patchset", serializeXml(patchsetToXml(patchset)));
  return ExitCode.error;
}

function patch(original: XmlElement, diff: XmlElement, output: Output): number {
  const reading = patchsetFromXml(diff);
  if (!reading.ok) return refuse(output, [reading.error]);
  const outcome = applyPatchset(original, reading.patchset, { checksVersion: false });
  if (outcome.code !== "ok") return refuse(output, outcome.reasons);
  showXml(output, "updated", serializeXml(original));
  return ExitCode.ok;
}

function refuse({ world }: Output, reasons: readonly string[]): number {
  for (const reason of reasons) world.stderr(`${world.programName}\terror: ${reason}\n`);
  world.stderr(`${world.programName}: Could not apply patch: Application of update diff failed\n`);
  return ExitCode.error;
}

function showXml(output: Output, name: string, text: string): void {
  output.show({
    text: () => text,
    xml: () => {
      const element = new XmlElement(name);
      element.append(new XmlText(text, { isCdata: true }));
      return [element];
    },
  });
}

/** @throws UsageError, FileError */
function read({ world }: Output, what: string, file: string | null, string: string | null): XmlElement {
  if ((file === null) === (string === null)) throw new UsageError(`name ${what} once, as a file or as text`);
  const text = string ?? (file === "-" ? world.readStdin() : world.readFile(file!));
  const parsed = parseXml(text);
  if (parsed.ok) return parsed.root;
  const { line, column, message } = parsed.error;
  const place = file === null ? what : file === "-" ? "standard input" : file;
  throw new FileError(`${place}:${line}:${column}: ${message}`, { exitCode: ExitCode.dataError });
}
