import { parseXml, type XmlElement } from "@quorate/xml";
import { CibError } from "../cluster/cib-session.ts";
import { cibSource } from "../cluster/cib-source.ts";
import { useCib } from "../cluster/open-cib.ts";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { flagOption, type ParsedValues, valueOption } from "../options/option-table.ts";
import { FileError, type World } from "../world.ts";

const SOURCE = "What to check";

/** Where a configuration comes from: the same options in every command that checks one. */
export const sourceOptions = {
  liveCheck: flagOption({
    long: "live-check",
    short: "L",
    help: "The running cluster's configuration",
    heading: SOURCE,
  }),
  xmlFile: valueOption({
    long: "xml-file",
    short: "x",
    metavar: "FILE",
    help: "The configuration in a file",
    heading: SOURCE,
  }),
  xmlPipe: flagOption({
    long: "xml-pipe",
    short: "p",
    help: "The configuration on standard input",
    heading: SOURCE,
  }),
  xmlText: valueOption({
    long: "xml-text",
    short: "X",
    metavar: "XML",
    help: "The configuration as text",
    heading: SOURCE,
  }),
};

export interface NamedConfiguration {
  readonly document: XmlElement;
  /** For messages. */
  readonly place: string;
}

/** @throws UsageError, FileError */
export async function readConfiguration(
  chosen: ParsedValues<typeof sourceOptions>,
  world: World,
): Promise<NamedConfiguration> {
  const count = [chosen.liveCheck, chosen.xmlFile !== null, chosen.xmlPipe, chosen.xmlText !== null].filter(
    Boolean,
  ).length;
  if (count !== 1) {
    throw new UsageError("No configuration source specified: give one of -L, -x FILE, -p or -X XML");
  }
  if (chosen.liveCheck) {
    try {
      return {
        document: await useCib(world, cibSource(world.env), (cib) => cib.document()),
        place: "the CIB",
      };
    } catch (error) {
      if (!(error instanceof CibError)) throw error;
      throw new FileError(error.message, { exitCode: error.exitCode, cause: error });
    }
  }
  if (chosen.xmlFile !== null) return parse(world.readFile(chosen.xmlFile), chosen.xmlFile);
  if (chosen.xmlPipe) return parse(world.readStdin(), "standard input");
  return parse(chosen.xmlText!, "--xml-text");
}

function parse(text: string, place: string): NamedConfiguration {
  const parsed = parseXml(text);
  if (!parsed.ok) {
    const { line, column, message } = parsed.error;
    throw new FileError(`${place}:${line}:${column}: ${message}`, { exitCode: ExitCode.dataError });
  }
  if (parsed.root.name !== "cib") {
    throw new FileError(
      `${place}: This tool can only check complete configurations (i.e. those starting with <cib>).`,
      { exitCode: ExitCode.dataError },
    );
  }
  return { document: parsed.root, place };
}
