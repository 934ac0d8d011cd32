import { emptyCib } from "@quorate/cib";
import { serializeXml } from "@quorate/xml";
import { expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

const dummies = (...ids: string[]) =>
  ids.map((id) => `<primitive id="${id}" class="ocf" provider="pacemaker" type="Dummy"/>`).join("");
const order = (id: string, first: string, then: string, more = "") =>
  `<rsc_order id="${id}" first="${first}" then="${then}" ${more}/>`;

async function relations(resources: string, constraints: string, ...words: string[]): Promise<string> {
  const world = new MemoryWorld();
  const cib = serializeXml(emptyCib({ featureSet: "3.20.5", schema: "pacemaker-4.0" }))
    .replace("<resources/>", `<resources>${resources}</resources>`)
    .replace("<constraints/>", `<constraints>${constraints}</constraints>`);
  world.files.set("cib.xml", cib);
  const result = await world.run(main, "pcs", "-f", "cib.xml", "resource", "relations", ...words);
  expect(result).toMatchObject({ status: 0, stderr: "" });
  return result.stdout;
}

test("a ring of orders is shown once, with what stands elsewhere only named", async () => {
  const ring = order("o3", "c", "a") + order("o1", "a", "b", 'kind="Optional"') + order("o2", "b", "c");
  expect(await relations(dummies("a", "b", "c"), ring, "a")).toBe(
    [
      "a",
      "|- order",
      "|  |  start a then start b",
      "|  |  kind=Optional",
      "|  `- b",
      "|     `- order [displayed elsewhere]",
      "`- order",
      "   |  start c then start a",
      "   `- c",
      "      `- order",
      "         |  start b then start c",
      "         `- b [displayed elsewhere]",
      "",
    ].join("\n"),
  );
});

test("from inside a cloned group out to its order, with agents and ids", async () => {
  const resources = `<clone id="k"><group id="g">${dummies("y", "x")}</group></clone>${dummies("z")}`;
  const constraints = order("o1", "k", "z", 'first-action="stop" symmetrical="false"');
  expect(await relations(resources, constraints, "x", "--full")).toBe(
    [
      "x (resource: ocf:pacemaker:Dummy)",
      "`- outer resource (g)",
      "   `- g (resource: group)",
      "      |- inner resource(s) (g)",
      "      |  |  members: y x",
      "      |  `- y (resource: ocf:pacemaker:Dummy)",
      "      `- outer resource (k)",
      "         `- k (resource: clone)",
      "            `- order (o1)",
      "               |  stop k then stop z",
      "               |  symmetrical=false",
      "               `- z (resource: ocf:pacemaker:Dummy)",
      "",
    ].join("\n"),
  );
});

test("an order with a thing that is no resource names it", async () => {
  expect(await relations(dummies("a"), order("o1", "nosuch", "a"), "a", "--full")).toContain(
    "   `- nosuch\n",
  );
});
