import type { Patchset } from "@quorate/cib";
import type { Replica } from "../cib/replica.ts";
import type { SchedulerInput } from "../cluster-node.ts";
import type { NodeContext } from "../context.ts";
import type { Peers } from "../membership/peers.ts";

/** More changes than this since the last run: the whole document is hardly longer. */
const LENGTH_MAX = 1000;

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  readonly replica: Replica;
}

/** What the DC gives to its scheduler: the CIB, or what changed in it since the last time, so that it need not read everything again. */
export class SchedulerFeed {
  readonly #deps: Dependencies;
  /** Null while that is not known: before the first run, and after changes that this node did not follow as the DC. */
  #patchsets: Patchset[] | null = null;
  #hadQuorum = false;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  quorumGained(): void {
    this.#hadQuorum = true;
  }

  note(patchset: Patchset): void {
    if (this.#patchsets === null) return;
    if (this.#patchsets.length < LENGTH_MAX) this.#patchsets.push(patchset);
    else this.#patchsets = null;
  }

  forget(): void {
    this.#patchsets = null;
  }

  /** The CIB with what only the DC knows filled in, and what changed until now; from now on the next list is made. */
  take(): Omit<SchedulerInput, "nowMs"> {
    const { replica } = this.#deps;
    const attributes = () => this.#rootAttributes();
    const patchsets = this.#patchsets;
    this.#patchsets = [];
    return {
      get cib() {
        const cib = replica.document.clone();
        for (const [name, value] of attributes()) cib.set(name, value);
        return cib;
      },
      update: patchsets === null ? null : { patchsets, rootAttributes: [...attributes()] },
    };
  }

  #rootAttributes(): ReadonlyMap<string, string> {
    const { context, peers, replica } = this.#deps;
    const attributes = new Map(replica.document.attributes);
    attributes.set("have-quorum", peers.isQuorate ? "1" : "0");
    attributes.set("dc-uuid", String(context.localNodeId));
    if (this.#hadQuorum && !peers.isQuorate) attributes.set("no-quorum-panic", "1");
    return attributes;
  }
}
