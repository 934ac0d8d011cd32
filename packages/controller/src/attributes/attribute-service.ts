import type { Member, MembershipView, NodeId, Timer } from "@quorate/ports";
import type {
  AttributeAccess,
  AttributeUpdateRequest,
  AttributeValue,
  CleanupFilter,
  RequestResult,
} from "../cluster-node.ts";
import { after, type NodeContext } from "../context.ts";
import { viewKey } from "../membership/peers.ts";
import type { AttributeMessage } from "../wire/attribute-message.ts";
import { AbsentColumns, type DecidedColumn, type LaterChange } from "./absent-columns.ts";
import { type AttributeChange, AttributeTable, type TransientAttribute } from "./attribute-table.ts";

interface Dependencies {
  readonly context: NodeContext;
  /** To all, or to one. */
  send(message: AttributeMessage, to?: NodeId): void;
  /** Called on every node when the value of a public attribute is due to be in the CIB; the writer writes it. */
  due(attribute: TransientAttribute): void;
  /** All values are due. */
  allDue(): void;
  /** Names of the remote nodes that this node is connected to. */
  remoteNodes(): readonly string[];
  /** All values of a node are gone. */
  nodeDropped(node: string): void;
}

interface Waiting {
  readonly done: (result: RequestResult) => void;
  /** Confirmations still to come; empty for a request that waits for its own delivery only. */
  readonly missing: Set<NodeId> | null;
  timer: Timer | null;
}

/** How long a caller waits for all nodes to confirm. Source: attribute manager specification, 8. */
const CONFIRMATION_LIMIT_MS = 15_000;

/**
 * Keeps the transient attributes equal on all nodes. Every change is a message that all apply at its place in the
 * order, increments included. A node's own values are the truth for those it meets anew: at each view with new
 * members everybody sends its own column as of that view, and changes that come in between are applied on top.
 * Source: attribute manager specification.
 */
export class AttributeService implements AttributeAccess {
  readonly table = new AttributeTable();
  readonly #deps: Dependencies;
  readonly #timers = new Map<string, Timer>();
  readonly #waiting = new Map<number, Waiting>();
  /** What came since, per node (name in lower case) whose column is on its way. */
  readonly #expected = new Map<string, LaterChange[]>();
  readonly #absent = new AbsentColumns();
  #requestCount = 0;
  #view: MembershipView | null = null;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  update(request: AttributeUpdateRequest, done: (result: RequestResult) => void): void {
    const names = this.#expandName(request);
    if (!Array.isArray(names)) {
      this.#deps.context.queue.run(() => done(names));
      return;
    }
    const changes = names.map((name) => ({
      name,
      node: request.node ?? this.#deps.context.localName,
      value: request.value,
      kind: request.kind,
      delayMs: request.delayMs,
      isPrivate: request.isPrivate,
      setId: request.setId,
      setType: request.setType,
      user: request.user,
    }));
    if (changes.length === 0) {
      this.#deps.context.queue.run(() => done({ ok: true }));
      return;
    }
    this.#send(changes, request.wait, done);
  }

  /** Sets one value on one node, for the controller's own purposes. */
  set(node: string, name: string, value: string | null): void {
    this.#send([plainChange(node, name, value)], "no", () => {});
  }

  /** Sets several values as one change. */
  setAll(node: string, values: readonly (readonly [name: string, value: string | null])[]): void {
    this.#send(
      values.map(([name, value]) => plainChange(node, name, value)),
      "no",
      () => {},
    );
  }

  query(name: string, node: string | null): readonly AttributeValue[] | null {
    const attribute = this.table.get(name);
    if (attribute === null) return null;
    if (node === null) return [...attribute.values.values()];
    const entry = attribute.values.get(node.toLowerCase());
    return [{ node, value: entry?.value ?? null }];
  }

  names(): readonly string[] {
    return this.table.names();
  }

  refresh(done: (result: RequestResult) => void): void {
    this.#deps.send({ kind: "refresh", request: this.#expect(done, null) });
  }

  clearFailures(filter: CleanupFilter, done: (result: RequestResult) => void): void {
    this.#deps.send({ kind: "clear", request: this.#expect(done, null), filter });
  }

  /** Makes all nodes forget a node's values. */
  purge(node: string): void {
    this.#deps.send({ kind: "purge", node });
  }

  /** Have all members said what they know of nodes that are no members? */
  get isAgreed(): boolean {
    return !this.#absent.isOpen;
  }

  onView(view: MembershipView): void {
    const before = this.#view;
    this.#view = view;
    for (const left of view.left) {
      this.#absent.finished(left.nodeId, null);
      if (left.nodeId === this.#deps.context.localNodeId) continue;
      this.#drop(left.name, "node loss");
      for (const [request, waiting] of this.#waiting) {
        if (waiting.missing?.delete(left.nodeId)) this.#completeIfConfirmed(request, waiting);
      }
    }
    const others = view.joined.filter((member) => member.nodeId !== this.#deps.context.localNodeId);
    for (const member of others) this.#expected.set(member.name.toLowerCase(), []);
    if (view.joined.length > 0) this.#introduce(view, before);
    else this.#decideAbsent();
  }

  /** Tells those who are new what they cannot know. */
  #introduce(view: MembershipView, before: MembershipView | null): void {
    const { context, remoteNodes, send } = this.#deps;
    const key = viewKey(view);
    this.#absent.begin(view);
    const members = new Set(view.members.map(({ name }) => name.toLowerCase()));
    send({
      kind: "absentColumns",
      view: key,
      wasQuorate: before?.isQuorate ?? false,
      memberCount: before?.members.length ?? 0,
      columns: this.table
        .nodes()
        .filter((node) => !members.has(node.toLowerCase()))
        .map((node) => ({ node, changes: this.table.column(node) })),
    });
    for (const node of remoteNodes())
      send({ kind: "remoteColumn", view: key, node, changes: this.table.column(node) });
    // Last: it ends the wait for this node.
    send({ kind: "column", view: key, changes: this.table.column(context.localName) });
  }

  onMessage(from: Member, message: AttributeMessage): void {
    const isOwn = from.nodeId === this.#deps.context.localNodeId;
    switch (message.kind) {
      case "update":
        for (const change of message.changes) this.#receive(change, from.name);
        if (message.wantsConfirmation)
          this.#deps.send({ kind: "applied", request: message.request }, from.nodeId);
        if (isOwn) this.#delivered(message.request);
        return;
      case "applied":
        this.#confirmed(message.request, from.nodeId);
        return;
      case "column":
        this.#receiveColumn(from, message.changes);
        this.#absent.finished(from.nodeId, message.view);
        this.#decideAbsent();
        return;
      case "remoteColumn":
        this.#absent.claimed(from.nodeId, message.view, message);
        return;
      case "absentColumns":
        this.#absent.said(from.nodeId, message.view, message, message.columns);
        return;
      case "clear":
        this.#absent.cleared(message.filter);
        for (const since of this.#expected.values()) since.push({ kind: "clear", filter: message.filter });
        this.#clear(message.filter, from.name, null);
        if (isOwn) this.#delivered(message.request);
        return;
      case "purge":
        this.#absent.purged(message.node);
        this.#drop(message.node, `removal requested by ${from.name}`);
        return;
      case "refresh":
        this.#deps.allDue();
        if (isOwn) this.#delivered(message.request);
        return;
      default:
        message satisfies never;
    }
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    for (const waiting of this.#waiting.values()) waiting.timer?.cancel();
  }

  #expandName(request: AttributeUpdateRequest): string[] | Extract<RequestResult, { ok: false }> {
    if (request.kind !== "value" && request.delayMs === null)
      return { ok: false, code: "invalid", message: "a delay is needed to change the delay of an attribute" };
    if (!request.isPattern) {
      if (request.name === "") return { ok: false, code: "invalid", message: "an attribute needs a name" };
      return [request.name];
    }
    try {
      const pattern = new RegExp(request.name);
      return this.table.names().filter((name) => pattern.test(name));
    } catch {
      return { ok: false, code: "invalid", message: `"${request.name}" is no regular expression` };
    }
  }

  #send(
    changes: readonly AttributeChange[],
    wait: AttributeUpdateRequest["wait"],
    done: (result: RequestResult) => void,
  ): void {
    const members = this.#view?.members.map((member) => member.nodeId) ?? [];
    const request = this.#expect(wait === "no" ? null : done, wait === "cluster" ? new Set(members) : null);
    this.#deps.send({ kind: "update", request, changes, wantsConfirmation: wait === "cluster" });
    if (wait === "no") this.#deps.context.queue.run(() => done({ ok: true }));
  }

  #expect(done: ((result: RequestResult) => void) | null, missing: Set<NodeId> | null): number {
    this.#requestCount += 1;
    const request = this.#requestCount;
    if (done === null) return request;
    const waiting: Waiting = { done, missing, timer: null };
    if (missing !== null)
      waiting.timer = after(this.#deps.context, CONFIRMATION_LIMIT_MS, () => {
        this.#waiting.delete(request);
        done({
          ok: false,
          code: "timeout",
          message:
            "not every node confirmed the attribute within 15 seconds; it is set on those that are there",
        });
      });
    this.#waiting.set(request, waiting);
    return request;
  }

  #delivered(request: number): void {
    const waiting = this.#waiting.get(request);
    if (waiting === undefined || waiting.missing !== null) return;
    this.#waiting.delete(request);
    waiting.done({ ok: true });
  }

  /** Requests are numbered per node: only those of this node are known here. */
  #confirmed(request: number, by: NodeId): void {
    const waiting = this.#waiting.get(request);
    if (waiting === undefined || waiting.missing === null) return;
    waiting.missing.delete(by);
    this.#completeIfConfirmed(request, waiting);
  }

  #completeIfConfirmed(request: number, waiting: Waiting): void {
    if (waiting.missing === null || waiting.missing.size > 0) return;
    waiting.timer?.cancel();
    this.#waiting.delete(request);
    waiting.done({ ok: true });
  }

  #receive(change: AttributeChange, from: string): void {
    const expected = change.node === null ? undefined : this.#expected.get(change.node.toLowerCase());
    if (expected !== undefined) {
      expected.push({ kind: "change", change });
      return;
    }
    this.#absent.changed(change);
    const old =
      change.node === null ? null : this.table.get(change.name)?.values.get(change.node.toLowerCase());
    const applied = this.table.apply(change);
    if (applied === null) {
      const reason = change.kind === "delay" ? "does not exist" : `has invalid set type ${change.setType}`;
      this.#deps.context.log("warning", `Attribute ${change.name} ${reason}`);
      return;
    }
    const { attribute, hasValueChanged, hasDelayChanged } = applied;
    if (hasValueChanged)
      this.#deps.context.log(
        "notice",
        `Setting ${attribute.name}[${change.node ?? "all"}] in ${attribute.setType}: ${old?.value ?? "(unset)"} -> ` +
          `${this.table.get(change.name)?.values.get((change.node ?? "").toLowerCase())?.value ?? "(unset)"} | from ${from}`,
      );
    if (hasDelayChanged) this.#becomeDue(attribute);
    else if (hasValueChanged) this.#schedule(attribute);
  }

  #receiveColumn(from: Member, changes: readonly AttributeChange[]): void {
    const since = this.#expected.get(from.name.toLowerCase());
    if (since === undefined) return;
    this.#expected.delete(from.name.toLowerCase());
    this.#setColumn({ node: from.name, changes, since }, from.name);
  }

  #decideAbsent(): void {
    const decided = this.#absent.decide(this.table.nodes());
    if (decided === null) return;
    for (const column of decided) {
      const isSame = JSON.stringify(this.table.column(column.node)) === JSON.stringify(column.changes);
      if (!isSame || column.since.length > 0) this.#setColumn(column, "the members that met");
    }
    this.#deps.allDue();
  }

  #setColumn({ node, changes, since }: DecidedColumn, from: string): void {
    this.table.dropNode(node);
    for (const change of changes) this.#receive(change, from);
    for (const later of since)
      if (later.kind === "change") this.#receive(later.change, from);
      else this.#clear(later.filter, from, node);
  }

  #schedule(attribute: TransientAttribute): void {
    this.#timers.get(attribute.name)?.cancel();
    this.#timers.delete(attribute.name);
    if (attribute.delayMs <= 0) {
      this.#becomeDue(attribute);
      return;
    }
    this.#timers.set(
      attribute.name,
      after(this.#deps.context, attribute.delayMs, () => this.#becomeDue(attribute)),
    );
  }

  #becomeDue(attribute: TransientAttribute): void {
    this.#timers.get(attribute.name)?.cancel();
    this.#timers.delete(attribute.name);
    if (!attribute.isPrivate) this.#deps.due(attribute);
  }

  #drop(node: string, reason: string): void {
    this.#expected.delete(node.toLowerCase());
    if (this.table.dropNode(node))
      this.#deps.context.log("notice", `Removing all ${node} attributes for ${reason}`);
    this.#deps.nodeDropped(node);
  }

  /** `only`: values of this node; null: of all. */
  #clear(filter: CleanupFilter, from: string, only: string | null): void {
    const matches = failurePattern(filter);
    for (const attribute of this.table.all()) {
      if (!matches(attribute.name)) continue;
      for (const { node, value } of [...attribute.values.values()]) {
        if (only !== null && only.toLowerCase() !== node.toLowerCase()) continue;
        if (value === null || (filter.node !== null && filter.node.toLowerCase() !== node.toLowerCase()))
          continue;
        this.#receive({ ...plainChange(node, attribute.name, null) }, from);
      }
    }
  }
}

/** Names of the attributes that a cleanup clears. Source: attribute manager specification, 10. */
function failurePattern(filter: CleanupFilter): (name: string) => boolean {
  const { resource, operation, intervalMs } = filter;
  return (name) => {
    const match = /^(?:fail-count|last-failure)-(.+)#(.+)_(\d+)$/.exec(name);
    if (match === null) return resource === null && /^(fail-count|last-failure)-/.test(name);
    if (resource !== null && match[1] !== resource && !match[1]?.startsWith(`${resource}:`)) return false;
    if (operation === null) return true;
    return match[2] === operation && (intervalMs === null || Number(match[3]) === intervalMs);
  };
}

function plainChange(node: string, name: string, value: string | null): AttributeChange {
  return {
    name,
    node,
    value,
    kind: "value",
    delayMs: null,
    isPrivate: false,
    setId: null,
    setType: null,
    user: null,
  };
}
