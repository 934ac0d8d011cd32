import type { XmlElement } from "@quorate/xml";
import type { HistoryEntry, ResourceHistory } from "../history-entry.ts";
import type { ModelMemory } from "../memory.ts";
import { attributeOf } from "../xml-attribute.ts";
import { parseResourceHistory } from "./entries.ts";

/** The history of one `node_state`. */
export interface NodeHistory {
  /** In document order. */
  readonly resources: readonly ResourceHistory[];
  readonly byResource: ReadonlyMap<string, readonly ResourceHistory[]>;
}

/**
 * All resource history of the status section, parsed once and found by node name and resource id.
 * Source: part 1, B.5.
 */
export class HistoryIndex {
  readonly #byState = new Map<XmlElement, NodeHistory>();
  readonly #byName = new Map<string, NodeHistory[]>();

  constructor(status: XmlElement | null, memory: ModelMemory) {
    const readState = (state: XmlElement) => readNodeHistory(state, memory);
    for (const state of status?.all("node_state") ?? []) {
      const history = memory.nodeHistory(state, readState);
      this.#byState.set(state, history);
      const name = attributeOf(state, "uname");
      if (name === null) continue;
      const others = this.#byName.get(name);
      if (others === undefined) this.#byName.set(name, [history]);
      else others.push(history);
    }
  }

  ofState(state: XmlElement): readonly ResourceHistory[] {
    return this.#byState.get(state)?.resources ?? [];
  }

  /** The history of the only state entry of that name; empty when there are several. Source: part 1, 1.4. */
  ofNode(name: string): readonly ResourceHistory[] {
    const histories = this.#byName.get(name) ?? [];
    return histories.length === 1 ? (histories[0]?.resources ?? []) : [];
  }

  /** All entries of a resource on a node, by the ids in the document. */
  entriesOf(nodeName: string, resourceId: string): readonly HistoryEntry[] {
    const histories = this.#byName.get(nodeName) ?? [];
    const [only] = histories;
    if (only !== undefined && histories.length === 1) {
      const found = only.byResource.get(resourceId) ?? [];
      if (found.length === 1) return found[0]?.entries ?? [];
    }
    return histories.flatMap((history) =>
      (history.byResource.get(resourceId) ?? []).flatMap((resource) => resource.entries),
    );
  }
}

/** The first `lrm` child, its first `lrm_resources` child. Source: part 1, 11.2. */
function readNodeHistory(state: XmlElement, memory: ModelMemory): NodeHistory {
  const resources: ResourceHistory[] = [];
  const byResource = new Map<string, ResourceHistory[]>();
  for (const xml of state.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? []) {
    const history = memory.resourceHistory(xml, parseResourceHistory);
    if (history === null) continue;
    resources.push(history);
    const others = byResource.get(history.id);
    if (others === undefined) byResource.set(history.id, [history]);
    else others.push(history);
  }
  return { resources, byResource };
}
