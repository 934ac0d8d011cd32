import { emptyCib, NEWEST_SCHEMA } from "@quorate/cib";
import type { Member, MembershipView } from "@quorate/ports";
import { serializeXml, XmlElement } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../../simulator/src/index.ts";
import { configurationId } from "../../src/cib/ancestry.ts";
import { Replica } from "../../src/cib/replica.ts";
import type { CibRequest } from "../../src/index.ts";
import type { CibMessage } from "../../src/wire/cib-message.ts";
import { testContext } from "../test-context.ts";

const CONFIGURED_COUNT = 5;
const MEMBERS: readonly Member[] = [
  { nodeId: 1, name: "n1", pid: 1 },
  { nodeId: 2, name: "n2", pid: 2 },
];
/** Two of five: no quorum. */
const VIEW: MembershipView = {
  ringNodes: MEMBERS.map(({ nodeId, name }) => ({ nodeId, name, votes: 1 })),
  members: MEMBERS,
  joined: MEMBERS.map((member) => ({ ...member, reason: "join" as const })),
  left: [],
  isQuorate: false,
  ringId: "1.9",
};

function propertySet(value: string): XmlElement {
  const set = new XmlElement("cluster_property_set", [["id", "p"]]);
  set.append(
    new XmlElement("nvpair", [
      ["id", "p-a"],
      ["name", "a"],
      ["value", value],
    ]),
  );
  return set;
}

function propertyChange(value: string): CibRequest {
  return {
    operation: "cib_modify",
    section: "crm_config",
    xpath: null,
    data: serializeXml(propertySet(value)),
    flags: [],
    client: { name: "test", id: "1", user: null, groups: [] },
  };
}

describe("replicas", () => {
  /** Two with copies of their own, and every message in one order. */
  function pair(
    claims: readonly { epoch: number; quorateRing: number; quorateEpoch: number; property?: string }[],
  ) {
    const clock = new VirtualClock();
    const delivered: CibMessage[] = [];
    const sent: { readonly from: Member; readonly message: CibMessage }[] = [];
    const replicas = MEMBERS.map((member, index) => {
      const { epoch, property, ...quorate } = claims[index]!;
      const document = emptyCib({ featureSet: "3.20.5", schema: NEWEST_SCHEMA });
      document.set("epoch", String(epoch));
      if (property !== undefined)
        document.first("configuration")!.first("crm_config")!.append(propertySet(property));
      const replica = new Replica(
        {
          context: testContext(clock, member),
          configuredCount: CONFIGURED_COUNT,
          send: (message) => sent.push({ from: member, message }),
          persist: () => {},
          changed: () => {},
          changedUntold: () => {},
          adopted: () => {},
          fatal: (reason) => {
            throw new Error(reason);
          },
          diverged: () => {},
        },
        { document, provenance: { ancestry: [configurationId(document)], ...quorate }, isValid: true },
      );
      replica.onView(VIEW);
      return replica;
    });
    const deliver = () => {
      for (let next = sent.shift(); next !== undefined; next = sent.shift()) {
        delivered.push(next.message);
        for (const replica of replicas) replica.onMessage(next.from, next.message);
      }
    };
    return { replicas, deliver, sent, delivered, clock };
  }

  test.each([
    { than: "less", stale: { epoch: 4, quorateRing: 5, quorateEpoch: 4 } },
    { than: "more", stale: { epoch: 9, quorateRing: 8, quorateEpoch: 9 } },
  ])(
    "what a majority agreed on is known of the copy that is taken over, when the one given up claimed $than",
    ({ stale }) => {
      const { replicas, deliver } = pair([{ epoch: 7, quorateRing: 5, quorateEpoch: 7 }, stale]);
      const [owner, other] = replicas as [Replica, Replica];
      owner.adopt({ lineage: "L", owner: 1, members: [1, 2], stale: [2], epochAtLeast: 0 });
      deliver();
      expect(other.document.get("epoch")).toBe("7");
      expect(other.provenance).toEqual(owner.provenance);
      expect(other.provenance).toMatchObject({ quorateRing: 5, quorateEpoch: 7 });
    },
  );

  const adoption = { lineage: "L", owner: 1, members: [1, 2], stale: [2], epochAtLeast: 0 };
  const claim = { quorateRing: 5, quorateEpoch: 4 };

  test("a configuration that the one who waits holds does not travel", () => {
    const { replicas, deliver, delivered } = pair([
      { epoch: 7, ...claim, property: "same" },
      { epoch: 4, ...claim, property: "same" },
    ]);
    const [owner, other] = replicas as [Replica, Replica];
    const configuration = other.document.first("configuration");
    owner.adopt(adoption);
    deliver();
    const snapshot = delivered.find((message) => message.kind === "snapshot")!;
    expect(snapshot.xml).not.toContain("same");
    expect(serializeXml(other.document)).toBe(serializeXml(owner.document));
    expect(other.document.first("configuration")).toBe(configuration);
    expect(other.provenance).toEqual(owner.provenance);
  });

  test("who waits for one copy does not pass for a holder of the next", () => {
    const { replicas, deliver, sent } = pair([
      { epoch: 7, ...claim, property: "one" },
      { epoch: 4, ...claim, property: "another" },
    ]);
    const [owner, other] = replicas as [Replica, Replica];
    owner.adopt(adoption);
    const adopt = sent.shift()!;
    other.onMessage(adopt.from, adopt.message);
    sent.length = 0;
    owner.adopt({ ...adoption, lineage: "M", stale: [] });
    deliver();
    expect(owner.isSynchronised).toBe(true);
    expect(other.isSynchronised).toBe(false);
    expect(other.summary()).toMatchObject({ isLive: false, epoch: 4 });
    owner.adopt({ ...adoption, lineage: "N" });
    deliver();
    expect(serializeXml(other.document)).toBe(serializeXml(owner.document));
    expect(other.isSynchronised).toBe(true);
  });

  test("what a disk has of a copy that is replaced says nothing about the one in its place", () => {
    const { replicas, deliver, sent } = pair([
      { epoch: 7, ...claim, property: "one" },
      { epoch: 4, ...claim, property: "another" },
    ]);
    const [owner, other] = replicas as [Replica, Replica];
    other.submit(propertyChange("own"), () => {});
    deliver();
    const place = other.place;
    owner.adopt(adoption);
    const adopt = sent.shift()!;
    for (const replica of replicas) replica.onMessage(adopt.from, adopt.message);
    const told = () => sent.filter(({ message }) => message.kind === "durable");
    other.persisted(place, null);
    expect(told()).toEqual([]);
    deliver();
    other.persisted(place, null);
    expect(told()).toEqual([]);
    other.persisted(other.place, null);
    expect(told()).toMatchObject([{ message: { lineage: "L", sequence: owner.place.sequence } }]);
  });

  test("another one travels whole", () => {
    const { replicas, deliver } = pair([
      { epoch: 7, ...claim, property: "one" },
      { epoch: 7, ...claim, property: "another" },
    ]);
    const [owner, other] = replicas as [Replica, Replica];
    owner.adopt(adoption);
    deliver();
    expect(serializeXml(owner.document)).toContain("one");
    expect(serializeXml(other.document)).toBe(serializeXml(owner.document));
  });

  test("a change that comes before it is known what the other holds is applied by both", () => {
    const { replicas, deliver, sent } = pair([
      { epoch: 7, ...claim, property: "same" },
      { epoch: 7, ...claim, property: "same" },
    ]);
    const [owner, other] = replicas as [Replica, Replica];
    owner.adopt(adoption);
    owner.submit(propertyChange("new"), () => {});
    expect(sent.map(({ message }) => message.kind)).toEqual(["adopt", "operation"]);
    deliver();
    expect(serializeXml(owner.document)).toContain("new");
    expect(serializeXml(other.document)).toBe(serializeXml(owner.document));
    expect(other.place.sequence).toBe(owner.place.sequence);
  });

  test("who does not tell what it holds gets the whole after a while", () => {
    const { replicas, deliver, sent, clock } = pair([
      { epoch: 7, ...claim, property: "same" },
      { epoch: 7, ...claim, property: "same" },
    ]);
    const [owner, other] = replicas as [Replica, Replica];
    owner.adopt(adoption);
    const adopt = sent.shift()!;
    for (const replica of replicas) replica.onMessage(adopt.from, adopt.message);
    expect(sent.map(({ message }) => message.kind)).toEqual(["holding"]);
    sent.length = 0;
    clock.advance(1000);
    expect(sent.map(({ message }) => message.kind)).toEqual(["snapshot"]);
    deliver();
    expect(serializeXml(other.document)).toBe(serializeXml(owner.document));
  });
});
