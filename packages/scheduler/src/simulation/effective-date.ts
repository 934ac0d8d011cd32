import type { XmlElement } from "@quorate/xml";
import { isoDate } from "../render/classic-date.ts";

/** A date that a person gave. */
export interface EffectiveDate {
  /** As it was written. */
  readonly text: string;
  readonly epochS: number;
}

/**
 * The instant for which a document is judged and, unless it is the clock's, the line that says so.
 * Source: scheduler specification, part 4, 3.4.
 */
export function effectiveDate(
  cib: XmlElement,
  given: EffectiveDate | null,
  clockS: number,
): { readonly epochS: number; readonly line: string | null } {
  if (given !== null) return { epochS: given.epochS, line: `Setting effective cluster time: ${given.text}` };
  const recorded = Number.parseInt(cib.get("execution-date") ?? "0", 10);
  if (Number.isNaN(recorded) || recorded === 0) return { epochS: clockS, line: null };
  return { epochS: recorded, line: `Using the original execution date of: ${isoDate(recorded)}` };
}
