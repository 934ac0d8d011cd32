import { selectXPath, XmlElement } from "@quorate/xml";
import type { CibResultCode } from "../document/result-codes.ts";
import { findSection, sectionPath } from "../document/sections.ts";
import { pathOf } from "../patchset/paths.ts";
import type { CibFlag } from "./request.ts";

export interface CibQuery {
  readonly section: string | null;
  readonly xpath: string | null;
  readonly flags: readonly CibFlag[];
}

export interface QueryOutcome {
  readonly code: CibResultCode;
  /** For people; null when the code says it all. */
  readonly reason: string | null;
  /** Part of the document itself, not a copy, wherever the answer is one element: print it or clone it at once. */
  readonly reply: XmlElement | null;
}

/** Source: CIB specification, section 3, Query. */
export function queryCib(cib: XmlElement, query: CibQuery): QueryOutcome {
  const isShallow = query.flags.includes("no-children");
  if (query.xpath === null) {
    if (sectionPath(query.section) === null)
      return refusal("notFound", `the CIB has no section "${query.section}"`);
    const section = findSection(cib, query.section);
    if (section === null) return refusal("notFound", `this CIB has no ${query.section}`);
    return answer(isShallow ? withoutChildren(section) : section);
  }

  const result = selectXPath(cib, query.xpath);
  if (!result.ok) return refusal("invalidArgument", result.error);
  if (result.nodes.length === 0) return refusal("notFound", `nothing matches ${query.xpath}`);
  const [first] = result.nodes;
  const isAddress = query.flags.includes("xpath-address");
  if (result.nodes.length === 1 && first?.kind === "element" && !isAddress) {
    return answer(isShallow ? withoutChildren(first) : first);
  }
  const wrapper = new XmlElement("xpath-query");
  for (const node of result.nodes) {
    const element = node.kind === "element" ? node : node.kind === "attribute" ? node.element : node.parent;
    if (element === null) continue;
    if (isAddress) wrapper.append(new XmlElement("xpath-query-path", [["id", pathOf(element)]]));
    else wrapper.append(isShallow ? withoutChildren(element) : element.clone());
  }
  return answer(wrapper);
}

function withoutChildren(element: XmlElement): XmlElement {
  return new XmlElement(element.name, element.attributes, element.line);
}

function answer(reply: XmlElement): QueryOutcome {
  return { code: "ok", reason: null, reply };
}

function refusal(code: CibResultCode, reason: string): QueryOutcome {
  return { code, reason, reply: null };
}
