import { parseBoolean, parseInteger } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { attributeOf, isText } from "../xml-attribute.ts";

/** What the controllers wrote about a cluster node. Source: part 1, 10.2 and 10.3. */
export interface Membership {
  /** Epoch seconds since when it is a member; 0: it is not; -1: nothing is known. */
  readonly memberS: number;
  /** Above 0: its controller is in the process group. */
  readonly onlineS: number;
  readonly join: string | null;
  readonly expected: string | null;
}

export function readMembership(state: XmlElement, nowS: number): Membership {
  return {
    memberS: readMemberTime(attributeOf(state, "in_ccm"), nowS),
    onlineS: readOnlineTime(attributeOf(state, "crmd")),
    join: attributeOf(state, "join"),
    expected: attributeOf(state, "expected"),
  };
}

function readMemberTime(text: string | null, nowS: number): number {
  if (text === null) return -1;
  const flag = parseBoolean(text);
  if (flag !== null) return flag ? nowS : 0;
  return nonNegative(text) ?? -1;
}

function readOnlineTime(text: string | null): number {
  if (text === null || isText(text, "offline")) return 0;
  if (isText(text, "online")) return 1;
  return nonNegative(text) ?? 0;
}

function nonNegative(text: string): number | null {
  const value = parseInteger(text);
  return value !== null && value >= 0 ? value : null;
}
