import { XmlElement, XmlText } from "@quorate/xml";
import { knownSchemas } from "../document/schemas.ts";
import { CONFIGURATION_SECTIONS, REQUIRED_SECTIONS } from "../document/sections.ts";
import { childIn, ELEMENT_NEEDS, type Way } from "./element-needs.ts";
import { ELEMENT_RULES, type ElementRule } from "./element-rules.ts";
import { hasFreeId } from "./id-name.ts";

const NAMESPACE = "http://relaxng.org/ns/structure/1.0";
const DATA_TYPES = "http://www.w3.org/2001/XMLSchema-datatypes";

type Attributes = readonly (readonly [string, string])[];

/**
 * The declared schema as a RELAX NG grammar (XML syntax), for editors and other validators. It refuses what `checkStructure` refuses in a document of
 * the newest schema, except that an id is used twice, or refers to nothing: the language cannot say that of ids that may be any text.
 */
export function relaxNg(): XmlElement {
  return node(
    "grammar",
    [
      ["xmlns", NAMESPACE],
      ["datatypeLibrary", DATA_TYPES],
    ],
    node("start", [], reference("cib")),
    define(
      "cib",
      node(
        "interleave",
        [],
        attribute("validate-with", choiceOf(knownSchemas())),
        otherAttributes(["validate-with"]),
        reference("configuration"),
        node("optional", [], node("element", [["name", "status"]], reference("anything"))),
      ),
    ),
    define(
      "configuration",
      node(
        "interleave",
        [],
        otherAttributes([]),
        ...CONFIGURATION_SECTIONS.map((section) =>
          REQUIRED_SECTIONS.includes(section) ? reference(section) : node("optional", [], reference(section)),
        ),
      ),
    ),
    ...[...ELEMENT_RULES].map(([name, rule]) => define(name, contentOf(name, rule))),
    ...undeclaredNames().map((name) => define(name, reference("anything"))),
    node("define", [["name", "anything"]], anything()),
  );
}

/** Elements that stand in others, but of which nothing more is declared. */
function undeclaredNames(): readonly string[] {
  const named = [
    ...CONFIGURATION_SECTIONS,
    ...[...ELEMENT_RULES.values()].flatMap(({ children }) => children),
  ];
  return [...new Set(named)].filter((name) => !ELEMENT_RULES.has(name));
}

function contentOf(name: string, rule: ElementRule): XmlElement {
  const contents = combinationsOf(ELEMENT_NEEDS.get(name) ?? []).map((needed) =>
    contentWith(name, rule, new Set(needed)),
  );
  return contents.length === 1 ? contents[0]! : node("choice", [], ...contents);
}

/** One way of each list, in all combinations. */
function combinationsOf(needs: readonly (readonly Way[])[]): readonly Way[] {
  return needs.reduce<readonly Way[]>(
    (found, ways) => found.flatMap((former) => ways.map((way) => [...former, ...way])),
    [[]],
  );
}

/** `needed`: attributes and children of which one at least must be there. */
function contentWith(name: string, rule: ElementRule, needed: ReadonlySet<string>): XmlElement {
  const others = rule.attributes.map((attributeName) => {
    const words = rule.words.get(attributeName);
    const declared = attribute(attributeName, words === undefined ? node("text") : choiceOf(words));
    const isRequired = rule.required.includes(attributeName) || needed.has(attributeName);
    return isRequired ? declared : node("optional", [], declared);
  });
  const children = childrenOf(
    rule,
    [...needed].map(childIn).filter((child) => child !== null),
  );
  return node("group", [], identity(name, rule, needed.has("id-ref")), ...others, ...children);
}

function identity(name: string, rule: ElementRule, needsReference: boolean): XmlElement {
  const id = attribute("id", hasFreeId(name) ? nonEmpty() : node("data", [["type", "NCName"]]));
  const reference = () => attribute("id-ref", node("text"));
  switch (rule.id) {
    case "required":
      return id;
    case "optional":
      return node("optional", [], id);
    case "orReference":
      if (needsReference) return node("group", [], node("optional", [], id), reference());
      return node("choice", [], node("group", [], id, node("optional", [], reference())), reference());
  }
}

function childrenOf({ children }: ElementRule, needed: readonly string[]): readonly XmlElement[] {
  const free = children.filter((child) => !needed.includes(child));
  const parts = needed.map((child) => node("oneOrMore", [], reference(child)));
  if (free.length > 0) parts.push(node("zeroOrMore", [], node("choice", [], ...free.map(reference))));
  return parts.length < 2 ? parts : [node("interleave", [], ...parts)];
}

function define(name: string, content: XmlElement): XmlElement {
  return node("define", [["name", name]], node("element", [["name", name]], content));
}

function reference(name: string): XmlElement {
  return node("ref", [["name", name]]);
}

function attribute(name: string, value: XmlElement): XmlElement {
  return node("attribute", [["name", name]], value);
}

function choiceOf(values: readonly string[]): XmlElement {
  return node("choice", [], ...values.map((value) => withText(node("value", [["type", "string"]]), value)));
}

function nonEmpty(): XmlElement {
  return node("data", [["type", "string"]], withText(node("param", [["name", "minLength"]]), "1"));
}

/** Any attributes but these, which are declared. */
function otherAttributes(declared: readonly string[]): XmlElement {
  const except =
    declared.length === 0
      ? []
      : [node("except", [], ...declared.map((name) => withText(node("name"), name)))];
  return node("zeroOrMore", [], node("attribute", [], node("anyName", [], ...except)));
}

function anything(): XmlElement {
  return node(
    "zeroOrMore",
    [],
    node(
      "choice",
      [],
      node("text"),
      node("attribute", [], node("anyName")),
      node("element", [], node("anyName"), reference("anything")),
    ),
  );
}

function node(name: string, attributes: Attributes = [], ...children: readonly XmlElement[]): XmlElement {
  const element = new XmlElement(name, attributes);
  for (const child of children) element.append(child);
  return element;
}

function withText(element: XmlElement, text: string): XmlElement {
  element.append(new XmlText(text));
  return element;
}
