import { parseXml, XmlElement } from "@quorate/xml";
import { describe, expect, it, test } from "vitest";
import { parseCib } from "../generate/decided.ts";
import { ALL_FEATURES } from "../generate/facts.ts";
import { generateCib } from "../generate/generate-cib.ts";
import { Random } from "../generate/random.ts";
import { dummy, nodeElements } from "../model/cluster-under-test.ts";
import { mutate } from "./mutate.ts";
import { survive } from "./survive.ts";

const CLUSTERS = 500;

describe("documents that make no sense", () => {
  it(`${CLUSTERS} mutated clusters are decided without an exception (\`npm run bench -- scheduler-fuzz\` tries more)`, () => {
    for (let seed = 0; seed < CLUSTERS; seed++) {
      const cib = parseCib(generateCib({ seed, features: ALL_FEATURES }));
      mutate(cib, new Random(seed), 8);
      expect(() => survive(cib), `seed ${seed}`).not.toThrow();
    }
  }, 300_000);

  test.each([
    ["any element", "<html><body/></html>"],
    ["an empty CIB", "<cib/>"],
    ["sections twice", "<cib><configuration/><configuration/><status/><status/></cib>"],
    [
      "an order in a circle",
      cluster('<rsc_order id="o1" first="a" then="b"/><rsc_order id="o2" first="b" then="a"/>'),
    ],
    [
      "a colocation in a circle",
      cluster(
        '<rsc_colocation id="c1" rsc="a" with-rsc="b" score="INFINITY"/><rsc_colocation id="c2" rsc="b" with-rsc="a" score="INFINITY"/>',
      ),
    ],
    ["a resource with itself", cluster('<rsc_colocation id="c1" rsc="a" with-rsc="a" score="INFINITY"/>')],
    [
      "sets that refer to each other",
      cluster(
        '<rsc_order id="o1"><resource_set id-ref="s2"/></rsc_order><rsc_order id="o2"><resource_set id="s2"><resource_ref id="a"/></resource_set><resource_set id-ref="s2"/></rsc_order>',
      ),
    ],
    ["duplicate ids", cluster("", dummy("a") + dummy("a"))],
    ["a group in itself", cluster("", `<group id="g"><group id="g">${dummy("x")}</group></group>`)],
    [
      "a launcher in a circle",
      cluster(
        "",
        dummy("x", '<meta_attributes id="m"><nvpair id="n" name="container" value="y"/></meta_attributes>') +
          dummy(
            "y",
            '<meta_attributes id="m2"><nvpair id="n2" name="container" value="x"/></meta_attributes>',
          ),
      ),
    ],
    [
      "a template of itself",
      cluster("", '<template id="t" template="t" class="ocf"/><primitive id="x" template="t"/>'),
    ],
  ])("%s", (_, text) => {
    const parsed = parseXml(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    expect(() => survive(parsed.root)).not.toThrow();
  });

  test.each(["group", "clone", "rule", "primitive", "resource_set", "nvpair"])(
    "%s nested 10,000 deep",
    (name) => {
      const cib = parseCib(cluster('<rsc_location id="l" rsc="a"><rule id="r" score="1"/></rsc_location>'));
      const places = { rule: "rsc_location", resource_set: "constraints", nvpair: "primitive" } as const;
      const place = name in places ? places[name as keyof typeof places] : "resources";
      let inner: XmlElement | null = [...cib.descendants(place)][0] ?? null;
      for (let depth = 0; depth < 10_000 && inner !== null; depth++) {
        const element = new XmlElement(name, [
          ["id", `d${depth}`],
          ["class", "ocf"],
          ["type", "Dummy"],
        ]);
        if (depth === 0) inner.insert(element, 0);
        else inner.children.push(element);
        element.parent = inner;
        inner = element;
      }
      expect(() => survive(cib)).not.toThrow();
    },
    60_000,
  );
});

function cluster(constraints: string, resources = ""): string {
  return `<cib have-quorum="1"><configuration><crm_config/><nodes>${nodeElements("n1", "n2")}</nodes>
    <resources>${dummy("a")}${dummy("b")}${resources}</resources><constraints>${constraints}</constraints></configuration>
    <status><node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member"/></status></cib>`;
}
