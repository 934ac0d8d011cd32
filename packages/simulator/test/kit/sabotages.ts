/** A safety rule of the product, and the edit of its source that takes it away. */
export interface Sabotage {
  readonly name: string;
  /** Below `packages/`. */
  readonly file: string;
  /** Each text stands once in the file. */
  readonly edits: readonly (readonly [rule: string, without: string])[];
  /** What the simulator has to say. */
  readonly breaks: RegExp;
  /** It is looked for among the plans with a remote host, from this one on: the first that is known to find it. Absent: among those without. */
  readonly remoteSeed?: number;
  /** The faults that need the rule meet too seldom: it is looked for in the named plan of this seed. */
  readonly foundSeed?: number;
}

export const SABOTAGES: readonly Sabotage[] = [
  {
    name: "quorum: the scheduler is told that there is quorum",
    file: "controller/src/transition/scheduler-feed.ts",
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
        "else if (applied.isWriteNeeded && view !== null)",
        "else if (applied.isWriteNeeded && view === null)",
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
  {
    name: "fence before recover: what waits for a fencing starts when that is asked for",
    file: "controller/src/transition/action-dispatch.ts",
    edits: [
      [
        'return "pending";\n      case "clear_failcount":',
        'return "confirmed";\n      case "clear_failcount":',
      ],
    ],
    breaks: /was not fenced|while it runs on/,
  },
  {
    name: "confirmed fencing: the fencer takes any end of a fence agent for a success",
    file: "fencer/src/devices/command-queue.ts",
    edits: [["if (raw.exitCode === 0) return", "if (raw.exitCode >= 0) return"]],
    breaks: /its power was (never|last) cut/,
  },
  {
    name: "stale DC: one that another was elected instead of goes on deciding",
    file: "controller/src/runtime.ts",
    edits: [
      [
        '        this.#leader.stepDown();\n        this.#enter("S_ELECTION");\n',
        '        this.#enter("S_ELECTION");\n',
      ],
      [
        '      this.#leader.stepDown();\n      if (change === "new") this.#enter("S_PENDING");\n',
        '      if (change === "new") this.#enter("S_PENDING");\n',
      ],
      ["this.#leader.onView(change);", "this.#leader.onView({ ...change, isMerge: false });"],
    ],
    breaks: /both lead with quorum/,
  },
  {
    name: "unclean nodes: what a lost node runs counts as stopped",
    file: "scheduler/src/actions/fencing.ts",
    edits: [
      [
        "  if ((node.flags & NodeFlag.Unclean) !== 0) return;\n  node.flags |= NodeFlag.Unclean;\n",
        '  if (node.kind === "cluster") return;\n',
      ],
    ],
    breaks: /was not fenced|while it runs on/,
  },
  {
    name: "one at a time: a resource is started elsewhere before it has stopped",
    file: "scheduler/src/orderings/primitive-orderings.ts",
    edits: [
      [
        '[resource, "stop"],\n    [resource, "start"],\n    RelationKind.Ordered | RelationKind.FirstImpliesThen | RelationKind.IntermediateStop,',
        '[resource, "stop"],\n    [resource, "start"],\n    0,',
      ],
    ],
    breaks: /while it runs on/,
  },
  {
    name: "probes: what nobody has looked for on a node is taken for not running there",
    file: "scheduler/src/actions/probes.ts",
    edits: [["if (resource.knownNodes.has(node)) return false;", "if (cluster !== null) return false;"]],
    breaks: /while it runs on/,
  },
  {
    name: "remote node: a host whose daemon is a new one counts as known",
    file: "controller/src/remote/remote-nodes.ts",
    edits: [
      ["connected.host.isKnown && (state", "(state"],
      ["if (!connected.host.isKnown) attributes.purge(node);", "void attributes;"],
    ],
    breaks: /of a former life|while it runs on/,
    remoteSeed: 1,
  },
  {
    name: "remote node: attributes of a host's former life are kept",
    file: "controller/src/remote/remote-nodes.ts",
    edits: [["if (!connected.host.isKnown) attributes.purge(node);", "void attributes;"]],
    breaks: /of a former life/,
    remoteSeed: 1,
  },
  {
    name: "remote node: one that was lost counts as empty once its connection has been given up",
    file: "scheduler/src/model/status/remote-node-state.ts",
    edits: [
      ['if (!LOST.has(attributeOf(state, "left_in_order") ?? "")) return;', "if (LOST.size > 0) return;"],
    ],
    breaks: /while it runs on|was not fenced/,
    foundSeed: 8_301_070,
  },
  {
    name: "last quorate ring: a copy counts for no more because a majority used it later",
    file: "controller/src/join/best-copy.ts",
    edits: [["      b.cib.quorateRing - a.cib.quorateRing ||\n", ""]],
    breaks: /acknowledged/,
    foundSeed: 30,
  },
  {
    name: "failed fencing: the DC takes it for done",
    file: "controller/src/transition/action-dispatch.ts",
    edits: [
      ["if (end.isSuccess) this.run.confirm(action.id);", "if (end !== null) this.run.confirm(action.id);"],
    ],
    breaks: /while it runs on|was not fenced/,
    foundSeed: 8_301_070,
  },
  {
    name: "promotion: one does not wait for the first looks at the resource",
    file: "controller/src/transition/graph-run.ts",
    edits: [["...(probes.get(action.id) ?? [])", "...(probes.size < 0 ? [action.id] : [])"]],
    breaks: /while it is promoted on/,
    foundSeed: 6_100_960,
  },
  {
    name: "lost quorum: a change is acknowledged by those who stay, however few",
    file: "controller/src/cib/replica.ts",
    edits: [["this.#ledger.quorumLost();", "this.#ledger.retain(() => true);"]],
    breaks: /acknowledged/,
    foundSeed: 540,
  },
  {
    name: "names of lineages: halves that were parted before go by one name when they lose the rest together",
    file: "controller/src/cib/lineage.ts",
    edits: [['[...this.#members].sort().join("+")', '""']],
    breaks: /different copies/,
    foundSeed: 8_301_352,
  },
  {
    name: "remote node: those who gain quorum begin something before they know what runs on remote hosts",
    file: "controller/src/remote/doubted-hosts.ts",
    edits: [["return this.#hosts.unknown.length > 0;", "return this.#hosts.unknown.length < 0;"]],
    breaks: /while it runs on/,
    foundSeed: 7_102_642,
  },
];
