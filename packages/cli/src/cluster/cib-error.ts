import { CIB_RESULT_CODES, type CibResultCode } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { CibError } from "./cib-session.ts";

/** The error of a refused operation, with the classic text and exit status. */
export function cibError(code: CibResultCode, reason: string | null, data: XmlElement | null): CibError {
  const { text, exitCode } = CIB_RESULT_CODES[code];
  return new CibError(text, exitCode, { reason, data });
}
