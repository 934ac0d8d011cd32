import { parseXml, XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import { FileError, type World } from "../world.ts";

export type DocumentResult =
  | {
      readonly ok: true;
      readonly document: XmlElement;
      /** For standard error: what was accepted but should be known. */
      readonly notices: readonly string[];
    }
  | { readonly ok: false; readonly message: string; readonly exitCode: number };

/**
 * Reads a CIB from a file, or from standard input when the path is null, with a status section in it.
 * Source: scheduler specification, part 4, 3.2.
 */
export function readDocument(world: World, path: string | null): DocumentResult {
  const place = path ?? "standard input";
  let text: string;
  try {
    text = path === null ? world.readStdin() : world.readFile(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { ok: false, message: `Could not read input XML: ${error.message}`, exitCode: ExitCode.noInput };
  }
  const parsed = parseXml(text);
  if (!parsed.ok) {
    const { message, line, column } = parsed.error;
    return {
      ok: false,
      message: `Could not read input XML: ${place}:${line}:${column}: ${message}`,
      exitCode: ExitCode.dataError,
    };
  }
  const { root } = parsed;
  if (root.name !== "cib") {
    return {
      ok: false,
      message: `${place}:${root.line}: the document is a <${root.name}>, not a <cib>; save one with cibadmin --query`,
      exitCode: ExitCode.dataError,
    };
  }
  if (root.first("status") === null) root.append(new XmlElement("status"));
  return { ok: true, document: root, notices: noticesAbout(root) };
}

/** What should be known about a CIB on which decisions are to rest. */
export function noticesAbout(cib: XmlElement): readonly string[] {
  const notices: string[] = [];
  if (cib.get("validate-with") === "none") {
    notices.push(
      'Schema validation of configuration is disabled (support for validate-with set to "none" is deprecated and will be removed in a future release)',
    );
  }
  return notices;
}
