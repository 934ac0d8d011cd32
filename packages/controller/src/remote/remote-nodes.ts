import {
  type Agents,
  ExecutionStatus,
  OcfCode,
  type OperationResult,
  type RemoteConnection,
  type RemoteHost,
  type RemoteHosts,
} from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";
import type { AttributeService } from "../attributes/attribute-service.ts";
import type { OwnChanges } from "../cib/own-changes.ts";
import { after, type NodeContext, nowSeconds } from "../context.ts";
import { LocalOperations } from "../operations/local-operations.ts";
import type { ControlMessage } from "../wire/control-message.ts";
import { AnnouncedAgents } from "./announced-agents.ts";
import { ConnectionAgents, isConnectionAgent } from "./connection-agents.ts";
import { isLeftAlone } from "./connection-resource.ts";
import {
  connectedSince,
  connectedState,
  isDoubted,
  isUnknown,
  leftState,
  lostState,
  stateOfRemote,
} from "./remote-node-state.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly agents: Agents;
  readonly hosts: RemoteHosts;
  /** Calls back when all members have heard what this node has sent, or one of them went without. */
  whenHeard(task: (isHeard: boolean) => void): void;
  readonly changes: OwnChanges;
  readonly attributes: AttributeService;
  document(): XmlElement;
  answer(transitionKey: string, status: number, rc: number): void;
  ended(
    node: { readonly id: string; readonly name: string },
    result: OperationResult,
    targetRc: number,
  ): void;
  readiness(): "all" | "stopOnly" | "stopping";
  isQuorate(): boolean;
}

interface ConnectedNode {
  readonly connection: RemoteConnection;
  readonly host: RemoteHost;
  readonly operations: LocalOperations;
  /** Transition keys of the actions whose first result has not come yet. */
  readonly awaited: Set<string>;
  /**
   * Seconds since 1970 since when the cluster knows that the node is here, and its history is what this node remembers of it; null while it does not.
   */
  integratedS: number | null;
  /** What the record of the connection before this one says of when it was made; 0: there was none. */
  readonly formerS: number;
  /** The DC doubts it, and the host has not been asked yet. */
  isInDoubt: boolean;
}

/** In this time the node that has the connection has recorded that it is at work. */
const TAKING_MS_MAX = 1_000;

const ANSWER_MS_MAX = 5_000;

/** Actions for a remote node that this node's connection is to carry. */
type RemoteAction = Extract<ControlMessage, { kind: "executeRemote" }>;

/**
 * The remote nodes whose connection is on this node: what is asked of them, what they report, and their part of the status section.
 * Source: controller specification, 4 and 15.
 */
export class RemoteNodes {
  /** The agents of this node, connections included. */
  readonly agents: ConnectionAgents;
  readonly #deps: Dependencies;
  readonly #nodes = new Map<string, ConnectedNode>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.agents = new ConnectionAgents({
      context: deps.context,
      agents: deps.agents,
      hosts: deps.hosts,
      opened: (node, connection, host) => this.#opened(node, connection, host),
      closed: (node, kind) => this.#closed(node, kind),
      shutdownRequested: (node) => this.#onShutdownRequest(node),
      connectedSince: (node) => this.#nodes.get(node)?.integratedS ?? this.#recordedSince(node),
    });
  }

  get names(): readonly string[] {
    return [...this.#nodes.keys()];
  }

  /** What each of them has running, as far as is known: the truth that a join puts into the CIB. */
  histories(): readonly { readonly node: string; readonly state: XmlElement; readonly lrm: XmlElement }[] {
    return [...this.#nodes]
      .filter(([, { integratedS }]) => integratedS !== null)
      .map(([node, { operations, integratedS, isInDoubt }]) => ({
        node,
        state: connectedState(node, integratedS ?? 0, isInDoubt),
        lrm: operations.memory.toXml(node),
      }));
  }

  /**
   * What is to be done on a remote node of which the connection moves is asked of the node that it moves to, also when that waits for it: then
   * the one that still has the connection sees to it.
   *
   * What was decided with quorum is not begun without: the order may have come back to a part of the cluster in which nobody else is left who
   * knows of it, and the others, who do not know that it goes on here, may take over the host. Whoever leads this part decides anew.
   */
  execute({ to, node, transitionKey, action, isQuorate }: RemoteAction): void {
    const { context } = this.#deps;
    const isMine = to === context.localNodeId;
    if (isQuorate === true && !this.#deps.isQuorate()) {
      if (isMine)
        this.#refuse(transitionKey, `Quorum was lost before an action on the remote node ${node} began`);
      return;
    }
    const connected = this.#nodes.get(node);
    if (connected === undefined) {
      if (isMine) after(context, TAKING_MS_MAX, () => this.#refuseUntaken(node, transitionKey));
      return;
    }
    if (!isMine && !this.agents.isMoving(node)) return;
    connected.awaited.add(transitionKey);
    connected.operations.onMessage({
      kind: "execute",
      to: this.#deps.context.localNodeId,
      transitionKey,
      action,
    });
  }

  #refuseUntaken(node: string, transitionKey: string): void {
    const entries = stateOfRemote(this.#deps.document(), node)?.first("lrm")?.descendants("lrm_rsc_op") ?? [];
    if ([...entries].some((entry) => entry.get("transition-key") === transitionKey)) return;
    this.#refuse(transitionKey, `Not connected to the remote node ${node}: its action cannot run`);
  }

  #refuse(transitionKey: string, reason: string): void {
    this.#deps.context.log("notice", reason);
    this.#deps.answer(transitionKey, ExecutionStatus.disconnected, OcfCode.genericError);
  }

  /** The DC has put hosts in doubt. This node's connection may be dead without knowing it: only the host's answer tells that nobody else had it. */
  vouch(): void {
    const { context, changes, document } = this.#deps;
    for (const [node, connected] of this.#nodes) {
      const state = stateOfRemote(document(), node);
      if (connected.integratedS === null || state === null || !isDoubted(state)) continue;
      connected.isInDoubt = true;
      this.agents.ask(node, ANSWER_MS_MAX, (isAlive) => {
        if (!isAlive || this.#nodes.get(node) !== connected || connected.integratedS === null) return;
        connected.isInDoubt = false;
        context.log("info", `The remote node ${node} is still served by this node alone`);
        changes.setNodeStates([connectedState(node, connected.integratedS)]);
      });
    }
  }

  onResourceWish({ node, resource, wish }: Extract<ControlMessage, { kind: "remoteResource" }>): void {
    const to = this.#deps.context.localNodeId;
    const kind = wish === "fail" ? "failResource" : "forgetFailure";
    this.#nodes.get(node)?.operations.onMessage({ kind, to, resource });
  }

  forgetHistory(message: Extract<ControlMessage, { kind: "forgetHistory" }>): void {
    for (const { operations } of this.#nodes.values()) operations.onMessage(message);
  }

  /** A connection that has been started is recorded by now: the node behind it may take part. */
  onLocalResult({ operation, status, rc }: OperationResult): void {
    if (!isConnectionAgent(operation.agent) || status !== ExecutionStatus.done || rc !== OcfCode.ok) return;
    if (operation.action !== "start" && operation.action !== "migrate_from") return;
    // After the result: until it is known where the connection is, nothing may be forgotten.
    this.#deps.context.queue.run(() => this.#integrate(operation.resourceId));
  }

  close(): void {
    this.agents.close();
  }

  #opened(node: string, connection: RemoteConnection, host: RemoteHost): void {
    const { context, changes, document, answer, readiness } = this.#deps;
    const awaited = new Set<string>();
    const identity = { id: node, name: node };
    const agents = new AnnouncedAgents({
      context,
      agents: connection.agents,
      whenHeard: this.#deps.whenHeard,
      isConnected: () => this.#nodes.get(node)?.operations === operations,
      refused: ({ resourceId, transitionKey }) => {
        operations.forget(resourceId);
        answer(transitionKey, ExecutionStatus.disconnected, OcfCode.genericError);
      },
    });
    const operations: LocalOperations = new LocalOperations({
      context,
      node: identity,
      agents,
      recordsAllBegun: true,
      changes,
      document,
      answer: (transitionKey, status, rc) => {
        awaited.delete(transitionKey);
        answer(transitionKey, status, rc);
      },
      ended: (result, targetRc) => {
        awaited.delete(result.operation.transitionKey);
        this.#deps.ended(identity, result, targetRc);
      },
      readiness,
    });
    this.#nodes.set(node, {
      connection,
      host,
      operations,
      awaited,
      integratedS: null,
      formerS: this.#recordedSince(node),
      isInDoubt: false,
    });
  }

  #closed(node: string, kind: "stopped" | "lost" | "takenOver"): void {
    const connected = this.#nodes.get(node);
    if (connected === undefined) return;
    this.#nodes.delete(node);
    for (const transitionKey of connected.awaited)
      this.#deps.answer(transitionKey, ExecutionStatus.disconnected, OcfCode.genericError);
    if (kind === "takenOver" || this.#isElsewhere(node, connected)) return;
    this.#deps.context.log("notice", `The remote node ${node} is offline: its connection is ${kind}`);
    this.#deps.changes.setNodeStates([kind === "stopped" ? leftState(node) : lostState(node)]);
    this.#deps.attributes.purge(node);
  }

  /** Has somebody else connected since? Where the line is cut, the record of that is all that tells. */
  #isElsewhere(node: string, { integratedS, formerS }: ConnectedNode): boolean {
    return integratedS !== null && ![0, formerS, integratedS].includes(this.#recordedSince(node));
  }

  #recordedSince(node: string): number {
    return connectedSince(stateOfRemote(this.#deps.document(), node));
  }

  #integrate(node: string): void {
    const { context, changes, attributes, document } = this.#deps;
    const connected = this.#nodes.get(node);
    if (connected === undefined || connected.integratedS !== null) return;
    const state = stateOfRemote(document(), node);
    // Another time than that of the connection before it, whatever the clocks say.
    connected.integratedS = Math.max(nowSeconds(context), connectedSince(state) + 1);
    const isHistoryGood = connected.host.isKnown && (state === null || !isUnknown(state));
    if (isHistoryGood) this.#takeOver(node, connected);
    else changes.remove(`//node_state[@id='${node}']/lrm`);
    if (!connected.host.isKnown) attributes.purge(node);
    context.log("notice", `The remote node ${node} is online`);
    changes.setNodeStates([connectedState(node, connected.integratedS)]);
  }

  /**
   * The host has gone on while nobody was connected: what the history says still holds, but for what was under way then. Recurring
   * operations ended with the former connection; without their entries they are asked for anew.
   */
  #takeOver(node: string, { operations, host }: ConnectedNode): void {
    const { changes, document } = this.#deps;
    const history =
      stateOfRemote(document(), node)?.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? [];
    const unsettled = new Set(host.unsettled);
    for (const resource of [...history]) {
      const id = resource.id ?? "";
      const entries = resource.all("lrm_rsc_op");
      const isPending = entries.some(
        (entry) => entry.get("op-status") === String(ExecutionStatus.pending) && !isRecurring(entry),
      );
      if (isPending || unsettled.has(id)) {
        changes.removeHistory(node, id);
        continue;
      }
      const agent = {
        class: resource.get("class") ?? "",
        provider: resource.get("provider") ?? "",
        type: resource.get("type") ?? "",
      };
      const kept = entries.filter((entry) => !isRecurring(entry));
      operations.memory.record(
        id,
        agent,
        kept.map((entry) => entry.clone()),
      );
      for (const entry of entries)
        if (isRecurring(entry)) changes.removeHistoryEntry(node, id, entry.id ?? "", false);
    }
  }

  /** The host waits until what runs there was moved away and its connection stopped. */
  #onShutdownRequest(node: string): void {
    const { context, attributes } = this.#deps;
    if (isLeftAlone(this.#deps.document(), node)) {
      context.log(
        "notice",
        `The remote node ${node} shuts down in maintenance: its resources stay as they are`,
      );
      this.#nodes.get(node)?.connection.answerShutdown(false);
      return;
    }
    context.log("notice", `The remote node ${node} is to shut down: moving its resources away`);
    attributes.set(node, "shutdown", String(nowSeconds(context)));
    this.#nodes.get(node)?.connection.answerShutdown(true);
  }
}

/** A failure of a recurring operation is a record of its own. */
function isRecurring(entry: XmlElement): boolean {
  return (entry.get("interval") ?? "0") !== "0" && entry.id?.endsWith("_last_failure_0") !== true;
}
