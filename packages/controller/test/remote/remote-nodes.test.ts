import {
  ExecutionStatus,
  type Operation,
  type RemoteConnectionEvents,
  type RemoteHosts,
} from "@quorate/ports";
import { XmlElement } from "@quorate/xml";
import { expect, test } from "vitest";
import { VirtualClock } from "../../../simulator/src/index.ts";
import { remoteNodeState } from "../../src/remote/remote-node-state.ts";
import { RemoteNodes } from "../../src/remote/remote-nodes.ts";
import { testContext } from "../test-context.ts";

const START: Operation = {
  resourceId: "r1",
  agent: { class: "ocf", provider: "pacemaker", type: "remote" },
  action: "start",
  intervalMs: 0,
  timeoutMs: 60_000,
  startDelayMs: 0,
  killsGroup: false,
  parameters: new Map(),
  transitionKey: "1:1:0:00000000-0000-0000-0000-000000000000",
};

/** A node that connects to a host of which the CIB says, all the time, that somebody has been connected since `recordedS`. */
function connectedNode(recordedS: () => number) {
  const clock = new VirtualClock();
  const context = testContext(clock, { nodeId: 1, name: "node1" });
  const recorded: XmlElement[] = [];
  let events: RemoteConnectionEvents | undefined;
  const agents = { execute() {}, cancel: () => false, cancelAll() {}, metadata() {}, forgetMetadata() {} };
  const hosts: RemoteHosts = {
    connect: (_target, _timeoutMs, done) => {
      const connection = {
        agents,
        subscribe: (to: RemoteConnectionEvents) => {
          events = to;
        },
        ping: () => {},
        answerShutdown: () => {},
        close: () => {},
      };
      done({ kind: "connected", connection, host: { isKnown: true, unsettled: [] } });
    },
  };
  const nodes = new RemoteNodes({
    context,
    hosts,
    agents,
    whenHeard: (task: (isHeard: boolean) => void) => task(true),
    changes: { setNodeStates: (states: XmlElement[]) => recorded.push(...states), remove() {} },
    attributes: { purge() {} },
    document: () => {
      const cib = new XmlElement("cib");
      const status = new XmlElement("status");
      cib.append(status);
      status.append(remoteNodeState("r1", { in_ccm: String(recordedS()) }, "test"));
      return cib;
    },
    answer: () => {},
    ended: () => {},
    readiness: () => "all",
    isQuorate: () => true,
  } as unknown as ConstructorParameters<typeof RemoteNodes>[0]);
  nodes.agents.execute(START, (result) => {
    expect(result.status).toBe(ExecutionStatus.done);
    nodes.onLocalResult(result);
  });
  clock.advance(1_000);
  return {
    recorded: () => recorded.map((state) => state.get("in_ccm")),
    lose: () => events!.lost("broken", "cut"),
  };
}

test("a connection that is lost before it is on record is recorded as lost", () => {
  const node = connectedNode(() => 100);
  expect(node.recorded()).toHaveLength(1);
  node.lose();
  expect(node.recorded()).toEqual([expect.stringMatching(/^[1-9]/), "0"]);
});

test("not one that somebody else has by now", () => {
  let recordedS = 100;
  const node = connectedNode(() => recordedS);
  recordedS = 4_000_000_000;
  node.lose();
  expect(node.recorded()).toHaveLength(1);
});
