import { parseDurationMs } from "@quorate/cib";
import {
  CONFIRMED_BY_HAND,
  ExecutionStatus,
  type FenceOutcome,
  type Fencer,
  type FencingRecord,
} from "@quorate/ports";
import type { GraphAction, TransitionGraph } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import type { AttributeService } from "../attributes/attribute-service.ts";
import type { OwnChanges } from "../cib/own-changes.ts";
import type { ReplicaChange } from "../cib/replica.ts";
import type { ExitNotice } from "../cluster-node.ts";
import { type NodeContext, nowSeconds } from "../context.ts";
import { nodeStateElement } from "../membership/node-state.ts";
import { isActive, type Peers } from "../membership/peers.ts";
import { connectedSince, fencedState, stateOfRemote } from "../remote/remote-node-state.ts";
import { type FenceEnd, fencingActionOf } from "../transition/action-dispatch.ts";
import { eventsOfPatchset } from "../transition/cib-events.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  readonly fencer: Fencer;
  readonly changes: OwnChanges;
  readonly attributes: AttributeService;
  document(): XmlElement;
  /** This node is the DC and shares the CIB with the others. */
  isLeading(): boolean;
  options(): { readonly attemptsMax: number; readonly panicsWhenFenced: boolean };
  /** Any fencing operation of the cluster ended. */
  completed(outcome: FenceOutcome): void;
  externallyFenced(target: string): void;
  exit(notice: ExitNotice): void;
}

const FENCING_TIMEOUT_DEFAULT_S = 60;
/** More than are ever under way; those that are never told to have ended must not pile up. */
const BEGUN_MAX = 100;

/** A node's time in the cluster, as told from the next one. Null: none of those that go on. */
interface Stay {
  /** Of a member of the group. */
  readonly arrivalCount: number | null;
  /** Of a remote node: since when there is a connection to it, in seconds since 1970; 0 while there is none. */
  readonly connectedS: number | null;
}

/**
 * What the controllers have to do with fencing: the DC's requests, what follows from their success, and this node's
 * own end when it learns that it was fenced. Source: controller specification, 11.
 */
export class FencingDesk {
  readonly #deps: Dependencies;
  /** Since the last success, of each target; with the id of the last fencing that failed. */
  readonly #failures = new Map<string, { readonly count: number; readonly id: string }>();
  /**
   * Targets fenced while another node led, until they are back: its successor makes sure that the CIB shows it. Each with the time at which
   * that was told, in seconds since 1970.
   */
  readonly #fenced = new Map<string, number>();
  /**
   * The target's stay when an operation began, by the id of the operation, in the order of beginning: that is what it ends. What it is when the operation
   * is told to have ended may be the next one already, of a target that was quick to come back; clocks could not tell, since they differ.
   */
  readonly #begun = new Map<string, Stay>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
    deps.fencer.subscribe({
      begun: (record) => deps.context.queue.run(() => this.#onBegun(record)),
      completed: (outcome) => deps.context.queue.run(() => this.#onCompleted(outcome)),
    });
  }

  request(action: GraphAction, graph: TransitionGraph, done: (end: FenceEnd) => void): void {
    const { context, peers, fencer } = this.#deps;
    const target = action.onNode ?? "";
    const fencing = fencingActionOf(action);
    const timeoutText = graph.attributes.get("fencing-timeout") ?? graph.attributes.get("stonith-timeout");
    const timeoutMs = timeoutText === undefined ? null : parseDurationMs(timeoutText);
    const isDecidedWithQuorum = peers.isQuorate;
    const stayAtRequest = this.#stayOf(target);
    const timeoutS =
      timeoutMs === null ? FENCING_TIMEOUT_DEFAULT_S : Math.max(1, Math.ceil(timeoutMs / 1000));
    const delayMs = parseDurationMs(action.attributes.get("CRM_meta_priority_fencing_delay") ?? "0") ?? 0;
    context.log(
      "notice",
      `Requesting fencing (${fencing}) targeting node ${target} | action=${action.id} timeout=${timeoutS}`,
    );
    fencer.fence(
      {
        target,
        action: fencing,
        timeoutS,
        delayS: Math.ceil(delayMs / 1000),
        toleranceS: 0,
        client: this.#client(),
        allowsSelf: peers.online().length === 1,
        // Decided with quorum, it must not go on for minutes in a part that has none: the others may shoot back.
        isWanted: () => !isDecidedWithQuorum || peers.isQuorate,
      },
      (outcome) =>
        context.queue.run(() => {
          if (outcome.isSuccess && fencing === "on") this.#unfenced(action, target);
          else if (outcome.isSuccess) this.#fencedTarget(target, stayAtRequest);
          done({
            isSuccess: outcome.isSuccess,
            isHopeless: !outcome.isSuccess && this.#isHopeless(target, outcome),
          });
        }),
    );
  }

  /** A node came: what was done to its former life is over. */
  arrived(name: string): void {
    this.#fenced.delete(name.toLowerCase());
  }

  /** A remote node's coming is told by the status section, which all see at the same place in the order. */
  onCibChange(change: ReplicaChange): void {
    if (this.#fenced.size === 0) return;
    for (const event of eventsOfPatchset(change.patchset))
      if (event.kind === "remoteNode") this.arrived(event.nodeId);
  }

  forget(name: string): void {
    this.#fenced.delete(name.toLowerCase());
    this.#failures.delete(name.toLowerCase());
  }

  /** A new DC repeats what the one before it may not have written any more. */
  tookLead(): void {
    for (const [name, toldS] of [...this.#fenced]) {
      const peer = this.#deps.peers.byName(name);
      if (peer !== null && isActive(peer)) continue;
      const remote = peer === null ? stateOfRemote(this.#deps.document(), name) : null;
      if (remote !== null && connectedSince(remote) > toldS) continue;
      const states = this.#deps.document().first("status")?.all("node_state") ?? [];
      const state = states.find((candidate) => candidate.get("uname")?.toLowerCase() === name);
      if (state?.get("expected") === "down" && state.first("lrm") === null) continue;
      this.#deps.context.log("notice", `Marking ${name}, target of a previous fencing action, as clean`);
      this.#fencedTarget(peer?.name ?? name, { ...this.#stayOf(name), arrivalCount: null });
    }
  }

  #onBegun({ id, target }: FencingRecord): void {
    this.#begun.set(id, this.#stayOf(target));
    const [oldest] = this.#begun.keys();
    if (this.#begun.size > BEGUN_MAX && oldest !== undefined) this.#begun.delete(oldest);
  }

  #onCompleted(outcome: FenceOutcome): void {
    const { context, peers } = this.#deps;
    const { record } = outcome;
    const key = record.target.toLowerCase();
    // A person who confirms that it is down means the present.
    const stayAtBegin =
      this.#begun.get(record.id) ?? (record.delegate === CONFIRMED_BY_HAND ? this.#stayOf(key) : null);
    this.#begun.delete(record.id);
    this.#deps.completed(outcome);
    context.log(
      outcome.isSuccess ? "notice" : "warning",
      `Peer ${record.target} was ${outcome.isSuccess ? "" : "not "}${record.action === "on" ? "unfenced" : "terminated"} (${record.action}) by ` +
        `${record.delegate === "" ? "<anyone>" : record.delegate} on behalf of ${record.client}@${record.origin}: ` +
        `${outcome.isSuccess ? "OK" : outcome.reason} | event=${record.id}`,
    );
    if (!outcome.isSuccess && outcome.status === ExecutionStatus.cancelled) return;
    if (!outcome.isSuccess) {
      this.#failures.set(key, { count: this.#failureCount(outcome), id: record.id });
      return;
    }
    this.#failures.delete(key);
    if (record.action === "on") return;
    if (key === context.localName.toLowerCase()) {
      context.log("critical", `We were allegedly just fenced by ${record.delegate} for ${record.origin}!`);
      this.#deps.exit({
        exitCode: this.#deps.options().panicsWhenFenced ? 101 : 100,
        reason: `this node was fenced by ${record.delegate} for ${record.origin}`,
      });
      return;
    }
    if (!this.#deps.isLeading()) {
      this.#fenced.set(key, nowSeconds(context));
      return;
    }
    if (record.client === this.#client() && record.origin === context.localName) return;
    context.log("notice", `External fencing operation from ${record.client} fenced ${record.target}`);
    const peer = peers.byName(record.target);
    const isPresentLife = record.targetPid === null || record.targetPid === peer?.pid;
    const { arrivalCount } = this.#stayOf(record.target);
    this.#fencedTarget(record.target, {
      arrivalCount: isPresentLife ? arrivalCount : null,
      connectedS: stayAtBegin?.connectedS ?? null,
    });
    this.#deps.externallyFenced(record.target);
  }

  /**
   * Law 3: from here on the node counts as down, and nothing of it as running.
   * @param ended the stay that the fencing ended: what goes on by now is another one
   */
  #fencedTarget(target: string, ended: Stay): void {
    const { context, peers, changes, attributes } = this.#deps;
    if (!this.#deps.isLeading()) {
      this.#fenced.set(target.toLowerCase(), nowSeconds(context));
      return;
    }
    const peer = peers.byName(target);
    const present = this.#stayOf(target);
    const isBack =
      peer === null
        ? present.connectedS !== 0 && present.connectedS !== ended.connectedS
        : peer.pid !== null && present.arrivalCount !== ended.arrivalCount;
    if (isBack) {
      context.log("notice", `${target} is back already after it was fenced`);
      return;
    }
    if (peer !== null) {
      peer.isFenced = peer.pid !== null || peer.isRingMember;
      peer.expected = "down";
      peer.phase = "none";
      changes.setNodeStates([nodeStateElement(peer, "fenced")]);
    } else if (stateOfRemote(this.#deps.document(), target) !== null) {
      changes.setNodeStates([fencedState(target, nowSeconds(context))]);
    }
    changes.remove(`//node_state[@uname='${target}']/lrm`);
    attributes.purge(target);
  }

  #stayOf(target: string): { readonly arrivalCount: number; readonly connectedS: number } {
    return {
      arrivalCount: this.#deps.peers.byName(target)?.arrivalCount ?? 0,
      connectedS: connectedSince(stateOfRemote(this.#deps.document(), target)),
    };
  }

  #unfenced(action: GraphAction, target: string): void {
    const values: [string, string | null][] = [["#node-unfenced", String(nowSeconds(this.#deps.context))]];
    for (const [attribute, meta] of [
      ["#digests-all", "CRM_meta_digests_all"],
      ["#digests-secure", "CRM_meta_digests_secure"],
    ] as const) {
      const value = action.attributes.get(meta);
      if (value !== undefined) values.push([attribute, value]);
    }
    this.#deps.attributes.setAll(target, values);
  }

  #isHopeless(target: string, outcome: FenceOutcome): boolean {
    if (outcome.status === ExecutionStatus.noFenceDevice) return true;
    const failures = this.#failureCount(outcome);
    if (failures < this.#deps.options().attemptsMax) return false;
    this.#deps.context.log("warning", `Too many failures (${failures}) to fence ${target}, giving up`);
    return true;
  }

  /** With this one, which whoever asked for it hears of before all are told. */
  #failureCount({ record }: FenceOutcome): number {
    const { count, id } = this.#failures.get(record.target.toLowerCase()) ?? { count: 0, id: "" };
    return id === record.id ? count : count + 1;
  }

  #client(): string {
    const { context, peers } = this.#deps;
    return `pacemaker-controld.${peers.get(context.localNodeId)?.pid ?? 0}`;
  }
}
