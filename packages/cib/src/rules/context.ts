import type { XmlElement } from "@quorate/xml";
import type { DateTime } from "../values/date-time.ts";

/** What a rule is evaluated with. A condition about something that is null here has nothing to compare with (part 1, 4.3). */
export interface RuleContext {
  /** The effective time; date specifications use its own offset. */
  readonly now: DateTime;
  /** The only element of that name and id in the document, or null; for `id-ref`. */
  readonly element: (name: string, id: string) => XmlElement | null;
  /** Value of an attribute of the node in question. */
  readonly nodeAttribute: ((name: string) => string | null) | null;
  /** Class, provider and type of the resource. */
  readonly resource: ResourceFacts | null;
  readonly operation: OperationFacts | null;
  /** What only location rules know. */
  readonly location: LocationFacts | null;
  /** Told each instant (epoch seconds) at which a condition that was evaluated will change. Source: part 1, 4.9. */
  readonly noteChange: (epochS: number) => void;
}

export interface ResourceFacts {
  readonly class: string;
  readonly provider: string | null;
  readonly type: string;
}

export interface OperationFacts {
  readonly name: string;
  readonly intervalMs: number;
}

export interface LocationFacts {
  /** For `value-source="param"`. */
  readonly parameter: (name: string) => string | null;
  /** For `value-source="meta"`. */
  readonly meta: (name: string) => string | null;
  /** Of the constraint's `rsc-pattern`; `%1` in an attribute name stands for the second entry. */
  readonly submatches: readonly (string | undefined)[] | null;
}

/** The value of an XML attribute; an empty one counts as absent (part 1, 2.9). */
export function textOf(element: XmlElement, name: string): string | null {
  const value = element.get(name);
  return value === "" ? null : value;
}
