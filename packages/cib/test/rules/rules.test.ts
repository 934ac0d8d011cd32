import { parseXml, type XmlElement } from "@quorate/xml";
import { describe, expect, it, test } from "vitest";
import { readBlocks } from "../../src/rules/blocks.ts";
import type { RuleContext } from "../../src/rules/context.ts";
import { rulePasses } from "../../src/rules/rule.ts";

const NOW_S = Date.UTC(2024, 4, 15, 10, 30, 20) / 1000;

function xml(text: string): XmlElement {
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.root;
}

interface World {
  readonly root?: XmlElement;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly changes?: number[];
}

function context({ root, attributes, changes }: World = {}): RuleContext {
  return {
    now: { epochS: NOW_S, offsetS: 0 },
    element: (name, id) => [...(root?.descendants(name) ?? [])].find((element) => element.id === id) ?? null,
    nodeAttribute: attributes === undefined ? null : (name) => attributes[name] ?? null,
    resource: { class: "ocf", provider: "heartbeat", type: "IPaddr2" },
    operation: { name: "monitor", intervalMs: 10_000 },
    location: null,
    noteChange: (epochS) => changes?.push(epochS),
  };
}

function passes(conditions: string, world: World = {}, operator = "and"): boolean {
  return rulePasses(xml(`<rule id="r" boolean-op="${operator}">${conditions}</rule>`), context(world));
}

// Scheduler specification, part 1, 4.4 and 4.5.
describe("node attribute expressions", () => {
  const attributes = { cpu: "8", load: "1.5", site: "West", empty: "x" };
  test.each([
    ['attribute="site" operation="eq" value="west"', true],
    ['attribute="site" operation="ne" value="east"', true],
    ['attribute="cpu" operation="gt" value="10"', false],
    ['attribute="cpu" operation="lt" value="10"', true],
    ['attribute="cpu" operation="lt" value="10" type="string"', false],
    ['attribute="load" operation="gte" value="1.25"', true],
    ['attribute="load" operation="eq" value="1" type="version"', false],
    ['attribute="nothing" operation="eq" value="1"', false],
    ['attribute="nothing" operation="ne" value="1"', true],
    ['attribute="nothing" operation="lt" value="1"', false],
    ['attribute="site" operation="defined"', true],
    ['attribute="site" operation="defined" value="x"', false],
    ['attribute="nothing" operation="not_defined"', true],
    ['attribute="site" operation="like" value="x"', false],
    ['attribute="site" operation="eq" value="x" value-source="nowhere"', false],
    ['attribute="cpu" operation="eq" value="8" type="nonsense"', false],
    ['operation="eq" value="8"', false],
  ])("%s", (expression, expected) => {
    expect(passes(`<expression id="e" ${expression}/>`, { attributes })).toBe(expected);
  });
});

describe("rules", () => {
  const yes = '<rsc_expression id="y" class="ocf"/>';
  const no = '<rsc_expression id="n" class="lsb"/>';
  test.each([
    ["", "and", true],
    ["", "or", true],
    [yes + no, "and", false],
    [yes + no, "OR", true],
    [no + no, "or", false],
    [yes, "xor", false],
    ["<mystery id='m'/>", "and", false],
    [`<rule id="inner">${yes}</rule>`, "and", true],
    [`<rule>${yes}</rule>`, "and", false],
    ['<rsc_expression class="ocf"/>', "and", false],
    ['<op_expression id="o" name="monitor" interval="10s"/>', "and", true],
    ['<op_expression id="o" name="monitor" interval="20s"/>', "and", false],
    ['<op_expression id="o" name="start"/>', "and", false],
  ])("%s with %s", (conditions, operator, expected) => {
    expect(passes(conditions, {}, operator)).toBe(expected);
  });

  it("ends on rules that refer to themselves", () => {
    const root = xml('<cib><rule id="a"><rule id-ref="a"/></rule></cib>');
    expect(rulePasses(root.first("rule") as XmlElement, context({ root }))).toBe(false);
  });
});

// Part 1, 4.6 and 4.9.
describe("date expressions", () => {
  test.each([
    ['operation="gt" start="2024-05-15 10:30:19"', true, []],
    ['operation="gt" start="2024-05-15 10:30:20"', false, [NOW_S + 1]],
    ['operation="lt" end="2024-05-15 10:30:21"', true, [NOW_S + 1]],
    ['operation="lt" end="2024-05-15 10:30:20"', false, []],
    ['start="2024-05-15 10:30:20" end="2024-05-15 10:30:20"', true, [NOW_S + 1]],
    ['start="2024-05-16"', false, [Date.UTC(2024, 4, 16) / 1000]],
    ['end="2024-05-15"', false, []],
    ['start="2024-05-32"', false, []],
    ['operation="in_range"', false, []],
  ])("%s", (expression, expected, changes) => {
    const noted: number[] = [];
    expect(passes(`<date_expression id="d" ${expression}/>`, { changes: noted })).toBe(expected);
    expect(noted).toEqual(changes);
  });

  it("takes the end of a range from its duration", () => {
    const range = (hours: number) =>
      passes(
        `<date_expression id="d" start="2024-05-15 09:00:00"><duration id="u" hours="${hours}"/></date_expression>`,
      );
    expect(range(1)).toBe(false);
    expect(range(2)).toBe(true);
  });

  test.each([
    ['hours="9-11"', true],
    ['hours="11-"', false],
    ['hours="-10"', true],
    ['weekdays="3"', true],
    ['weekdays="6-7"', false],
    ['months="5" monthdays="15" years="2024"', true],
    ['yeardays="136"', true],
    ['weeks="20" weekyears="2024"', true],
    ['minutes="30" seconds="20"', true],
    ['hours="ten"', false],
    ['hours="10-x"', false],
    ["", true],
  ])("date_spec %s", (ranges, expected) => {
    const spec = `<date_expression id="d" operation="date_spec"><date_spec id="s" ${ranges}/></date_expression>`;
    expect(passes(spec)).toBe(expected);
  });
});

// Part 1, 4.1 and 4.2.
describe("attribute blocks", () => {
  function read(blocks: string, firstId: string | null = null): Record<string, string> {
    const root = xml(`<x>${blocks}</x>`);
    const table = new Map<string, string>();
    readBlocks(table, root, "meta_attributes", context({ root }), firstId);
    return Object.fromEntries(table);
  }
  const block = (id: string, pairs: string, more = "") =>
    `<meta_attributes id="${id}" ${more}>${pairs}</meta_attributes>`;
  const pair = (name: string, value: string) =>
    `<nvpair id="${name}-${value}" name="${name}" value="${value}"/>`;

  test.each([
    [
      "the higher score wins",
      block("a", pair("n", "1"), 'score="5"') + block("b", pair("n", "2")),
      { n: "1" },
    ],
    ["of equal scores the later wins", block("a", pair("n", "1")) + block("b", pair("n", "2")), { n: "2" }],
    ["within a block the first wins", block("a", pair("n", "1") + pair("n", "2")), { n: "1" }],
    [
      "#default cancels, and a lower block can set it again",
      block("a", pair("n", "1"), 'score="3"') +
        block("b", pair("n", "#Default"), 'score="2"') +
        block("c", pair("n", "3"), 'score="1"'),
      { n: "3" },
    ],
    [
      "a block whose rule fails is skipped",
      block("a", `<rule id="r"><rsc_expression id="e" class="lsb"/></rule>${pair("n", "1")}`),
      {},
    ],
    [
      "a pair can stand elsewhere",
      `${block("a", '<nvpair id-ref="n-7"/>')}<elsewhere>${pair("n", "7")}</elsewhere>`,
      { n: "7" },
    ],
  ])("%s", (_, blocks, expected) => {
    expect(read(blocks)).toEqual(expected);
  });

  it("puts one named block before all others", () => {
    const blocks =
      block("a", pair("n", "1"), 'score="INFINITY"') + block("first", pair("n", "2"), 'score="-5"');
    expect(read(blocks, "first")).toEqual({ n: "2" });
  });
});
