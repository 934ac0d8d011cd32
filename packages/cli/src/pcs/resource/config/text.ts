import type { XmlElement } from "@quorate/xml";
import {
  CONTAINER_OPTIONS,
  containerOf,
  NETWORK_OPTIONS,
  PORT_OPTIONS,
  STORAGE_OPTIONS,
} from "../../../configuration/bundle-options.ts";
import { type NvsetName, nvpairs } from "../../../configuration/nvsets.ts";
import { innerResources, isClone } from "../../../configuration/resources.ts";
import { assignmentText, indented } from "../../framework/text.ts";
import { ruleLines } from "../../rules/rule-text.ts";

/** Attributes of an operation in the order in which they are shown, after the interval. */
export const OPERATION_ATTRIBUTES = [
  "start-delay",
  "interval-origin",
  "timeout",
  "enabled",
  "record-pending",
  "role",
  "on-fail",
] as const;

/** A resource and what is in it, as `pcs resource config` shows it. */
export function resourceLines(resource: XmlElement): string[] {
  if (resource.name === "primitive") return primitiveLines(resource);
  const title = resource.name === "group" ? "Group" : isClone(resource) ? "Clone" : "Bundle";
  const bundle = resource.name === "bundle" ? bundleLines(resource) : [];
  return [
    `${title}: ${resource.id}`,
    ...indented([
      ...descriptionLines(resource),
      ...bundle,
      ...(resource.name === "bundle" ? [] : nvsetLines(resource, "instance_attributes", "Attributes")),
      ...nvsetLines(resource, "meta_attributes", "Meta Attributes"),
      ...innerResources(resource).flatMap(resourceLines),
    ]),
  ];
}

function primitiveLines(primitive: XmlElement): string[] {
  const agent = ["class", "provider", "type"]
    .filter((name) => primitive.get(name) !== null)
    .map((name) => `${name}=${primitive.get(name)}`);
  const operations = operationsOf(primitive);
  return [
    `Resource: ${primitive.id} (${agent.join(" ")})`,
    ...indented([
      ...descriptionLines(primitive),
      ...nvsetLines(primitive, "instance_attributes", "Attributes"),
      ...nvsetLines(primitive, "meta_attributes", "Meta Attributes"),
      ...nvsetLines(primitive, "utilization", "Utilization"),
      ...(operations.length === 0 ? [] : ["Operations:", ...indented(operations.flatMap(operationLines))]),
    ]),
  ];
}

export function operationsOf(primitive: XmlElement): XmlElement[] {
  return primitive.first("operations")?.all("op") ?? [];
}

function operationLines(operation: XmlElement): string[] {
  const attributes = ["interval", ...OPERATION_ATTRIBUTES]
    .map((name) => [name, operation.get(name)] as const)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => assignmentText(name, value!));
  return [
    `${operation.get("name")}: ${operation.id}`,
    ...indented([
      ...descriptionLines(operation),
      ...attributes,
      ...operation
        .all("instance_attributes")
        .flatMap(sortedPairs)
        .filter((text) => text.startsWith("OCF_CHECK_LEVEL=")),
    ]),
  ];
}

function descriptionLines(element: XmlElement): string[] {
  const description = element.get("description");
  return description === null || description === "" ? [] : [`Description: ${description}`];
}

/** The first set of a kind; an empty one is not shown. */
function nvsetLines(owner: XmlElement, name: NvsetName, title: string): string[] {
  const set = owner.first(name);
  if (set === null) return [];
  const pairs = sortedPairs(set);
  if (pairs.length === 0) return [];
  return [
    `${title}: ${[set.id ?? "", ...setOptions(set)].join(" ")}`,
    ...indented([...pairs, ...setRule(set)]),
  ];
}

function setOptions(set: XmlElement): string[] {
  return [...set.attributes]
    .filter(([name]) => name !== "id")
    .map(([name, value]) => assignmentText(name, value));
}

function setRule(set: XmlElement): string[] {
  const rule = set.first("rule");
  return rule === null ? [] : ruleLines(rule, { showsIds: false });
}

function sortedPairs(set: XmlElement): string[] {
  return [...nvpairs(set)]
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([name, value]) => quotedAssignment(name, value));
}

/** With blanks or `=` in the value: in double quotes, or in single ones when double ones are in it. */
function quotedAssignment(name: string, value: string): string {
  if (!/[\s=]/.test(value)) return `${name}=${value}`;
  return value.includes('"') ? `${name}='${value}'` : `${name}="${value}"`;
}

function bundleLines(bundle: XmlElement): string[] {
  const container = containerOf(bundle);
  const lines: string[] = [];
  if (container !== null) {
    const title = container.name.charAt(0).toUpperCase() + container.name.slice(1);
    lines.push(`${title}: ${attributesText(container, CONTAINER_OPTIONS)}`);
  }
  const network = bundle.first("network");
  const networkText = network === null ? "" : attributesText(network, NETWORK_OPTIONS);
  if (networkText !== "") lines.push(`Network: ${networkText}`);
  lines.push(...mappingLines("Port Mapping:", network?.all("port-mapping") ?? [], PORT_OPTIONS));
  const mappings = bundle.first("storage")?.all("storage-mapping") ?? [];
  lines.push(...mappingLines("Storage Mapping:", mappings, STORAGE_OPTIONS));
  return lines;
}

function mappingLines(title: string, mappings: readonly XmlElement[], names: readonly string[]): string[] {
  if (mappings.length === 0) return [];
  return [title, ...mappings.map((mapping) => `  ${attributesText(mapping, names)} (${mapping.id})`)];
}

/** Options hold other options, so they are quoted even without blanks. */
function attributesText(element: XmlElement, names: readonly string[]): string {
  return names
    .map((name) => [name, element.get(name)] as const)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => (/[\s=]/.test(value!) ? `${name}="${value}"` : `${name}=${value}`))
    .join(" ");
}
