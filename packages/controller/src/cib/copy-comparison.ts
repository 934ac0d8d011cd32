import type { NodeId } from "@quorate/ports";

/**
 * One question after another to all who share a copy: what is yours at this place? Only answers to the latest count, since a member that
 * stood still answers the earlier ones later, for places that are long past.
 */
export class CopyComparison {
  readonly #localNodeId: NodeId;
  #count = 0;
  #latest = "";
  #answers = new Map<NodeId, string>();

  constructor(localNodeId: NodeId) {
    this.#localNodeId = localNodeId;
  }

  /** Name of a new question, for the message that asks it. */
  next(): string {
    this.#count += 1;
    return `${this.#localNodeId}.${this.#count}`;
  }

  /** The question is at its place in the order. */
  asked(comparison: string): void {
    this.#latest = comparison;
    this.#answers = new Map();
  }

  /** An answer. Once all `sharers` have given theirs: who has another copy than this node, ascending. Else nobody. */
  answered(
    nodeId: NodeId,
    answer: { readonly comparison: string; readonly sequence: number; readonly digest: string },
    sharers: readonly NodeId[],
  ): readonly NodeId[] {
    if (answer.comparison !== this.#latest) return [];
    this.#answers.set(nodeId, `${answer.sequence} ${answer.digest}`);
    if (sharers.some((sharer) => !this.#answers.has(sharer))) return [];
    const answers = this.#answers;
    this.#answers = new Map();
    const own = answers.get(this.#localNodeId);
    const different = [...answers].filter(([, copy]) => copy !== own).map(([id]) => id);
    return different.sort((a, b) => a - b);
  }
}
