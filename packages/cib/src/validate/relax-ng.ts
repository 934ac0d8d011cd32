import { XmlElement, XmlText } from "@quorate/xml";
import { knownSchemas } from "../document/schemas.ts";
import { CONFIGURATION_SECTIONS, REQUIRED_SECTIONS } from "../document/sections.ts";
import { ELEMENT_RULES, type ElementRule } from "./element-rules.ts";
import { hasFreeId } from "./id-name.ts";

const NAMESPACE = "http://relaxng.org/ns/structure/1.0";
const DATA_TYPES = "http://www.w3.org/2001/XMLSchema-datatypes";

type Attributes = readonly (readonly [string, string])[];

/**
 * The declared schema as a RELAX NG grammar (XML syntax), for editors and other validators. It refuses what `checkStructure` refuses in a document of
 * the newest schema, except that an id is used twice, which the language cannot say of ids that refer to something else.
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
  const id = attribute("id", hasFreeId(name) ? nonEmpty() : node("data", [["type", "NCName"]]));
  const idReference = () => attribute("id-ref", node("text"));
  const others = rule.attributes.map((name) => {
    const words = rule.words.get(name);
    const declared = attribute(name, words === undefined ? node("text") : choiceOf(words));
    return rule.required.includes(name) ? declared : node("optional", [], declared);
  });
  const children =
    rule.children.length === 0
      ? []
      : [node("zeroOrMore", [], node("choice", [], ...rule.children.map(reference)))];
  switch (rule.id) {
    case "required":
      return node("group", [], id, ...others, ...children);
    case "optional":
      return node("group", [], node("optional", [], id), ...others, ...children);
    case "orReference":
      return node(
        "group",
        [],
        node("choice", [], node("group", [], id, node("optional", [], idReference())), idReference()),
        ...others,
        ...children,
      );
  }
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
