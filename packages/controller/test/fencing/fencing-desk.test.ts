import { emptyCib, NEWEST_SCHEMA } from "@quorate/cib";
import { CONFIRMED_BY_HAND, type FenceOutcome, type Fencer, type FencerEvents } from "@quorate/ports";
import type { GraphAction } from "@quorate/scheduler";
import { XmlAttributes, type XmlElement } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../../simulator/src/index.ts";
import { OwnChanges } from "../../src/cib/own-changes.ts";
import type { CibRequest } from "../../src/cluster-node.ts";
import { FencingDesk } from "../../src/fencing/fencing-desk.ts";
import { Peers } from "../../src/membership/peers.ts";
import { remoteNodeState } from "../../src/remote/remote-node-state.ts";
import { testContext } from "../test-context.ts";

const REMOTE = "r1";
const DOWN = `uname="${REMOTE}"`;

/** The desk of a DC, with a remote node connected since the second 100. */
function desk() {
  const document: XmlElement = emptyCib({ featureSet: "3.20.5", schema: NEWEST_SCHEMA });
  const connect = (sinceS: number) => {
    const status = document.first("status")!;
    for (const state of status.elements()) state.remove();
    status.append(remoteNodeState(REMOTE, { in_ccm: String(sinceS) }, "test"));
  };
  connect(100);
  const submitted: CibRequest[] = [];
  let events: FencerEvents | null = null;
  let finish: ((outcome: FenceOutcome) => void) | null = null;
  const fencer = {
    subscribe: (given: FencerEvents) => {
      events = given;
    },
    fence: (_request: unknown, done: (outcome: FenceOutcome) => void) => {
      finish = done;
    },
  } as unknown as Fencer;
  const made = new FencingDesk({
    context: testContext(new VirtualClock(), { nodeId: 1, name: "n1" }),
    peers: new Peers([{ nodeId: 1, name: "n1", votes: 1 }]),
    fencer,
    changes: new OwnChanges((request) => void submitted.push(request)),
    attributes: { purge: () => {} } as never,
    document: () => document,
    isLeading: () => true,
    options: () => ({ attemptsMax: 10, panicsWhenFenced: false }),
    completed: () => {},
    externallyFenced: () => {},
    exit: () => {},
  });
  return {
    connect,
    request: () =>
      made.request(
        {
          id: 1,
          onNode: REMOTE,
          operation: "stonith",
          attributes: new XmlAttributes(),
        } as unknown as GraphAction,
        { attributes: new XmlAttributes() } as never,
        () => {},
      ),
    answer: () => finish!(outcomeAt(130_000)),
    begin: () => events!.begun!({ ...outcomeAt(0).record, state: "pending" }),
    tell: (delegate = "n2") => events!.completed(outcomeAt(130_000, delegate)),
    /** Was it written that the node is down? */
    isMarked: () =>
      submitted.some(({ data }) => data?.includes(DOWN) === true && data.includes('in_ccm="0"')),
  };
}

function outcomeAt(completedMs: number, delegate = "n2"): FenceOutcome {
  return {
    isSuccess: true,
    status: 0,
    reason: "",
    record: {
      id: "1",
      target: REMOTE,
      targetPid: null,
      action: "reboot",
      origin: "n2",
      delegate,
      client: "stonith_admin.5",
      state: "success",
      completedMs,
      exitReason: "",
    },
  };
}

describe("a fencing of a remote node", () => {
  test("that this node asked for: it is down", () => {
    const { request, answer, isMarked } = desk();
    request();
    answer();
    expect(isMarked()).toBe(true);
  });

  test("that this node asked for, told when there is a new connection to it: what runs there now goes on", () => {
    const { request, answer, connect, isMarked } = desk();
    request();
    connect(129);
    answer();
    expect(isMarked()).toBe(false);
  });

  test.each([
    { connectedS: 100, isDown: true },
    { connectedS: 0, isDown: true },
    { connectedS: 101, isDown: false },
    { connectedS: 50, isDown: false },
  ])(
    "by somebody else, begun with the connection from 100 s, ended with that from $connectedS s: down $isDown",
    (row) => {
      const { begin, connect, tell, isMarked } = desk();
      begin();
      connect(row.connectedS);
      tell();
      expect(isMarked()).toBe(row.isDown);
    },
  );

  test("by somebody else, whose beginning this node did not see: what runs there now may go on", () => {
    const { tell, isMarked } = desk();
    tell();
    expect(isMarked()).toBe(false);
  });

  test("by a person who confirms that it is down: the connection that is recorded is a dead one", () => {
    const { tell, isMarked } = desk();
    tell(CONFIRMED_BY_HAND);
    expect(isMarked()).toBe(true);
  });
});
