import type { XmlElement } from "@quorate/xml";
import {
  CONTAINER_OPTIONS,
  containerOf,
  NETWORK_OPTIONS,
  PORT_OPTIONS,
  STORAGE_OPTIONS,
} from "../../../configuration/bundle-options.ts";
import type { NvsetName } from "../../../configuration/nvsets.ts";
import {
  agentText,
  innerResources,
  isClone,
  isStonith,
  outerResource,
} from "../../../configuration/resources.ts";
import { shellWord } from "../../framework/text.ts";
import { pairsById } from "./json.ts";
import { OPERATION_ATTRIBUTES, operationsOf } from "./text.ts";

/**
 * Commands that make the resources again: bundles with what is in them, primitives, groups, clones.
 */
export function resourceCommands(resources: readonly XmlElement[]): string {
  const of = (matches: (resource: XmlElement) => boolean) => resources.filter(matches);
  const isInBundle = (resource: XmlElement) => {
    const outer = outerResource(resource);
    return outer?.name === "bundle" && resources.includes(outer);
  };
  const commands = [
    ...of(({ name }) => name === "bundle").flatMap((bundle) => [
      ...bundleCommands(bundle),
      ...innerResources(bundle)
        .filter((inner) => resources.includes(inner))
        .flatMap((inner) => primitiveCommands(inner, bundle.id)),
    ]),
    ...of((resource) => resource.name === "primitive" && !isInBundle(resource)).flatMap((primitive) =>
      primitiveCommands(primitive, null),
    ),
    ...of(({ name }) => name === "group").flatMap(groupCommands),
    ...of(isClone).flatMap((clone) => cloneCommands(clone)),
  ];
  return commands.length === 0 ? "" : `${commands.map((lines) => lines.join(" \\\n")).join(";\n")}\n`;
}

function primitiveCommands(primitive: XmlElement, bundleId: string | null): string[][] {
  const area = isStonith(primitive) ? "stonith" : "resource";
  const agent = isStonith(primitive) ? (primitive.get("type") ?? "") : agentText(primitive);
  const lines = [
    `pcs ${area} create --no-default-ops --force -- ${shellWord(primitive.id ?? "")} ${shellWord(agent)}`,
  ];
  const parameters = pairWords(primitive, "instance_attributes");
  if (parameters.length > 0) lines.push(`  ${parameters.join(" ")}`);
  const operations = operationsOf(primitive);
  if (operations.length > 0) {
    lines.push("  op", ...operations.map((operation) => `    ${operationWords(operation).join(" ")}`));
  }
  const meta = pairWords(primitive, "meta_attributes");
  if (meta.length > 0) lines.push(`  meta ${meta.join(" ")}`);
  if (bundleId !== null) lines.push(`  bundle ${shellWord(bundleId)}`);
  const utilization = pairWords(primitive, "utilization");
  return utilization.length === 0
    ? [lines]
    : [lines, [`pcs ${area} utilization ${shellWord(primitive.id ?? "")}`, `  ${utilization.join(" ")}`]];
}

function operationWords(operation: XmlElement): string[] {
  const attribute = (name: string) => {
    const value = operation.get(name);
    return value === null ? [] : [shellWord(`${name}=${value}`)];
  };
  return [
    shellWord(operation.get("name") ?? ""),
    ...attribute("interval"),
    ...attribute("id"),
    ...OPERATION_ATTRIBUTES.flatMap(attribute),
    ...pairWords(operation, "instance_attributes").filter((word) => word.startsWith("OCF_CHECK_LEVEL=")),
  ];
}

function groupCommands(group: XmlElement): string[][] {
  const members = innerResources(group).map(({ id }) => shellWord(id ?? ""));
  const meta = pairWords(group, "meta_attributes");
  const id = shellWord(group.id ?? "");
  return [
    [`pcs resource group add ${id}`, `  ${members.join(" ")}`],
    ...(meta.length === 0 ? [] : [[`pcs resource meta ${id}`, `  ${meta.join(" ")}`]]),
  ];
}

function cloneCommands(clone: XmlElement): string[][] {
  const [member] = innerResources(clone);
  const meta = pairWords(clone, "meta_attributes");
  const line = `pcs resource clone ${shellWord(member?.id ?? "")} ${shellWord(clone.id ?? "")}`;
  return [meta.length === 0 ? [line] : [line, `  meta ${meta.join(" ")}`]];
}

function bundleCommands(bundle: XmlElement): string[][] {
  const container = containerOf(bundle);
  const lines = [`pcs resource bundle create ${shellWord(bundle.id ?? "")}`];
  if (container !== null) {
    lines.push(
      `  container ${container.name}`,
      `    ${attributeWords(container, CONTAINER_OPTIONS).join(" ")}`,
    );
  }
  const network = bundle.first("network");
  const networkWords = network === null ? [] : attributeWords(network, NETWORK_OPTIONS);
  if (networkWords.length > 0) lines.push(`  network ${networkWords.join(" ")}`);
  for (const mapping of network?.all("port-mapping") ?? []) {
    lines.push(`  port-map ${mappingWords(mapping, PORT_OPTIONS).join(" ")}`);
  }
  for (const mapping of bundle.first("storage")?.all("storage-mapping") ?? []) {
    lines.push(`  storage-map ${mappingWords(mapping, STORAGE_OPTIONS).join(" ")}`);
  }
  const meta = pairWords(bundle, "meta_attributes");
  if (meta.length > 0) lines.push(`  meta ${meta.join(" ")}`);
  return [lines];
}

function mappingWords(mapping: XmlElement, names: readonly string[]): string[] {
  return attributeWords(mapping, names);
}

function attributeWords(element: XmlElement, names: readonly string[]): string[] {
  return names
    .filter((name) => element.get(name) !== null)
    .map((name) => shellWord(`${name}=${element.get(name)}`));
}

/** Pairs of the first set of a kind. */
function pairWords(owner: XmlElement, set: NvsetName): string[] {
  const found = owner.first(set);
  if (found === null) return [];
  return pairsById(found).map((pair) => shellWord(`${pair.get("name") ?? ""}=${pair.get("value") ?? ""}`));
}
