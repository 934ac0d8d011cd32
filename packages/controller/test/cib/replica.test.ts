import { emptyCib, NEWEST_SCHEMA } from "@quorate/cib";
import type { Member, MembershipView } from "@quorate/ports";
import { describe, expect, test } from "vitest";
import { seededRandom, VirtualClock } from "../../../simulator/src/index.ts";
import { configurationId } from "../../src/cib/ancestry.ts";
import { Replica } from "../../src/cib/replica.ts";
import { DEFAULT_TIMING } from "../../src/index.ts";
import type { CibMessage } from "../../src/wire/cib-message.ts";
import { WorkQueue } from "../../src/work-queue.ts";

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

describe("replicas", () => {
  /** Two with copies of their own, and every message in one order. */
  function pair(claims: readonly { epoch: number; quorateRing: number; quorateEpoch: number }[]) {
    const sent: { readonly from: Member; readonly message: CibMessage }[] = [];
    const replicas = MEMBERS.map((member, index) => {
      const { epoch, ...quorate } = claims[index]!;
      const document = emptyCib({ featureSet: "3.20.5", schema: NEWEST_SCHEMA });
      document.set("epoch", String(epoch));
      const replica = new Replica(
        {
          context: {
            localNodeId: member.nodeId,
            localName: member.name,
            clusterName: "test",
            config: {
              featureSet: "3.20.5",
              changeRules: 1,
              version: "test",
              coreCount: 1,
              hasWatchdog: false,
              startState: "default",
              timing: DEFAULT_TIMING,
            },
            clock: new VirtualClock(),
            random: seededRandom(1),
            log: () => {},
            queue: new WorkQueue(),
            md5: undefined,
          },
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
      for (let next = sent.shift(); next !== undefined; next = sent.shift())
        for (const replica of replicas) replica.onMessage(next.from, next.message);
    };
    return { replicas, deliver };
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
});
