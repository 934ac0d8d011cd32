import type { XmlElement } from "@quorate/xml";
import type { CibResultCode } from "../document/result-codes.ts";
import type { Draft } from "../draft.ts";
import type { CibFlag } from "./request.ts";

/** What an operation works with: the open draft and the parsed request. */
export interface Step {
  readonly draft: Draft;
  readonly section: string | null;
  readonly xpath: string | null;
  /** The operation may put it into the document. */
  readonly data: XmlElement | null;
  readonly digest: string | null;
  readonly flags: ReadonlySet<CibFlag>;
}

/** After any code but `ok` the caller rolls the draft back. */
export interface StepOutcome {
  readonly code: CibResultCode;
  /** For people: what exactly was wrong; null when the code says it all. */
  readonly reason: string | null;
  readonly reply: XmlElement | null;
}

export const DONE: StepOutcome = { code: "ok", reason: null, reply: null };

export function failed(code: CibResultCode, reason: string, reply: XmlElement | null = null): StepOutcome {
  return { code, reason, reply };
}
