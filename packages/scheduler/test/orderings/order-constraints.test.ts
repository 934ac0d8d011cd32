import { parseXml } from "@quorate/xml";
import { describe, expect, it } from "vitest";
import type { Cluster } from "../../src/model/cluster.ts";
import { type OrderingSide, RelationKind } from "../../src/model/ordering.ts";
import { readOrderConstraint } from "../../src/orderings/order-constraints.ts";
import { clusterOf, dummy, nodeElements } from "../model/cluster-under-test.ts";

function clusterWith(constraint: string, migratable = false): Cluster {
  const meta = migratable
    ? `<meta_attributes id="m"><nvpair id="m1" name="allow-migrate" value="true"/></meta_attributes>`
    : "";
  const cluster = clusterOf({
    nodes: nodeElements("n1", "n2"),
    resources: `${dummy("a")}${dummy("b", meta)}${dummy("c")}${dummy("d")}<clone id="cl">${dummy("e")}</clone>`,
  });
  const parsed = parseXml(constraint);
  if (!parsed.ok) throw new Error(parsed.error.message);
  readOrderConstraint(cluster, parsed.root);
  return cluster;
}

/** The key of the actions that a side stands for. */
function nameOf({ resource, action, task, key }: OrderingSide): string {
  return action?.key ?? key ?? `${resource?.id}_${task}_0`;
}

const NAMES = Object.entries(RelationKind);

/** `a_start_0 -> b_start_0 Ordered|FirstImpliesThen` */
function orderingsOf(constraint: string, migratable = false): string[] {
  return clusterWith(constraint, migratable).orderings.map(({ first, then, kinds }) => {
    const names = NAMES.filter(([, bit]) => (kinds & bit) !== 0).map(([name]) => name);
    return `${nameOf(first)} -> ${nameOf(then)} ${names.join("|")}`;
  });
}

describe("simple order constraints (part 3, 8.3)", () => {
  it("are mandatory and symmetrical by default", () => {
    expect(orderingsOf(`<rsc_order id="o" first="a" then="b"/>`)).toEqual([
      "a_start_0 -> b_start_0 Ordered|FirstImpliesThen|UnrunnableFirstBlocks",
      "b_stop_0 -> a_stop_0 Ordered|ThenImpliesFirst",
    ]);
  });

  it("with kind Optional only order", () => {
    expect(orderingsOf(`<rsc_order id="o" first="a" then="b" kind="Optional"/>`)).toEqual([
      "a_start_0 -> b_start_0 Ordered",
      "b_stop_0 -> a_stop_0 Ordered",
    ]);
    expect(orderingsOf(`<rsc_order id="o" first="a" then="b" score="0" symmetrical="false"/>`)).toEqual([
      "a_start_0 -> b_start_0 Ordered",
    ]);
  });

  it("with kind Serialize have one direction, whatever symmetrical says", () => {
    expect(orderingsOf(`<rsc_order id="o" first="a" then="b" kind="Serialize" symmetrical="true"/>`)).toEqual(
      ["a_start_0 -> b_start_0 Serialize"],
    );
  });

  it("say so when the kind does not exist", () => {
    const cluster = clusterWith(`<rsc_order id="o" first="a" then="b" kind="foo"/>`);
    expect(cluster.orderings).toHaveLength(2);
    expect(cluster.diagnostics.map(({ code }) => code)).toContain("constraint-invalid");
  });

  it("that cannot be undone have no inverse", () => {
    expect(
      orderingsOf(`<rsc_order id="o" first="a" first-action="monitor" then="b" then-action="start"/>`),
    ).toHaveLength(1);
  });

  it("with unknown resources are ignored and reported", () => {
    const cluster = clusterWith(`<rsc_order id="o" first="a" then="nobody"/>`);
    expect(cluster.orderings).toHaveLength(0);
    expect(cluster.diagnostics.at(-1)?.message).toContain('"nobody", which does not exist');
  });

  it("bring their migration equivalents along (17.5)", () => {
    expect(
      orderingsOf(`<rsc_order id="o" first="a" then="b" symmetrical="false" kind="Optional"/>`, true),
    ).toEqual(["a_start_0 -> b_start_0 Ordered", "a_start_0 -> b_migrate_to_0 Ordered"]);
  });

  it("on a clone with require-all=false go through a gate", () => {
    const cluster = clusterWith(
      `<rsc_order id="o" first="cl" then="b" require-all="false" symmetrical="false"/>`,
    );
    const gate = cluster.actions[0];
    expect(gate?.key).toBe("clone-one-or-more:o");
    expect(gate?.requiredRunnableBefore).toBe(1);
    expect(cluster.orderings.map(({ first, then }) => `${nameOf(first)} -> ${nameOf(then)}`)).toEqual([
      "e:0_start_0 -> clone-one-or-more:o",
      "e:1_start_0 -> clone-one-or-more:o",
      "clone-one-or-more:o -> b_start_0",
    ]);
  });
});

describe("order constraints with sets (part 3, 8.4)", () => {
  const set = (id: string, members: string, attributes = "") =>
    `<resource_set id="${id}" ${attributes}>${members
      .split(" ")
      .map((member) => `<resource_ref id="${member}"/>`)
      .join("")}</resource_set>`;

  it("are sequential inside by default, and the other way round for stops", () => {
    expect(
      orderingsOf(`<rsc_order id="o">${set("s", "a b c")}</rsc_order>`).map((line) =>
        line.split(" ", 3).join(" "),
      ),
    ).toEqual([
      "a_start_0 -> b_start_0",
      "b_start_0 -> c_start_0",
      "b_stop_0 -> a_stop_0",
      "c_stop_0 -> b_stop_0",
    ]);
  });

  it("are not sequential towards each other unless that is explicit", () => {
    const lines = orderingsOf(
      `<rsc_order id="o" symmetrical="false">${set("s", "a b", 'sequential="false"')}${set("t", "c d", 'sequential="false"')}</rsc_order>`,
    );
    expect(lines.map((line) => line.split(" ", 3).join(" "))).toEqual([
      "a_start_0 -> c_start_0",
      "a_start_0 -> d_start_0",
      "b_start_0 -> c_start_0",
      "b_start_0 -> d_start_0",
    ]);
  });

  it("serialize every pair", () => {
    expect(orderingsOf(`<rsc_order id="o" kind="Serialize">${set("s", "a b c")}</rsc_order>`)).toEqual([
      "a_start_0 -> b_start_0 Serialize",
      "a_start_0 -> c_start_0 Serialize",
      "b_start_0 -> c_start_0 Serialize",
    ]);
  });

  it("with require-all=false need one of the set", () => {
    const cluster = clusterWith(
      `<rsc_order id="o" symmetrical="false">${set("s", "a b", 'require-all="false" sequential="false"')}${set("t", "c")}</rsc_order>`,
    );
    expect(cluster.actions.map(({ key }) => key)).toEqual(["one-or-more:s"]);
    expect(cluster.orderings).toHaveLength(3);
  });
});
