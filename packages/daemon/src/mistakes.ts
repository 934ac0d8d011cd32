import type { CibReply, CibRequestParams } from "@quorate/api";
import { CIB_FLAGS, CIB_OPERATIONS, mistakesInRequest } from "@quorate/cib";
import { parseXml, type XmlElement } from "@quorate/xml";

/** With this flag a client takes mistakes on itself. */
export const ALLOWS_MISTAKES = "allow-mistakes";

/**
 * What is mistyped in a change that a client asks for, a line each; null when nothing is. Judged by the node that was asked, before the change
 * goes to all: versions of this software know different options, and replicas must never disagree about a change.
 */
export function mistakesIn(
  cib: XmlElement,
  params: CibRequestParams,
  featureSet: string,
): readonly string[] | null {
  const operation = CIB_OPERATIONS.find((name) => name === params.operation);
  if (operation === undefined) return null;
  const flags = CIB_FLAGS.filter((flag) => params.flags.includes(flag));
  return mistakesInRequest(cib, { ...params, operation, flags }, featureSet);
}

/** As many names as a line of the log takes. */
const NAMES_SHOWN = 8;

/**
 * What a client has forced, in words for the log: what its agents know is judged by the commands, so that only they can tell what would
 * have been refused. Names only: values may be secrets. Null for a question.
 */
export function forcedChange({ operation, section, xpath, data }: CibRequestParams): string | null {
  if (operation === "cib_query") return null;
  const where = xpath ?? section ?? "the configuration";
  const parsed = data === null ? null : parseXml(data);
  if (parsed === null || !parsed.ok) return `${operation} of ${where}`;
  const names = [parsed.root, ...parsed.root.descendants()]
    .map((element) => element.get("name") ?? element.id)
    .filter((name) => name !== null);
  const shown = [...new Set(names)].slice(0, NAMES_SHOWN);
  const more = new Set(names).size > shown.length ? ", ..." : "";
  return `${operation} of ${where}${shown.length === 0 ? "" : `: ${shown.join(", ")}${more}`}`;
}

/** The answer to a change with mistakes: nothing was done. */
export function refusalOf(mistakes: readonly string[]): CibReply {
  return {
    kind: "done",
    code: "schema",
    reason: [...mistakes, "nothing was changed; cibadmin --force writes it nevertheless"].join("\n"),
    data: null,
  };
}
