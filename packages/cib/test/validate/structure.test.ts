import { describe, expect, it } from "vitest";
import { checkStructure, describeProblem, nearestName } from "../../src/index.ts";
import { parsed, smallCib } from "../parsed.ts";

const FRAME = "<crm_config/><nodes/><resources/><constraints/>";
const RESOURCES =
  '<resources><primitive id="a" class="lsb" type="a"/><group id="b"><primitive id="c" class="lsb" type="c"/></group></resources>';

function problemsOf(configuration: string, schema = "pacemaker-4.0"): readonly string[] {
  const cib = parsed(
    `<cib validate-with="${schema}"><configuration>${configuration}</configuration><status/></cib>`,
  );
  // The paths have a test of their own.
  return checkStructure(cib).map((problem) =>
    describeProblem(problem).replace(/^(line \d+), [^:]*: /, "$1: "),
  );
}

describe("checkStructure", () => {
  it("accepts a sound document and a bare frame", () => {
    expect(checkStructure(smallCib())).toEqual([]);
    expect(problemsOf(FRAME)).toEqual([]);
  });

  it.each([
    [
      "<nodes/><nodes/><crm_config/><resources/><constraints/>",
      "line 1: <configuration> can contain <nodes> only once; put the contents together",
    ],
    [
      "<crm_config/><nodes/><resources/>",
      "line 1: <configuration> must contain <constraints>; add it, it may be empty",
    ],
    [
      `${FRAME}<rsc_default/>`,
      'line 1: <configuration> cannot contain <rsc_default>. Did you mean "rsc_defaults"?',
    ],
    [
      FRAME.replace("<nodes/>", '<nodes><node id="" uname="n"/></nodes>').replace(
        "<resources/>",
        '<resources><group id=""><primitive id="p" class="lsb" type="p"/></group></resources>',
      ),
      "line 1: <group> has an empty id; give it a name that nothing else has",
    ],
    [
      FRAME.replace("<nodes/>", '<nodes><node id="1 a" uname="n"/></nodes>').replace(
        "<resources/>",
        '<resources><primitive id="a b" class="lsb" type="a"/><primitive id="ü.1-_" class="lsb" type="a"/></resources>',
      ),
      'line 1: id "a b" of <primitive> is no name; begin with a letter or _, then letters, digits, -, _ and .',
    ],
    [
      FRAME.replace(
        "<resources/>",
        '<resources><template id="x" class="lsb" type="x"/><primitive id="x" class="lsb" type="x"/></resources>',
      ),
      `line 1: id "x" is used already at /cib/configuration/resources/template[@id='x']; give one of the two another id`,
    ],
  ])("%s", (configuration, expected) => {
    expect(problemsOf(configuration)).toEqual([expected]);
  });

  it.each([
    [
      '<rsc_order id="o" first="a" first-action="brake" then="b"/>',
      'line 1: first-action="brake" of <rsc_order> must be one of start, promote, demote, stop',
    ],
    [
      '<rsc_order id="o" first="a" then="b" kind="optional"/>',
      'line 1: kind="optional" of <rsc_order> must be one of Optional, Mandatory, Serialize. Did you mean "Optional"?',
    ],
    [
      '<rsc_order id="o" first="a" then="b" than="b"/>',
      'line 1: <rsc_order> takes no than, only id, first-action, then-action, kind, first, then, score, symmetrical, require-all. Did you mean "then"?',
    ],
    ['<rsc_ticket id="t" rsc="a"/>', "line 1: <rsc_ticket> has no ticket; add it"],
    [
      '<rsc_location rsc="a" node="n" score="1"/>',
      "line 1: <rsc_location> has no id; give it a name that nothing else has",
    ],
    ['<rsc_location id="l" rsc="b"><rule id-ref="x"/></rsc_location>', null],
    ['<rsc_location id="l" rsc-pattern="."><rule id-ref="x"/></rsc_location>', null],
    [
      '<rsc_location id="l" rsc="a" node="n"/>',
      "line 1: <rsc_location> must have node with score, or <rule>, or <lifecycle>",
    ],
    ['<rsc_order id="o" first="a"/>', "line 1: <rsc_order> must have first with then, or <resource_set>"],
    [
      '<rsc_colocation id="o" rsc="a" with-rsc="bb"/>',
      'line 1: with-rsc="bb" of <rsc_colocation> names nothing in the configuration. Did you mean "b"?',
    ],
    [
      '<rsc_ticket id="t" ticket="T"><resource_set id="s"><resource_ref id="nothing"/></resource_set></rsc_ticket>',
      'line 1: id="nothing" of <resource_ref> names nothing in the configuration',
    ],
    [
      '<rsc_locaton id="l"/>',
      'line 1: <constraints> cannot contain <rsc_locaton>. Did you mean "rsc_location"?',
    ],
  ])("constraints: %s", (constraint, expected) => {
    const configuration = FRAME.replace("<resources/>", RESOURCES).replace(
      "<constraints/>",
      `<constraints>${constraint}</constraints>`,
    );
    expect(problemsOf(configuration)).toEqual(expected === null ? [] : [expected]);
  });

  it("old schemas: words and ids are checked, children are not", () => {
    const configuration = FRAME.replace(
      "<constraints/>",
      '<constraints><x/><rsc_order id="o" kind="x"/></constraints>',
    );
    expect(problemsOf(configuration, "pacemaker-1.2")).toEqual([
      'line 1: kind="x" of <rsc_order> must be one of Optional, Mandatory, Serialize',
    ]);
  });

  it("ids that refer to something, and those of nodes, are not names of their own", () => {
    const resources = '<resources><primitive id="r1" class="lsb" type="r"/></resources>';
    const configuration = `${FRAME.replace("<resources/>", resources).replace("<nodes/>", '<nodes><node id="r1" uname="r1"/></nodes>')}
      <tags><tag id="t"><obj_ref id="r1"/><obj_ref id="r1"/></tag></tags>`;
    expect(problemsOf(configuration)).toEqual([]);
  });

  it("conformance data, validity: old schemas do not have newer sections; none validates anything", () => {
    expect(problemsOf(`${FRAME}<tags/>`, "pacemaker-1.2")).toEqual([
      "line 1: pacemaker-1.2 has no <tags>; upgrade the configuration to pacemaker-1.3 or newer",
    ]);
    expect(problemsOf("<tags/><tags/><x/>", "none")).toEqual([]);
  });

  it("tells the line and the path of a mistake, and the path alone where no text was read", () => {
    const cib = parsed(
      `<cib validate-with="pacemaker-4.0">\n<configuration>\n${FRAME.replace("<constraints/>", '<constraints><rsc_order id="o" kind="optional"/></constraints>')}</configuration></cib>`,
    );
    const sentence =
      'kind="optional" of <rsc_order> must be one of Optional, Mandatory, Serialize. Did you mean "Optional"?';
    const path = "/cib/configuration/constraints/rsc_order[@id='o']";
    const [problem] = checkStructure(cib);
    expect(describeProblem(problem!)).toBe(`line 3, ${path}: ${sentence}`);
    expect(describeProblem({ ...problem!, line: 0 })).toBe(`${path}: ${sentence}`);
  });

  it("tells a wrong root, a missing and an unknown schema", () => {
    expect(checkStructure(parsed("<configuration/>")).map(describeProblem)).toEqual([
      "line 1, /configuration: the root of a CIB is <cib>, not <configuration>",
    ]);
    expect(problemsOf(FRAME, "pacemaker-3.99")).toEqual([
      'line 1: validate-with="pacemaker-3.99" is no known schema. Did you mean "pacemaker-3.9"?',
    ]);
    expect(checkStructure(parsed("<cib/>")).map(({ code }) => code)).toEqual([
      "unknownSchema",
      "missingElement",
    ]);
  });
});

describe("nearestName", () => {
  it.each([
    ["stickyness", "stickiness"],
    ["prioirty", "priority"],
    ["STICKINESS", "stickiness"],
    ["completely-else", null],
    ["", null],
  ])("%s: %s", (name, expected) => {
    expect(nearestName(name, ["priority", "stickiness"])).toBe(expected);
  });
});
