import type { DocumentBytes } from "@quorate/cib";
import type { NodeId } from "@quorate/ports";
import { XmlElement } from "@quorate/xml";

/** Digest of a copy's configuration; null when it has none. */
export type Holding = string | null;

/**
 * One `adopt` message that is not carried out yet: some members wait for the copy of another. Each of them tells what configuration it
 * holds, since a node that comes back holds the cluster's more often than not: then that need not travel. Of ten megabytes that is half
 * of the time that joining takes.
 */
export class Adoption {
  readonly lineage: string;
  readonly owner: NodeId;
  /** Keys of the members that wait. */
  readonly stale: readonly string[];
  readonly #holdings = new Map<string, Holding>();

  constructor(lineage: string, owner: NodeId, stale: readonly string[]) {
    this.lineage = lineage;
    this.owner = owner;
    this.stale = stale;
  }

  told(key: string, holding: Holding): void {
    if (this.stale.includes(key)) this.#holdings.set(key, holding);
  }

  /** Has every member that waits, and is still there, told what it holds? */
  isTold(members: ReadonlySet<string>): boolean {
    return this.stale.every((key) => this.#holdings.has(key) || !members.has(key));
  }

  /** Do all that wait, and are still there, hold this configuration? */
  isHeld(members: ReadonlySet<string>, holding: Holding): boolean {
    return (
      holding !== null && this.stale.every((key) => this.#holdings.get(key) === holding || !members.has(key))
    );
  }
}

export function holdingOf(document: XmlElement, bytes: DocumentBytes): Holding {
  const configuration = document.first("configuration");
  return configuration === null ? null : bytes.digestV2(configuration);
}

/** Makes the copy what was sent without its configuration, in place: its own configuration stays, everything else becomes another. */
export function takeAllButConfiguration(copy: XmlElement, sent: XmlElement): void {
  const configuration = copy.first("configuration");
  const place = sent.first("configuration");
  if (configuration === null || place === null)
    throw new Error("a copy without configuration cannot be completed");
  copy.attributes.clear();
  for (const [name, value] of sent.attributes) copy.set(name, value);
  const old = new XmlElement(copy.name);
  for (const child of [...copy.children]) if (child !== configuration) old.append(child);
  let isBefore = true;
  for (const child of [...sent.children])
    if (child === place) isBefore = false;
    else if (isBefore) copy.insert(child, copy.children.indexOf(configuration));
    else copy.append(child);
}

/** A copy of all but the configuration: an empty one in its place. */
export function shellOf(document: XmlElement): XmlElement {
  const shell = new XmlElement(document.name, document.attributes);
  for (const child of document.children)
    shell.append(
      child.kind === "element" && child.name === "configuration"
        ? new XmlElement("configuration")
        : child.clone(),
    );
  return shell;
}
