import { serializeXml, XmlElement, XmlText } from "@quorate/xml";

/** Version of the XML results, as far as scripts look at it. */
const API_VERSION = "2.38";

export interface CommandResult {
  readonly programName: string;
  /** The command line as it was given, without the program's name. */
  readonly argv: readonly string[];
  readonly content: readonly XmlElement[];
  readonly exitCode: number;
  /** What the exit code means, such as `OK`. */
  readonly message: string;
  readonly errors: readonly string[];
}

/** The document that every command prints with `--output-as=xml`: the result, and how the command ended. */
export function xmlResult(result: CommandResult): string {
  const root = new XmlElement("pacemaker-result", [
    ["api-version", API_VERSION],
    ["request", requestText(result)],
  ]);
  for (const element of result.content) root.append(element);
  const status = new XmlElement("status", [
    ["code", String(result.exitCode)],
    ["message", result.message],
  ]);
  if (result.errors.length > 0) {
    const errors = new XmlElement("errors");
    for (const text of result.errors) {
      const error = new XmlElement("error");
      error.append(new XmlText(text));
      errors.append(error);
    }
    status.append(errors);
  }
  root.append(status);
  return serializeXml(root);
}

/** The command line as it would be typed. */
export function requestText({ programName, argv }: CommandResult): string {
  return [programName, ...argv.map(quoteForShell)].join(" ");
}

/** A word of the command line as a shell would have to be given it. */
function quoteForShell(word: string): string {
  return /^[\w%+,./:=@^-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
