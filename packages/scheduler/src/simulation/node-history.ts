import { XmlElement } from "@quorate/xml";
import { childOrNew } from "./child-or-new.ts";

/** What a history entry says about the resource itself. */
export interface RecordedResource {
  readonly id: string;
  readonly class: string;
  readonly provider: string | null;
  readonly type: string;
}

/** The resources in the history of one node, indexed: a simulation writes an entry for every operation. */
export class NodeHistory {
  readonly #state: XmlElement;
  /** Null: the id is there twice, which counts as not there (part 1, 1.4). */
  readonly #byId = new Map<string, XmlElement | null>();

  constructor(state: XmlElement) {
    this.#state = state;
    for (const history of state.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? []) {
      this.#index(history);
    }
  }

  /** The history of the resource under the first of its names that is known; a new one when none is. */
  ofResource(names: readonly string[], resource: RecordedResource): XmlElement {
    for (const name of names) {
      const known = this.#byId.get(name);
      if (known !== undefined && known !== null) return known;
    }
    const history = new XmlElement("lrm_resource", [
      ["id", resource.id],
      ["class", resource.class],
    ]);
    if (resource.provider !== null) history.set("provider", resource.provider);
    history.set("type", resource.type);
    const lrm = childOrNew(this.#state, "lrm", this.#state.first("lrm")?.id ?? this.#state.id ?? "");
    childOrNew(lrm, "lrm_resources").append(history);
    this.#index(history);
    return history;
  }

  #index(history: XmlElement): void {
    const id = history.id ?? "";
    this.#byId.set(id, this.#byId.has(id) ? null : history);
  }
}
