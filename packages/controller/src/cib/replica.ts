import { type CibOutcome, digestV2, type Patchset } from "@quorate/cib";
import type { Member, MembershipView, NodeId } from "@quorate/ports";
import { serializeXml, type XmlElement } from "@quorate/xml";
import type { CibAnswer, CibRequest } from "../cluster-node.ts";
import { after, type NodeContext } from "../context.ts";
import { viewKey } from "../membership/peers.ts";
import type { CibMessage, OrderedOperation } from "../wire/cib-message.ts";
import type { CibSummary } from "../wire/control-message.ts";
import { Adoption } from "./adoption.ts";
import type { Provenance } from "./ancestry.ts";
import { CopyComparison } from "./copy-comparison.ts";
import { CopyRecord } from "./copy-record.ts";
import type { CopyPlace } from "./disk.ts";
import { carryOut, isReadOnly, raiseEpoch, versionSummary } from "./document.ts";
import { DurabilityLedger } from "./durability-ledger.ts";
import { HeldRequests } from "./held-requests.ts";
import { Lineage, memberKey } from "./lineage.ts";
import { OutstandingChanges } from "./outstanding-changes.ts";
import { changeBytes, SizeLimits } from "./size-limits.ts";
import { copyReceived, copyToSend, type Holding, holdingOf } from "./snapshot.ts";

/** One change of this node's copy, told after it was made. */
export interface ReplicaChange {
  readonly operation: string;
  readonly clientName: string;
  readonly clientId: string;
  readonly originNode: string;
  readonly patchset: Patchset;
  readonly isConfigurationChanged: boolean;
}

interface Dependencies {
  readonly context: NodeContext;
  /** Number of configured nodes. */
  readonly configuredCount: number;
  send(message: CibMessage, to?: NodeId): void;
  /** The present state of the document is to be written to disk. */
  persist(): void;
  changed(change: ReplicaChange): void;
  /** The document changed by an operation of which nobody is to be told. */
  changedUntold(): void;
  /** Every member named by the `adopt` message of this lineage has the same copy from this place on. */
  adopted(lineage: string): void;
  /** This node's copy cannot be used any more. */
  fatal(reason: string): void;
  /** Some members' copies differ from the others'; told on every member. */
  diverged(nodes: readonly NodeId[]): void;
}

/** How long the members that wait are asked what they hold; one that says nothing gets the whole. Milliseconds. */
const HOLDINGS_MS_MAX = 1000;

const QUORUM_LOST: CibAnswer = {
  kind: "outcomeUnknown",
  reason:
    "quorum was lost before the change was on the disks of most nodes: it may be given up when the nodes meet again",
};

interface Awaiting {
  readonly owner: NodeId;
  /** What this node told that it holds. */
  readonly holding: Holding;
  readonly buffer: { readonly from: Member; readonly id: number; readonly request: OrderedOperation }[];
}

/**
 * This node's copy of the CIB. Copies of one *lineage* start equal and apply the same operations in the same order;
 * a node belongs to the lineage from an `adopt` message that names it until it leaves. Operations of nodes outside
 * the lineage are none of its business: what a joining node or the other half of a split did is never mixed in, it is
 * replaced as a whole by the copy that the DC chose. Law 2 of the design; CIB manager specification, 7.
 *
 * ```
 *   own copy ──adopt, not stale──► live ──────────adopt──────────► live
 *      │                            ▲  ▲
 *      └──adopt, stale──► awaiting ─┘  └── snapshot, then the operations since
 * ```
 */
export class Replica {
  readonly #deps: Dependencies;
  readonly #ledger: DurabilityLedger;
  #document: XmlElement;
  readonly #record: CopyRecord;
  /** Operations applied in this lineage. */
  #sequence = 0;
  #replacements = 0;
  readonly #lineage: Lineage;
  #awaiting: Awaiting | null = null;
  /** Members that wait for a snapshot, and of whom. */
  #adoption: Adoption | null = null;
  /** This node owes the others the snapshot of that adoption. */
  #owesSnapshot = false;
  /** By which the members judge changes: that of the DC that chose the copy, so that all come to the same. */
  #featureSet: string;
  readonly #outstanding: OutstandingChanges;
  readonly #held: HeldRequests;
  readonly #sizes = new SizeLimits();
  readonly #comparison: CopyComparison;
  #closedReason: string | null = null;
  #isStoredValid: boolean;
  /** A change validated the whole document, see `CibOutcome`. Not at the start: a node runs on with some mistakes of a stored one. */
  #isKnownValid = false;

  /** `isValid` false: the document breaks its own schema. All requests are refused until another copy is adopted. */
  constructor(
    deps: Dependencies,
    stored: { readonly document: XmlElement; readonly provenance: Provenance; readonly isValid: boolean },
  ) {
    this.#deps = deps;
    this.#document = stored.document;
    this.#featureSet = deps.context.config.featureSet;
    this.#record = new CopyRecord(deps.context.bytes, stored.document, stored.provenance);
    this.#isStoredValid = stored.isValid;
    this.#lineage = new Lineage(deps.context.localNodeId, deps.configuredCount);
    this.#outstanding = new OutstandingChanges(deps.context.queue);
    this.#ledger = new DurabilityLedger(deps.context);
    this.#comparison = new CopyComparison(deps.context.localNodeId);
    this.#held = new HeldRequests(
      deps.context,
      { lineage: this.#lineage, isSettled: () => this.isSettled },
      (request, done) => this.submit(request, done),
    );
  }

  get document(): XmlElement {
    return this.#document;
  }

  get provenance(): Provenance {
    return this.#record.provenance;
  }

  get place(): CopyPlace {
    return { replacements: this.#replacements, sequence: this.#sequence };
  }

  /** Does this node's copy belong to what a DC agreed on, complete and up to date? */
  get isSynchronised(): boolean {
    return this.#lineage.isLive && this.#awaiting === null;
  }

  /** Every member of the group shares this node's copy. */
  get isSettled(): boolean {
    return this.#awaiting === null && this.#lineage.isWhole;
  }

  /** Members of the group that share this node's copy, or wait for it. */
  get sharers(): readonly NodeId[] {
    return this.#lineage.present.map(({ nodeId }) => nodeId);
  }

  summary(): CibSummary {
    return {
      ...versionSummary(this.#document),
      lineage: this.#awaiting === null && this.#isStoredValid ? this.#lineage.name : null,
      ...this.#record.provenance,
      isLive: this.#lineage.isLive,
      wasQuorate: this.#record.wasQuorate,
    };
  }

  /** A client's request: reads are answered from this copy, changes go to all. */
  request(request: CibRequest, done: (answer: CibAnswer) => void): void {
    const { queue } = this.#deps.context;
    if (this.#closedReason !== null) {
      const reason = this.#closedReason;
      queue.run(() => done({ kind: "unavailable", reason }));
      return;
    }
    if (isReadOnly(request) || !this.#isStoredValid) {
      const answer = answerOf(this.#carryOut(this.#ordered(request), this.#deps.context.localName));
      queue.run(() => done(answer));
      return;
    }
    const bytes = changeBytes(request);
    const refusal = this.#sizes.refusal(request, bytes, this.#document);
    if (refusal !== null) {
      queue.run(() => done(refusal));
      return;
    }
    this.#sizes.begun(bytes);
    this.#held.take(request, (answer) => {
      this.#sizes.over(bytes);
      done(answer);
    });
  }

  /** A change that does not wait for a join to settle: the controller's own. */
  submit(request: CibRequest, done: (answer: CibAnswer) => void): void {
    const id = this.#outstanding.add({ wasQuorate: this.#lineage.view?.isQuorate ?? false, done });
    this.#deps.send({ kind: "operation", id, request: this.#ordered(request) });
  }

  /** Runs the task, in a later event, when no change sent by this node is still to be delivered. */
  whenSettled(task: () => void): void {
    this.#outstanding.whenNone(task);
  }

  /** The DC makes all `members` continue with the copy of `owner`. Void when the view changes before it is delivered. */
  adopt(choice: {
    readonly lineage: string;
    readonly owner: NodeId;
    readonly members: readonly NodeId[];
    readonly stale: readonly NodeId[];
    readonly epochAtLeast: number;
  }): void {
    const { view } = this.#lineage;
    if (view === null) return;
    this.#deps.send({
      kind: "adopt",
      view: viewKey(view),
      featureSet: this.#deps.context.config.featureSet,
      ...choice,
    });
  }

  /** Makes all members of the lineage compare their copies. */
  compare(): void {
    this.#deps.send({ kind: "compare", lineage: this.#lineage.name, comparison: this.#comparison.next() });
  }

  /** The disk has everything up to that place, or failed. What it has of a copy that was or is to be replaced says nothing to those who share the other one. */
  persisted(place: CopyPlace, error: { readonly code: string; readonly message: string } | null): void {
    if (this.#awaiting !== null || place.replacements !== this.#replacements) return;
    this.#deps.send({ kind: "durable", lineage: this.#lineage.name, sequence: place.sequence, error });
  }

  onView(view: MembershipView): void {
    const hasLost = this.#lineage.onView(view);
    if (hasLost && this.#awaiting === null) this.#deps.persist();
    if (this.#adoption !== null && view.left.some((left) => left.nodeId === this.#adoption?.owner))
      this.#abandonAdoption();
    this.#sendSnapshotIfTold();
    if (this.#lineage.isLive && this.#lineage.isWhole) this.#noteQuorum(view);
    if (!view.isQuorate || (hasLost && !this.#lineage.isKept)) this.#ledger.quorumLost();
    this.#ledger.retain((nodeId) => view.members.some((member) => member.nodeId === nodeId));
    if (this.isSettled) this.#held.release();
  }

  onMessage(from: Member, message: CibMessage): void {
    switch (message.kind) {
      case "operation":
        this.#onOperation(from, message.id, message.request);
        return;
      case "adopt":
        this.#onAdopt(message);
        return;
      case "holding":
        if (message.lineage !== this.#adoption?.lineage) return;
        this.#adoption.told(memberKey(from), message.configuration);
        this.#sendSnapshotIfTold();
        return;
      case "snapshot":
        this.#onSnapshot(message);
        return;
      case "durable":
        if (message.lineage === this.#lineage.name)
          this.#ledger.report({ nodeId: from.nodeId, name: from.name }, message.sequence, message.error);
        return;
      case "compare":
        this.#comparison.asked(message.comparison);
        if (message.lineage === this.#lineage.name && this.#awaiting === null)
          this.#deps.send({
            kind: "digest",
            lineage: this.#lineage.name,
            comparison: message.comparison,
            sequence: this.#sequence,
            digest: digestV2(this.#document),
          });
        return;
      case "digest":
        this.#onDigest(from, message);
        return;
      default:
        message satisfies never;
    }
  }

  /** Refuses all requests from now on. */
  close(reason: string): void {
    this.#closedReason = reason;
    this.#held.refuse(reason);
  }

  #ordered(request: CibRequest): OrderedOperation {
    return { ...request, sentMs: this.#deps.context.clock.wallMs() };
  }

  #onOperation(from: Member, id: number, request: OrderedOperation): void {
    if (!this.#lineage.has(from)) return;
    if (this.#awaiting !== null) {
      this.#awaiting.buffer.push({ from, id, request });
      return;
    }
    // As of the adoption, as those who wait for it expect.
    this.#sendSnapshot();
    this.#apply(from, id, request);
  }

  #apply(from: Member, id: number, request: OrderedOperation): void {
    this.#sequence += 1;
    const applied = this.#carryOut(request, from.name);
    this.#document = applied.cib;
    this.#sizes.applied(request);
    this.#isKnownValid ||= applied.isValidated;
    this.#deps.context.bytes.forget(applied.touched);
    if (applied.isChanged) this.#record.changed(this.#document, this.#lineage.hasMajority);
    if (applied.patchset !== null && applied.isChanged && applied.isNotified)
      this.#deps.changed({
        operation: request.operation,
        clientName: request.client.name,
        clientId: request.client.id,
        originNode: from.name,
        patchset: applied.patchset,
        isConfigurationChanged: applied.isConfigurationChanged,
      });
    else if (applied.isChanged) this.#deps.changedUntold();
    if (applied.isWriteNeeded) this.#deps.persist();
    if (from.nodeId === this.#deps.context.localNodeId) this.#answer(id, applied);
  }

  #carryOut(request: OrderedOperation, origin: string): CibOutcome {
    return carryOut(this.#document, request, {
      featureSet: this.#featureSet,
      origin,
      isStoredValid: this.#isStoredValid,
      isKnownValid: this.#isKnownValid,
    });
  }

  #answer(id: number, applied: CibOutcome): void {
    this.#outstanding.conclude(id, ({ wasQuorate, done }) => {
      const { view } = this.#lineage;
      const answer = answerOf(applied);
      const { isKept } = this.#lineage;
      if (applied.isWriteNeeded && (wasQuorate || view?.isQuorate === true) && !isKept) done(QUORUM_LOST);
      else if (applied.isWriteNeeded && view !== null)
        this.#ledger.wait(this.#sequence, this.#lineage.present, {
          needsQuorum: isKept,
          done: (outcome) => {
            if (outcome.kind === "quorumLost") done(QUORUM_LOST);
            else
              done(
                outcome.failures.length === 0 ? answer : { kind: "notDurable", failures: outcome.failures },
              );
          },
        });
      else done(answer);
    });
  }

  #onAdopt(message: Extract<CibMessage, { kind: "adopt" }>): void {
    const { view } = this.#lineage;
    if (view === null || message.view !== viewKey(view)) return;
    const { localNodeId } = this.#deps.context;
    const keysOf = (nodeIds: readonly NodeId[]) => nodeIds.map((nodeId) => this.#lineage.keyOf(nodeId));
    if (!message.members.includes(localNodeId)) {
      this.#lineage.exclude(keysOf(message.members));
      return;
    }
    if (this.#awaiting !== null && !message.stale.includes(localNodeId)) {
      // Chosen by somebody who did not know yet that this node had begun to wait: its own copy is not the one they mean.
      this.#standAlone("a copy was chosen that this node does not have");
      return;
    }
    this.#discardBuffer("a newer copy was chosen");
    this.#lineage.chosen(message.lineage, message.view, message.members);
    this.#featureSet = message.featureSet ?? this.#featureSet;
    this.#owesSnapshot = false;
    this.#adoption =
      message.stale.length > 0 ? new Adoption(message.lineage, message.owner, keysOf(message.stale)) : null;
    if (message.stale.includes(localNodeId)) {
      this.#ledger.abandon("the copy of the CIB that held the change was replaced by another one");
      const holding = this.#isStoredValid ? holdingOf(this.#document, this.#deps.context.bytes) : null;
      this.#awaiting = { owner: message.owner, holding, buffer: [] };
      this.#deps.send({ kind: "holding", lineage: message.lineage, configuration: holding });
      return;
    }
    raiseEpoch(this.#document, message.epochAtLeast);
    this.#noteQuorum(view);
    this.#record.changed(this.#document, false);
    if (message.owner === localNodeId && this.#adoption !== null) {
      this.#owesSnapshot = true;
      after(this.#deps.context, HOLDINGS_MS_MAX, () => {
        if (this.#adoption?.lineage === message.lineage) this.#sendSnapshot();
      });
    }
    this.#deps.persist();
    if (this.#adoption === null) this.#deps.adopted(message.lineage);
    if (this.isSettled) this.#held.release();
  }

  #sendSnapshotIfTold(): void {
    if (this.#adoption?.isTold(this.#lineage.members)) this.#sendSnapshot();
  }

  /** Once, and before this copy changes: it shows the place of the adoption. */
  #sendSnapshot(): void {
    if (!this.#owesSnapshot || this.#adoption === null) return;
    this.#owesSnapshot = false;
    const holding = holdingOf(this.#document, this.#deps.context.bytes);
    const isHeld = this.#adoption.isHeld(this.#lineage.members, holding);
    this.#deps.send({
      kind: "snapshot",
      lineage: this.#adoption.lineage,
      sequence: this.#sequence,
      ...this.provenance,
      ...copyToSend(this.#document, isHeld ? holding : null),
    });
  }

  #onSnapshot(message: Extract<CibMessage, { kind: "snapshot" }>): void {
    if (message.lineage !== this.#adoption?.lineage) return;
    this.#adoption = null;
    const awaiting = this.#awaiting;
    if (awaiting === null) {
      this.#deps.adopted(message.lineage);
      return;
    }
    this.#awaiting = null;
    const received = copyReceived(this.#document, awaiting.holding, message);
    if (!received.ok) {
      this.#deps.fatal(`node ${awaiting.owner} sent ${received.problem}`);
      return;
    }
    const { patchset } = received;
    this.#document = received.document;
    this.#sizes.replaced();
    this.#isStoredValid = true;
    this.#isKnownValid = false;
    this.#sequence = message.sequence;
    this.#replacements += 1;
    this.#record.replaced(message);
    if (this.#lineage.view !== null) this.#noteQuorum(this.#lineage.view);
    if (patchset !== null)
      this.#deps.changed({
        operation: "cib_sync",
        clientName: "crmd",
        clientId: "sync",
        originNode:
          this.#lineage.view?.members.find((member) => member.nodeId === awaiting.owner)?.name ?? "",
        patchset,
        isConfigurationChanged: true,
      });
    for (const { from, id, request } of awaiting.buffer) this.#apply(from, id, request);
    this.#deps.persist();
    this.#deps.adopted(message.lineage);
    if (this.isSettled) this.#held.release();
  }

  /** The owner went before its snapshot came: those who waited for it are on their own again. */
  #abandonAdoption(): void {
    if (this.#awaiting !== null) {
      this.#standAlone("the node with the best copy left");
      return;
    }
    this.#lineage.exclude(this.#adoption?.stale ?? []);
    this.#adoption = null;
    this.#owesSnapshot = false;
  }

  /** This node shares its copy with nobody, until a DC chooses again. */
  #standAlone(reason: string): void {
    this.#adoption = null;
    this.#owesSnapshot = false;
    this.#discardBuffer(reason);
    this.#lineage.standAlone();
  }

  /** Own operations among those that waited for a snapshot may be in effect elsewhere. */
  #discardBuffer(reason: string): void {
    const buffer = this.#awaiting?.buffer ?? [];
    this.#awaiting = null;
    for (const { from, id } of buffer) {
      if (from.nodeId !== this.#deps.context.localNodeId) continue;
      this.#outstanding.conclude(id, ({ done }) => done({ kind: "outcomeUnknown", reason }));
    }
  }

  #onDigest(from: Member, message: Extract<CibMessage, { kind: "digest" }>): void {
    if (message.lineage !== this.#lineage.name || this.#awaiting !== null) return;
    const different = this.#comparison.answered(from.nodeId, message, this.sharers);
    if (different.length > 0) this.#deps.diverged(different);
  }

  #noteQuorum(view: MembershipView): void {
    this.#record.inRing(view.ringId, this.#lineage.hasMajority, this.#document);
  }
}

function answerOf(outcome: CibOutcome): CibAnswer {
  const { reply, reason } = outcome;
  return { kind: "done", code: outcome.code, reason, data: reply === null ? null : serializeXml(reply) };
}
