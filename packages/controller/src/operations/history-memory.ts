import type { AgentName } from "@quorate/ports";
import { XmlElement } from "@quorate/xml";

interface Remembered {
  readonly agent: AgentName;
  /** By entry id, in the order of first recording. */
  readonly entries: Map<string, XmlElement>;
  /** See `ActionMessage`; 0: a lock that was there is lifted, null: nothing is known of one. */
  lockS: number | null;
}

/** What tells one result from another under the same id. */
const IDENTITY = ["operation_key", "transition-magic", "call-id"] as const;
const DIGESTS = ["op-digest", "op-restart-digest", "op-secure-digest"] as const;

/**
 * What this process knows of the resources on its node: the truth that a join puts into the CIB. Operations that have
 * begun are in it as pending, so that no new DC starts elsewhere what is just being started here.
 */
export class HistoryMemory {
  readonly #resources = new Map<string, Remembered>();

  record(resourceId: string, agent: AgentName, entries: readonly XmlElement[]): void {
    let known = this.#resources.get(resourceId);
    if (known === undefined || !isSameAgent(known.agent, agent)) {
      known = { agent, entries: new Map(), lockS: null };
      this.#resources.set(resourceId, known);
    }
    for (const entry of entries) known.entries.set(entry.id ?? "", entry);
  }

  lock(resourceId: string, lockS: number): void {
    const known = this.#resources.get(resourceId);
    if (known !== undefined) known.lockS = lockS;
  }

  remove(resourceId: string, entryId: string): void {
    this.#resources.get(resourceId)?.entries.delete(entryId);
  }

  forget(resourceId: string): void {
    this.#resources.delete(resourceId);
  }

  has(resourceId: string): boolean {
    return this.#resources.has(resourceId);
  }

  agent(resourceId: string): AgentName | null {
    return this.#resources.get(resourceId)?.agent ?? null;
  }

  entry(resourceId: string, entryId: string): XmlElement | null {
    return this.#resources.get(resourceId)?.entries.get(entryId) ?? null;
  }

  resourceIds(): readonly string[] {
    return [...this.#resources.keys()];
  }

  entries(resourceId: string): readonly XmlElement[] {
    return [...(this.#resources.get(resourceId)?.entries.values() ?? [])];
  }

  /**
   * Takes over digests that somebody changed in the CIB, of results that are the same otherwise: who changes parameters that are in effect
   * already changes them along, so that the cluster finds nothing to do; a join must not undo that.
   * @param lrm of the node's state in the CIB; null when there is none
   */
  adoptDigests(lrm: XmlElement | null): void {
    for (const element of lrm?.first("lrm_resources")?.all("lrm_resource") ?? []) {
      const entries = this.#resources.get(element.id ?? "")?.entries;
      for (const theirs of element.all("lrm_rsc_op")) {
        const own = entries?.get(theirs.id ?? "");
        if (own === undefined || !IDENTITY.every((name) => own.get(name) === theirs.get(name))) continue;
        const next = own.clone();
        for (const name of DIGESTS) {
          const digest = theirs.get(name);
          if (digest !== null && own.get(name) !== null) next.set(name, digest);
        }
        entries!.set(theirs.id!, next);
      }
    }
  }

  /** The `lrm` element of the node's state. */
  toXml(nodeId: string): XmlElement {
    const resources = new XmlElement("lrm_resources");
    for (const [id, known] of this.#resources) {
      const element = resourceElement(id, known.agent, known.lockS);
      for (const entry of known.entries.values()) element.append(entry.clone());
      resources.append(element);
    }
    const lrm = new XmlElement("lrm", [["id", nodeId]]);
    lrm.append(resources);
    return lrm;
  }
}

export function resourceElement(id: string, agent: AgentName, lockS: number | null): XmlElement {
  const element = new XmlElement("lrm_resource", [
    ["id", id],
    ["class", agent.class],
  ]);
  if (agent.provider !== "") element.set("provider", agent.provider);
  element.set("type", agent.type);
  if (lockS !== null) element.set("shutdown-lock", String(lockS));
  return element;
}

function isSameAgent(a: AgentName, b: AgentName): boolean {
  return a.class === b.class && a.provider === b.provider && a.type === b.type;
}
