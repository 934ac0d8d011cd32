/** A safety rule of the product, and the edit of its source that takes it away. */
export interface Sabotage {
  readonly name: string;
  /** Below `packages/`. */
  readonly file: string;
  /** Each text stands once in the file. */
  readonly edits: readonly (readonly [rule: string, without: string])[];
  /** What the simulator has to say. */
  readonly breaks: RegExp;
}

export const SABOTAGES: readonly Sabotage[] = [
  {
    name: "quorum: the scheduler is told that there is quorum",
    file: "controller/src/leader.ts",
    edits: [
      ['attributes.set("have-quorum", peers.isQuorate ? "1" : "0");', 'attributes.set("have-quorum", "1");'],
    ],
    breaks: /without quorum|while it runs on/,
  },
  {
    name: "ordered apply: a node's own changes are applied when they are sent",
    file: "controller/src/cib/replica.ts",
    edits: [
      [
        'this.#deps.send({ kind: "operation", id, request: this.#ordered(request) });',
        `const early = this.#ordered(request);
    this.#deps.send({ kind: "operation", id, request: early });
    if (this.isSynchronised) this.#document = this.#carryOut(early, this.#deps.context.localName).cib;`,
      ],
    ],
    breaks: /different copies|differ/,
  },
  {
    name: "durability: a change is acknowledged before it is on the disks",
    file: "controller/src/cib/replica.ts",
    edits: [
      [
        "if (applied.isWriteNeeded && this.#view !== null) {",
        "if (applied.isWriteNeeded && this.#view === null) {",
      ],
    ],
    breaks: /acknowledged/,
  },
  {
    name: "every node believes that it was elected",
    file: "controller/src/election/election.ts",
    edits: [
      [
        "return sorted[0] ?? this.#deps.context.localNodeId;",
        "return sorted.length > 0 ? this.#deps.context.localNodeId : 0;",
      ],
    ],
    breaks: /both lead with quorum/,
  },
];
