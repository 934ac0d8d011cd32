import type { JsonObject, JsonValue } from "@quorate/ports";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ControllerChannel,
  dummy,
  fenceDevice,
  SimulatedCluster,
} from "../../../simulator/src/index.ts";
import { decodeAttributeMessage } from "../../src/wire/attribute-message.ts";
import { decodeCibMessage } from "../../src/wire/cib-message.ts";
import { decodeControlMessage } from "../../src/wire/control-message.ts";

/** Every message that three nodes send while they start, run a resource, lose a node and get it back. */
function realTraffic(): { readonly channel: ControllerChannel; readonly body: JsonObject }[] {
  const seen: { channel: ControllerChannel; body: JsonObject }[] = [];
  const cluster = new SimulatedCluster(3, { rebootMs: 500 });
  cluster.overhearing.add((_to, channel, body) => void seen.push({ channel, body }));
  cluster.start();
  cluster.settle();
  cluster.request(1, "cib_modify", {
    section: "resources",
    data: `<resources>${fenceDevice()}${dummy("d1")}</resources>`,
  });
  cluster.settle();
  cluster.crash(cluster.leader() === 3 ? 2 : 3);
  cluster.run(2_000);
  cluster.settle();
  cluster
    .controller(1)
    .cleanup({ kind: "refresh", resource: "d1", node: null, operation: null, intervalMs: null }, () => {});
  cluster.run(2_000);
  return seen;
}

const DECODERS = { cib: decodeCibMessage, attr: decodeAttributeMessage, ctl: decodeControlMessage };

/** The same with one value, wherever it stands, replaced or left out. */
function damaged(value: JsonValue, at: number, by: JsonValue | undefined): JsonValue | undefined {
  let index = -1;
  const walk = (one: JsonValue): JsonValue | undefined => {
    index += 1;
    if (index === at) return by;
    if (Array.isArray(one)) return (one as JsonValue[]).map(walk).filter((item) => item !== undefined);
    if (typeof one !== "object" || one === null) return one;
    const entries = Object.entries(one).map(([name, item]) => [name, walk(item as JsonValue)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined)) as JsonObject;
  };
  return walk(value);
}

const replacement: fc.Arbitrary<JsonValue | undefined> = fc.oneof(
  fc.constantFrom(undefined, null, "", [], {}, -1, 1e300, true, "__proto__", "\u0000"),
  fc.jsonValue() as fc.Arbitrary<JsonValue>,
);

describe("malformed messages", () => {
  const traffic = realTraffic();
  const kinds = [...new Map(traffic.map((one) => [`${one.channel} ${String(one.body.kind)}`, one])).values()];

  test("what the nodes really send can be read", () => {
    expect(kinds.length).toBeGreaterThan(12);
    for (const { channel, body } of traffic)
      expect(DECODERS[channel](body), JSON.stringify(body)).not.toBeNull();
  });

  test("no damaged message ends a daemon or keeps the cluster from its work", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.nat(25), replacement, ({ channel, body }, at, by) => {
        const bad = damaged(body, at + 1, by);
        if (typeof bad !== "object" || bad === null || Array.isArray(bad)) return;
        // A message that still has its shape is an order like any other.
        if (DECODERS[channel](bad as JsonObject) !== null) return;
        cluster
          .node(2)
          .daemon!.bus.channel(channel)
          .send(bad as JsonObject);
        cluster.run(5);
        expect(cluster.running()).toHaveLength(3);
      }),
      { numRuns: 400 },
    );
    cluster.settle();
    expect(cluster.nodes.flatMap((node) => node.exits)).toEqual([]);
    expect(cluster.activeOn("d1")).toHaveLength(1);
    expect(cluster.digests()).toHaveLength(1);
  });

  test("no operation on the CIB ends a daemon", () => {
    const cluster = SimulatedCluster.ready(3, { resources: [fenceDevice(), dummy("d1")] });
    const anyText = fc.oneof(
      fc.constantFrom("", "<", "<a/>", "<status/>", "//*[", "//nvpair", "/cib", "resources", "\u0000", "&x;"),
      fc.string(),
    );
    const operation = fc.record({
      operation: fc.constantFrom(
        "cib_query",
        "cib_create",
        "cib_modify",
        "cib_replace",
        "cib_delete",
        "cib_bump",
        "cib_upgrade",
        "cib_apply_diff",
        "cib_commit_transact",
        "nonsense",
      ),
      section: fc.option(fc.oneof(fc.constantFrom("resources", "status", "crm_config", "acls"), anyText)),
      xpath: fc.option(anyText),
      data: fc.option(anyText),
    });
    fc.assert(
      fc.property(operation, ({ operation: name, section, xpath, data }) => {
        cluster.ask(
          2,
          name,
          {
            ...(section === null ? {} : { section }),
            ...(xpath === null ? {} : { xpath }),
            ...(data === null ? {} : { data }),
          },
          () => {},
        );
        cluster.run(10);
      }),
      { numRuns: 300 },
    );
    cluster.run(2_000);
    cluster.settle();
    expect(cluster.nodes.flatMap((node) => node.exits)).toEqual([]);
    expect(cluster.digests()).toHaveLength(1);
  });
});
