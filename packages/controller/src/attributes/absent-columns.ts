import type { MembershipView, NodeId } from "@quorate/ports";
import type { CleanupFilter } from "../cluster-node.ts";
import { viewKey } from "../membership/peers.ts";
import type { AttributeChange } from "./attribute-table.ts";

/** What happened to the values of nodes after a column was sent. */
export type LaterChange =
  | { readonly kind: "change"; readonly change: AttributeChange }
  | { readonly kind: "clear"; readonly filter: CleanupFilter };

/** The values of a node as all members have them from now on: the column, and what came since. */
export interface DecidedColumn {
  readonly node: string;
  readonly changes: readonly AttributeChange[];
  readonly since: readonly LaterChange[];
}

/** A member's part of the cluster before the members met. */
export interface Standing {
  readonly wasQuorate: boolean;
  readonly memberCount: number;
}

interface Column {
  readonly node: string;
  readonly changes: readonly AttributeChange[];
}

interface Speaker {
  readonly from: NodeId;
  readonly standing: Standing;
  readonly columns: readonly Column[];
}

interface Round {
  readonly key: string;
  readonly memberNames: ReadonlySet<string>;
  /** Members that have not said everything yet. */
  readonly missing: Set<NodeId>;
  readonly speakers: Speaker[];
  /** What those say that are connected to a remote node. */
  readonly claims: { readonly from: NodeId; readonly column: Column }[];
  /** By name of the node in lower case. */
  readonly since: Map<string, LaterChange[]>;
  readonly clears: CleanupFilter[];
  readonly purged: Set<string>;
}

const UNKNOWN: Standing = { wasQuorate: false, memberCount: 0 };

/**
 * The values of nodes that are no members, remote nodes above all, when members meet. Nobody of them can speak for itself: whoever is
 * connected to it does, and where nobody is, the member that comes from the largest part of the cluster. Where one part had quorum, only who
 * was in it speaks: it may have fenced the node, and what the others call connected is what was there before. All decide at the same place in the
 * order, when the last member has spoken.
 */
export class AbsentColumns {
  #round: Round | null = null;

  get isOpen(): boolean {
    return this.#round !== null;
  }

  begin(view: MembershipView): void {
    this.#round = {
      key: viewKey(view),
      memberNames: new Set(view.members.map(({ name }) => name.toLowerCase())),
      missing: new Set(view.members.map(({ nodeId }) => nodeId)),
      speakers: [],
      claims: [],
      since: new Map(),
      clears: [],
      purged: new Set(),
    };
  }

  said(from: NodeId, view: string, standing: Standing, columns: readonly Column[]): void {
    if (this.#isAwaited(from, view)) this.#round?.speakers.push({ from, standing, columns });
  }

  claimed(from: NodeId, view: string, column: Column): void {
    if (this.#isAwaited(from, view)) this.#round?.claims.push({ from, column });
  }

  /** It has said everything. `view` null: it is gone. */
  finished(from: NodeId, view: string | null): void {
    if (view === null || this.#isAwaited(from, view)) this.#round?.missing.delete(from);
  }

  changed(change: AttributeChange): void {
    const node = change.node?.toLowerCase();
    if (this.#round === null || node === undefined || this.#round.memberNames.has(node)) return;
    const since = this.#round.since.get(node) ?? this.#round.clears.map(asLater);
    this.#round.since.set(node, [...since, { kind: "change", change }]);
  }

  /** Of all nodes that it fits: those that are known, and those that are yet to be heard of. */
  cleared(filter: CleanupFilter): void {
    if (this.#round === null) return;
    for (const since of this.#round.since.values()) since.push(asLater(filter));
    this.#round.clears.push(filter);
  }

  purged(node: string): void {
    if (this.#round === null) return;
    this.#round.purged.add(node.toLowerCase());
    this.#round.since.set(node.toLowerCase(), []);
  }

  /**
   * Null while a member has not spoken; once otherwise.
   * @param known nodes of which this member has values
   */
  decide(known: readonly string[]): readonly DecidedColumn[] | null {
    const round = this.#round;
    if (round === null || round.missing.size > 0) return null;
    this.#round = null;
    const standingOf = (from: NodeId) =>
      round.speakers.find((speaker) => speaker.from === from)?.standing ?? UNKNOWN;
    const byStanding = (a: { readonly from: NodeId }, b: { readonly from: NodeId }) =>
      compare(standingOf(a.from), standingOf(b.from)) || a.from - b.from;
    const columns = new Map<string, Column>(known.map((node) => [node.toLowerCase(), { node, changes: [] }]));
    for (const node of round.since.keys()) if (!columns.has(node)) columns.set(node, { node, changes: [] });
    const [best] = [...round.speakers].sort(byStanding);
    for (const column of best?.columns ?? []) columns.set(column.node.toLowerCase(), column);
    const claims = round.claims.filter(
      ({ from }) => standingOf(from).wasQuorate || best?.standing.wasQuorate !== true,
    );
    // The first claim is to stay: it is the last to be set.
    for (const { column } of claims.sort(byStanding).reverse())
      columns.set(column.node.toLowerCase(), column);
    return [...columns]
      .filter(([node]) => !round.memberNames.has(node))
      .map(([node, { node: name, changes }]) => {
        const isPurged = round.purged.has(node);
        const since = round.since.get(node) ?? round.clears.map(asLater);
        return { node: name, changes: isPurged ? [] : changes, since };
      });
  }

  #isAwaited(from: NodeId, view: string): boolean {
    return this.#round?.key === view && this.#round.missing.has(from);
  }
}

function asLater(filter: CleanupFilter): LaterChange {
  return { kind: "clear", filter };
}

/** The better one first. */
function compare(a: Standing, b: Standing): number {
  if (a.wasQuorate !== b.wasQuorate) return a.wasQuorate ? -1 : 1;
  return b.memberCount - a.memberCount;
}
