import { applyPatchset, type PatchChange, type Patchset, upgradeCib } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import { detachGraph } from "./graph/detach-graph.ts";
import { ModelMemory } from "./model/memory.ts";
import type { UnpackOptions } from "./model/unpack.ts";
import { type Schedule, schedule } from "./schedule.ts";

/** A configuration as it is in the newest schema. */
interface Upgraded {
  readonly to: string;
  readonly configuration: XmlElement;
}

/**
 * A document that changes in small steps and is scheduled after each, as the DC does: what was read of its elements is kept
 * as long as they stay as they are. A schedule is the same as that of a copy of the document on its own, after an upgrade
 * to the newest schema: the stored configuration keeps its schema until the administrator upgrades it, and what it meant
 * in the old words, it means now. Source: CIB manager specification, 8 and 9.
 */
export class LiveDocument {
  readonly #cib: XmlElement;
  readonly #memory = new ModelMemory();
  /** What an upgrade makes of the configuration, for as long as that and its schema stay; null: to be made. */
  #upgrade: { readonly from: string | null; readonly made: Upgraded | null } | null = null;

  /** @param cib belongs to this object from then on */
  constructor(cib: XmlElement) {
    this.#cib = cib;
  }

  /** To be read only. */
  get cib(): XmlElement {
    return this.#cib;
  }

  /** Returns whether the patchset fits; if not, the document is as it was. */
  apply(patchset: Patchset): boolean {
    const outcome = applyPatchset(this.#cib, patchset, {
      onTouched: (element) => this.#memory.forget(element),
    });
    if (outcome.code === "ok" && patchset.changes.some(touchesConfiguration)) this.#upgrade = null;
    return outcome.code === "ok";
  }

  /** Gives the root element exactly these attributes. */
  setRootAttributes(attributes: Iterable<readonly [string, string]>): void {
    this.#cib.attributes.clear();
    for (const [name, value] of attributes) this.#cib.set(name, value);
  }

  /** See `schedule`. */
  schedule(options: Omit<UnpackOptions, "memory">): Schedule {
    const configuration = this.#cib.first("configuration");
    const upgraded = configuration === null ? null : this.#upgradedFrom(configuration);
    if (configuration === null || upgraded === null)
      return schedule(this.#cib, { ...options, memory: this.#memory });
    // In its place only for the run: a copy of the whole would cost as much as reading it.
    const schema = this.#cib.get("validate-with") ?? "";
    replaceChild(this.#cib, configuration, upgraded.configuration);
    this.#cib.set("validate-with", upgraded.to);
    try {
      const decided = schedule(this.#cib, { ...options, memory: this.#memory });
      return { ...decided, graph: detachGraph(decided.graph) };
    } finally {
      replaceChild(this.#cib, upgraded.configuration, configuration);
      this.#cib.set("validate-with", schema);
    }
  }

  /** Null when the configuration is in the newest schema, or in one that is not known. */
  #upgradedFrom(configuration: XmlElement): Upgraded | null {
    const from = this.#cib.get("validate-with");
    if (this.#upgrade?.from !== from) this.#upgrade = { from, made: this.#madeFrom(configuration) };
    return this.#upgrade?.made ?? null;
  }

  #madeFrom(configuration: XmlElement): Upgraded | null {
    const document = new XmlElement(this.#cib.name, this.#cib.attributes);
    document.append(configuration.clone());
    const outcome = upgradeCib(document);
    const made = outcome.kind === "upgraded" ? outcome.document : null;
    const result = made?.first("configuration") ?? null;
    return made === null || result === null
      ? null
      : { configuration: result, to: made.get("validate-with") ?? "" };
  }
}

function touchesConfiguration(change: PatchChange): boolean {
  return (
    change.path.startsWith("/cib/configuration") ||
    (change.path === "/cib" && (change.operation === "create" || change.operation === "delete"))
  );
}

function replaceChild(parent: XmlElement, old: XmlElement, replacement: XmlElement): void {
  const index = parent.children.indexOf(old);
  old.remove();
  parent.insert(replacement, index);
}
