import { escapeAttribute, escapeText } from "@quorate/xml";
import { type CommandCall, defineCommand, type Main, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { countOption } from "../options/option-table.ts";
import { COMPATIBLE_VERSION, VERSION } from "../version.ts";
import type { ListedOption } from "./listed-option.ts";

/** One of the classic daemons, as far as its options go: its work is done by `quorated`. */
export interface DaemonOptions {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly options: readonly ListedOption[];
}

const options = { verbose: countOption({ long: "verbose", short: "V", help: "Say more" }) };

/** The command with which tools ask a classic daemon for the options that it reads, and for its version. */
export function daemonMetadata(daemon: DaemonOptions): Main {
  return defineCommand({
    name: daemon.name,
    summary: `tell the options of ${daemon.name}, of which quorated does the work`,
    usage: "metadata|version",
    examples: [{ line: `${daemon.name} metadata`, explanation: "Its options as metadata of an agent" }],
    options,
    run: ({ operands, output }: CommandCall<typeof options>) => {
      const [question, surplus] = operands;
      if (surplus !== undefined || (question !== "metadata" && question !== "version")) {
        throw new UsageError(
          "this is no daemon of its own: quorated does its work. What can be asked here: metadata, version",
        );
      }
      // crmsh asks for the version at each start.
      if (question === "version") output.text(`CRM Version: ${COMPATIBLE_VERSION} (quorate-${VERSION})\n`);
      else output.text(metadataText(daemon));
      return ExitCode.ok;
    },
  });
}

/** In the form of OCF metadata, with the words that old tools look for. */
function metadataText({ name, title, description, options: listed }: DaemonOptions): string {
  const lines = [
    `<resource-agent name="${name}" version="${COMPATIBLE_VERSION}">`,
    "  <version>",
    "    1.1",
    "  </version>",
    ...describedLines("  ", "longdesc", description),
    ...describedLines("  ", "shortdesc", title),
  ];
  if (listed.length === 0) lines.push("  <parameters/>");
  else lines.push("  <parameters>", ...listed.flatMap(parameterLines), "  </parameters>");
  lines.push("</resource-agent>", "");
  return lines.join("\n");
}

function describedLines(indentation: string, element: string, text: string): string[] {
  return [
    `${indentation}<${element} lang="en">`,
    `${indentation}  ${escapeText(text)}`,
    `${indentation}</${element}>`,
  ];
}

function parameterLines(option: ListedOption): string[] {
  const allowed = option.values.length === 0 ? "" : `  Allowed values: ${option.values.join(", ")}`;
  const standard = option.default === null ? "" : ` default="${escapeAttribute(option.default)}"`;
  const content = `<content type="${metadataType(option.type)}"${standard}`;
  return [
    `    <parameter name="${option.name}">`,
    ...describedLines("      ", "longdesc", `${option.long}${allowed}`),
    ...describedLines("      ", "shortdesc", shortText(option)),
    ...(option.values.length === 0
      ? [`      ${content}/>`]
      : [
          `      ${content}>`,
          ...option.values.map((value) => `        <option value="${escapeAttribute(value)}"/>`),
          "      </content>",
        ]),
    "    </parameter>",
  ];
}

/** Marks first; then the short text, unless it says no more than the long one. */
function shortText({ short, long, isAdvanced, deprecation }: ListedOption): string {
  const marks: string[] = [];
  if (deprecation !== null) {
    marks.push("*** Deprecated ***");
    if (deprecation.successor !== null) marks.push(`*** Replaced with ${deprecation.successor} ***`);
  }
  if (isAdvanced) marks.push("*** Advanced Use Only ***");
  if (marks.length === 0 || short !== long) marks.push(short);
  return marks.join(" ");
}

function metadataType(type: string): string {
  switch (type) {
    case "duration":
    case "timeout":
      return "time";
    case "score":
    case "nonnegative_integer":
    case "port":
      return "integer";
    case "version":
      return "string";
    default:
      return type;
  }
}
