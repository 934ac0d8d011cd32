import type { FenceOutcome, FenceRequest, Fencer, FencerDesk, NodeId } from "@quorate/ports";
import { parseXml, type XmlElement } from "@quorate/xml";
import { BUS_LIMITS, Bus } from "../../membership/src/index.ts";
import { type MemoryCluster, memoryCluster } from "../../membership/test/cluster.ts";
import { seededRandom } from "../../membership/test/virtual-clock.ts";
import { createFencer } from "../src/index.ts";
import { type AgentCall, type AgentScript, FakeAgents } from "./fake-agents.ts";

export const FULL_ACTIONS = ["on", "off", "reboot", "list", "status", "monitor", "metadata"];
/** An agent that does all and always succeeds. */
export const WORKING: AgentScript = { actions: FULL_ACTIONS };

export interface FencerNode {
  readonly name: string;
  readonly fencer: Fencer & FencerDesk;
  readonly bus: Bus;
  /** As the controller would hear of them: `reboot of n2 by n1 for client@n1: OK`. */
  readonly completed: string[];
  readonly log: string[];
  /** Process id of each node's daemon as this one saw it last. */
  readonly livesSeen: ReadonlyMap<string, number>;
  /** Its own process id; 0 before it joined. */
  life(): number;
}

/** Fencers of nodes n1, n2, ... on one bus under virtual time. */
export class Fencers {
  readonly cluster: MemoryCluster;
  readonly nodes: FencerNode[] = [];
  readonly calls: AgentCall[] = [];
  /** Nodes that were told to reset themselves, and those that must not stay. */
  readonly panics: string[] = [];
  readonly fatal: string[] = [];
  /** Of the watchdog of nodes started from now on; null: nobody feeds one. */
  watchdogMs: number | null = null;
  readonly #scripts: Map<string, AgentScript>;
  #cib = "<cib/>";

  constructor(nodeCount: number, scripts: Readonly<Record<string, AgentScript>>) {
    this.cluster = memoryCluster(nodeCount);
    this.#scripts = new Map(Object.entries(scripts));
    this.cluster.clock.advance(5000);
  }

  /** Changes what an agent does from now on. */
  script(agent: string, script: AgentScript): void {
    this.#scripts.set(agent, script);
  }

  start(nodeId: NodeId): FencerNode {
    const name = `n${nodeId}`;
    const { clock } = this.cluster;
    const log: string[] = [];
    const completed: string[] = [];
    const write = (level: string, message: string): void => void log.push(`${level}: ${message}`);
    const bus = new Bus({
      engine: this.cluster.engine(nodeId),
      group: "quorate",
      clock,
      log: write,
      limits: BUS_LIMITS,
    });
    const livesSeen = new Map<string, number>();
    bus.channel("watch").subscribe({
      message() {},
      membership: (view) => {
        for (const member of view.members) livesSeen.set(member.name, member.pid);
      },
      lost() {},
    });
    let fencer: Fencer | null = null;
    bus.start({
      connected: () => {
        fencer = createFencer({
          channel: bus.channel("fencer"),
          agents: new FakeAgents(name, { clock, scripts: this.#scripts, calls: this.calls }),
          // The hosts' clocks are not quite the same.
          clock: {
            monotonicMs: () => clock.monotonicMs(),
            wallMs: () => clock.wallMs() + nodeId * 3,
            setTimer: (delayMs, fire) => clock.setTimer(delayMs, fire),
          },
          random: seededRandom(nodeId * 1000 + this.nodes.length),
          log: write,
          watchdog: {
            timeoutMs: this.watchdogMs,
            panic: () => this.panics.push(name),
          },
          fatal: (reason) => this.fatal.push(`${name}: ${reason}`),
        });
        fencer.subscribe({ completed: (outcome) => void completed.push(describe(outcome)) });
      },
      lost() {},
    });
    for (let ms = 0; fencer === null && ms < 200; ms++) clock.advance(1);
    if (fencer === null) throw new Error(`node ${nodeId} did not come up`);
    const node: FencerNode = {
      name,
      fencer,
      bus,
      completed,
      log,
      livesSeen,
      life: () => livesSeen.get(name) ?? 0,
    };
    node.fencer.configurationChanged(elementOf(this.#cib));
    this.nodes.push(node);
    clock.advance(100);
    return node;
  }

  /** All nodes with this content of `configuration`. */
  startAll(configuration: string): FencerNode[] {
    this.configure(configuration);
    for (const { nodeId } of this.cluster.hub.nodeList) this.start(nodeId);
    return this.nodes;
  }

  configure(configuration: string): void {
    this.#cib = `<cib><configuration>${configuration}</configuration></cib>`;
    for (const node of this.nodes) node.fencer.configurationChanged(elementOf(this.#cib));
    this.cluster.clock.advance(100);
  }

  /** Asks a fencer; the answer is filled in later. */
  ask(
    node: FencerNode,
    request: Partial<FenceRequest> & { target: string },
  ): { outcome: FenceOutcome | null } {
    const answer: { outcome: FenceOutcome | null } = { outcome: null };
    node.fencer.fence(
      {
        action: "reboot",
        timeoutS: 60,
        delayS: 0,
        toleranceS: 0,
        client: `tester.${node.name}`,
        allowsSelf: false,
        ...request,
      },
      (outcome) => {
        if (answer.outcome !== null) throw new Error("answered twice");
        answer.outcome = outcome;
      },
    );
    return answer;
  }

  advance(ms: number): void {
    this.cluster.clock.advance(ms);
  }

  /** Agent runs other than monitors and the like: `n1 fence_a reboot n2`. */
  actions(): string[] {
    return this.calls
      .filter((call) => ["on", "off", "reboot"].includes(call.parameters.get("action") ?? ""))
      .map(
        (call) =>
          `${call.node} ${call.agent} ${call.parameters.get("action")} ${call.parameters.get("nodename")}`,
      );
  }
}

export function describe(outcome: FenceOutcome): string {
  const { record } = outcome;
  return `${record.action} of ${record.target} by ${record.delegate || "nobody"} for ${record.client}@${record.origin}: ${outcome.isSuccess ? "OK" : "failed"}`;
}

export function primitive(
  id: string,
  agent: string,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const pairs = Object.entries(parameters).map(
    ([name, value]) => `<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`,
  );
  return `<primitive id="${id}" class="stonith" type="${agent}"><instance_attributes id="${id}-i">${pairs.join("")}</instance_attributes></primitive>`;
}

export function elementOf(xml: string): XmlElement {
  const parsed = parseXml(xml);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.root;
}
