import { type XmlComment, XmlElement } from "@quorate/xml";
import { type CibVersion, versionOf } from "../document/versions.ts";
import type { AttributeChange, PatchChange, Patchset } from "./patchset.ts";

export type PatchsetReading =
  | { readonly ok: true; readonly patchset: Patchset }
  | { readonly ok: false; readonly error: string };

/** The patchset as XML, format 2. Source: CIB specification, section 5. */
export function patchsetToXml(patchset: Patchset): XmlElement {
  const diff = new XmlElement("diff", [["format", "2"]]);
  if (patchset.digest !== null) diff.set("digest", patchset.digest);
  if (patchset.source !== null && patchset.target !== null) {
    const version = new XmlElement("version");
    version.append(versionElement("source", patchset.source));
    version.append(versionElement("target", patchset.target));
    diff.append(version);
  }
  for (const change of patchset.changes) diff.append(changeElement(change));
  return diff;
}

/** Reads format 2. Any other format, and changes that miss what they need, are refused with a sentence. */
export function patchsetFromXml(diff: XmlElement): PatchsetReading {
  if (diff.name !== "diff") return refusal(`a patchset is a <diff> element, not <${diff.name}>`);
  if (diff.get("format") !== "2")
    return refusal(`patchset format ${diff.get("format") ?? "1"} is not supported, only 2`);
  const version = diff.first("version");
  const [source, target] = [version?.first("source") ?? null, version?.first("target") ?? null];
  const changes: PatchChange[] = [];
  for (const element of diff.all("change")) {
    const change = readChange(element);
    if (typeof change === "string") return refusal(`line ${element.line}: ${change}`);
    changes.push(change);
  }
  const isVersioned = source !== null && target !== null;
  return {
    ok: true,
    patchset: {
      source: isVersioned ? versionOf(source) : null,
      target: isVersioned ? versionOf(target) : null,
      digest: diff.get("digest"),
      changes,
    },
  };
}

function versionElement(name: string, version: CibVersion): XmlElement {
  return new XmlElement(name, [
    ["admin_epoch", String(version.adminEpoch)],
    ["epoch", String(version.epoch)],
    ["num_updates", String(version.numUpdates)],
  ]);
}

function changeElement(change: PatchChange): XmlElement {
  const element = new XmlElement("change", [
    ["operation", change.operation],
    ["path", change.path],
  ]);
  switch (change.operation) {
    case "delete":
      if (change.position !== null) element.set("position", String(change.position));
      break;
    case "move":
      element.set("position", String(change.position));
      break;
    case "create":
      element.set("position", String(change.position));
      element.append(change.node.clone());
      break;
    case "modify": {
      const list = new XmlElement("change-list");
      for (const attribute of change.attributes) list.append(attributeElement(attribute));
      const result = new XmlElement("change-result");
      result.append(new XmlElement(change.result.name, change.result.attributes));
      element.append(list);
      element.append(result);
      break;
    }
  }
  return element;
}

function attributeElement({ name, value }: AttributeChange): XmlElement {
  const element = new XmlElement("change-attr", [["name", name]]);
  element.set("operation", value === null ? "unset" : "set");
  if (value !== null) element.set("value", value);
  return element;
}

/** The change, or what is wrong with it. */
function readChange(element: XmlElement): PatchChange | string {
  const path = element.get("path");
  if (path === null) return "a change needs a path";
  const positionText = element.get("position");
  if (positionText !== null && !/^\d{1,9}$/.test(positionText)) return `"${positionText}" is no position`;
  const position = positionText === null ? null : Number(positionText);
  const operation = element.get("operation");
  switch (operation) {
    case "delete":
      return { operation, path, position };
    case "move":
      return position === null ? "a move needs a position" : { operation, path, position };
    case "create": {
      const node = element.children.find((child): child is XmlElement | XmlComment => child.kind !== "text");
      if (node === undefined) return "a create needs the element to create";
      // Without a position the element becomes the last one.
      return { operation, path, position: position ?? Number.MAX_SAFE_INTEGER, node: node.clone() };
    }
    case "modify": {
      const result = element.first("change-result")?.elements()[0];
      if (result === undefined) return "a modify needs a change-result with the element in it";
      const attributes: AttributeChange[] = [];
      for (const listed of element.first("change-list")?.all("change-attr") ?? []) {
        const value = listed.get("operation") === "unset" ? null : (listed.get("value") ?? "");
        attributes.push({ name: listed.get("name") ?? "", value });
      }
      return {
        operation,
        path,
        attributes,
        result: { name: result.name, attributes: [...result.attributes] },
      };
    }
    default:
      return `"${operation ?? ""}" is no operation of a patchset`;
  }
}

function refusal(error: string): PatchsetReading {
  return { ok: false, error };
}
