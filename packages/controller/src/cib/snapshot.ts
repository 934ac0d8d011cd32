import type { DocumentBytes, Patchset } from "@quorate/cib";
import { parseXml, serializeXml, XmlElement } from "@quorate/xml";
import { differenceOf } from "./document.ts";

/** Digest of a copy's configuration; null when it has none. */
export type Holding = string | null;

/** A copy of the CIB as it travels to those who wait for it. */
interface SentCopy {
  /** When all who wait hold the configuration of this digest, it is left out of `xml`: an empty one stands in its place. */
  readonly configuration?: Holding;
  readonly xml: string;
}

export function holdingOf(document: XmlElement, bytes: DocumentBytes): Holding {
  const configuration = document.first("configuration");
  return configuration === null ? null : bytes.digestV2(configuration);
}

/** `holding`: of the document, when all who wait hold it; null sends the whole. */
export function copyToSend(document: XmlElement, holding: Holding): Required<SentCopy> {
  return {
    configuration: holding,
    xml: serializeXml(holding === null ? document : shellOf(document)),
  };
}

/**
 * Makes one of this node's own copy and the one that was sent in its place.
 * @param own may be changed in place
 * @param holding what this node told that it holds
 * @returns the new copy and how it differs from the old one (null when it does not), or what is wrong with what was sent.
 */
export function copyReceived(
  own: XmlElement,
  holding: Holding,
  sent: SentCopy,
):
  | { readonly ok: true; readonly document: XmlElement; readonly patchset: Patchset | null }
  | { readonly ok: false; readonly problem: string } {
  const parsed = parseXml(sent.xml);
  if (!parsed.ok) return { ok: false, problem: `a CIB that cannot be read: ${parsed.error.message}` };
  const isWhole = (sent.configuration ?? null) === null;
  if (!isWhole && sent.configuration !== holding)
    return { ok: false, problem: "a CIB without the configuration that this node lacks" };
  const patchset = differenceOf(isWhole ? own : shellOf(own), parsed.root);
  if (isWhole) return { ok: true, document: parsed.root, patchset };
  takeAllButConfiguration(own, parsed.root);
  return { ok: true, document: own, patchset };
}

/** Makes the copy what was sent without its configuration, in place: its own configuration stays, everything else becomes another. */
function takeAllButConfiguration(copy: XmlElement, sent: XmlElement): void {
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
function shellOf(document: XmlElement): XmlElement {
  const shell = new XmlElement(document.name, document.attributes);
  for (const child of document.children)
    shell.append(
      child.kind === "element" && child.name === "configuration"
        ? new XmlElement("configuration")
        : child.clone(),
    );
  return shell;
}
