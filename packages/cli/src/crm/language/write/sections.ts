import type { XmlElement } from "@quorate/xml";
import { FENCING_TOPOLOGY_ID } from "../object-types.ts";
import { LIST_WORDS, type WriteContext, writeAttributeList, writeListMembers } from "./attribute-lists.ts";
import { pair, quoted } from "./values.ts";

export function writeNode(node: XmlElement, context: WriteContext): string[] | null {
  const uname = node.get("uname") ?? node.id ?? "";
  const type = node.get("type");
  const words = ["node"];
  if (node.id !== null && node.id !== uname) words.push(`${node.id}:`);
  words.push(type === null ? uname : `${uname}:${type}`);
  const lines = [words.join(" ")];
  const description = node.get("description");
  if (description !== null) lines.push(pair("description", description));
  for (const child of node.elements()) {
    const word = child.name === "instance_attributes" ? "attributes" : LIST_WORDS[child.name];
    const text = word === undefined ? null : writeAttributeList(word, child, context);
    if (text === null) return null;
    lines.push(text);
  }
  return lines;
}

/** Properties and defaults: the set's id, then a line for each rule and value. */
export function writePropertySet(word: string, set: XmlElement, context: WriteContext): string[] | null {
  const members = writeListMembers(set.elements(), context);
  return members === null ? null : [`${word} ${set.id}:`, ...members];
}

/** A line for each target; devices alone when all nodes have the same. */
export function writeFencingTopology(topology: XmlElement, context: WriteContext): string[] {
  const lines: { readonly target: string; readonly levels: string[] }[] = [];
  for (const level of topology.all("fencing-level")) {
    const target = targetWord(level);
    const devices = level.get("devices") ?? "";
    const same = lines.find((line) => line.target === target);
    if (same === undefined) lines.push({ target, levels: [devices] });
    else same.levels.push(devices);
  }
  const nodes = new Set(context.nodeNames.map((name) => `${name}:`));
  const common = lines[0]?.levels.join(" ");
  const isForAll =
    lines.length === nodes.size &&
    lines.every(({ target, levels }) => nodes.has(target) && levels.join(" ") === common);
  if (isForAll && common !== undefined) return [`${FENCING_TOPOLOGY_ID} ${common}`];
  return [FENCING_TOPOLOGY_ID, ...lines.map(({ target, levels }) => [target, ...levels].join(" "))];
}

function targetWord(level: XmlElement): string {
  const pattern = level.get("target-pattern");
  if (pattern !== null) return `pattern:${pattern}`;
  const attribute = level.get("target-attribute");
  if (attribute !== null) return `attr:${attribute}=${level.get("target-value") ?? ""}`;
  return `${level.get("target") ?? ""}:`;
}

export function writeRole(role: XmlElement): string[] | null {
  const lines = [`role ${role.id}`];
  const description = role.get("description");
  if (description !== null) lines.push(pair("description", description));
  for (const permission of role.all("acl_permission"))
    lines.push(`${permission.get("kind")} ${aclWhat(permission)}`);
  return lines;
}

/** What a permission is about, by the short names where they fit. */
function aclWhat(permission: XmlElement): string {
  const words: string[] = [];
  const xpath = permission.get("xpath");
  if (xpath !== null) words.push(shortXpath(xpath) ?? `xpath:${quoted(xpath)}`);
  const reference = permission.get("reference");
  if (reference !== null) words.push(`ref:${reference}`);
  const type = permission.get("object-type");
  if (type !== null) words.push(`type:${type}`);
  const attribute = permission.get("attribute");
  if (attribute !== null) words.push(`attr:${attribute}`);
  return words.join(" ");
}

/** The abbreviations of XPath expressions, with `@@` for what stands in the expression. */
export const ACL_SHORTCUTS: readonly (readonly [word: string, xpath: string])[] = [
  ["meta", "//primitive[@id='@@']/meta_attributes/nvpair[@name='@@']"],
  ["params", "//primitive[@id='@@']/instance_attributes/nvpair[@name='@@']"],
  ["utilization", "//primitive[@id='@@']/utilization/nvpair[@name='@@']"],
  ["meta", "//primitive[@id='@@']/meta_attributes"],
  ["params", "//primitive[@id='@@']/instance_attributes"],
  ["utilization", "//primitive[@id='@@']/utilization"],
  ["meta", "/cib/configuration/resources//primitive[@id='@@']/meta_attributes"],
  ["location", "//rsc_location[@id='cli-prefer-@@' and @rsc='@@']"],
  ["property", "//crm_config/cluster_property_set/nvpair[@name='@@']"],
  ["nodeattr", "//nodes/node/instance_attributes/nvpair[@name='@@']"],
  ["property", "//crm_config/cluster_property_set"],
  ["nodeattr", "//nodes/node/instance_attributes"],
  ["nodeutil", "//nodes/node/utilization"],
  ["nodeutil", "//nodes/node[@uname='@@']/utilization"],
  ["node", "//nodes/node[@uname='@@']"],
  ["node", "//nodes/node"],
  ["status", "/cib/status"],
  ["cib", "/cib"],
];

function shortXpath(xpath: string): string | null {
  for (const [word, pattern] of ACL_SHORTCUTS) {
    const source = pattern
      .split("@@")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"))
      .join("([^']*)");
    const match = new RegExp(`^${source}$`).exec(xpath);
    if (match === null) continue;
    const values = match.slice(1);
    // One name may stand in several places.
    const isOne = values.every((value) => value === values[0]);
    if (word !== "location") return [word, ...values].join(":");
    if (isOne) return `${word}:${values[0]}`;
  }
  return null;
}

export function writeAclRoles(word: string, target: XmlElement): string[] {
  return [`${word} ${target.id}`, ...target.all("role").map((role) => role.id!)];
}

export function writeAlert(alert: XmlElement, context: WriteContext): string[] | null {
  const lines = [`alert ${alert.id} ${quoted(alert.get("path") ?? "")}`];
  const description = alert.get("description");
  if (description !== null) lines.push(pair("description", description));
  for (const child of alert.elements()) {
    const text =
      child.name === "select"
        ? writeSelect(child)
        : child.name === "recipient"
          ? writeRecipient(child, context)
          : writeAlertList(child, context);
    if (text === null) return null;
    lines.push(text);
  }
  return lines;
}

function writeAlertList(list: XmlElement, context: WriteContext): string | null {
  const word = list.name === "instance_attributes" ? "attributes" : LIST_WORDS[list.name];
  return word === undefined ? null : writeAttributeList(word, list, context);
}

function writeSelect(select: XmlElement): string {
  const words = ["select"];
  for (const kind of select.elements()) {
    words.push(kind.name.replace("select_", ""));
    const names = kind.all("attribute").map((attribute) => attribute.get("name")!);
    if (names.length > 0) words.push("{", ...names, "}");
  }
  return words.join(" ");
}

function writeRecipient(recipient: XmlElement, context: WriteContext): string | null {
  const value = quoted(recipient.get("value") ?? "");
  const lists = recipient.elements().map((list) => writeAlertList(list, context));
  if (lists.some((text) => text === null)) return null;
  return lists.length === 0 ? `to ${value}` : `to { ${[value, ...lists].join(" ")} }`;
}
