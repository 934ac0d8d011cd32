import type { CibReply, CibRequestParams } from "@quorate/api";
import { CIB_FLAGS, CIB_OPERATIONS, mistakesInRequest } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";

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

/** The answer to a change with mistakes: nothing was done. */
export function refusalOf(mistakes: readonly string[]): CibReply {
  return {
    kind: "done",
    code: "schema",
    reason: [...mistakes, "nothing was changed; cibadmin --force writes it nevertheless"].join("\n"),
    data: null,
  };
}
