import type { XmlElement } from "@quorate/xml";
import {
  CONTAINER_OPTIONS,
  containerOf,
  NETWORK_OPTIONS,
  PORT_OPTIONS,
  STORAGE_OPTIONS,
} from "../../../configuration/bundle-options.ts";
import type { NvsetName } from "../../../configuration/nvsets.ts";
import { innerResources, isClone } from "../../../configuration/resources.ts";
import { ruleOneLine } from "../../rules/rule-text.ts";
import { operationsOf } from "./text.ts";

type Json = string | number | null | readonly Json[] | { readonly [name: string]: Json };

/** Resources for programs: the form of `pcs resource config --output-format=json`, order of keys included. */
export function resourcesJson(resources: readonly XmlElement[]): Json {
  const of = (matches: (resource: XmlElement) => boolean) => resources.filter(matches);
  return {
    primitives: of(({ name }) => name === "primitive").map(primitiveJson),
    clones: of(isClone).map(cloneJson),
    groups: of(({ name }) => name === "group").map(groupJson),
    bundles: of(({ name }) => name === "bundle").map(bundleJson),
  };
}

function primitiveJson(primitive: XmlElement): Json {
  return {
    id: primitive.id,
    agent_name: {
      standard: primitive.get("class"),
      provider: primitive.get("provider"),
      type: primitive.get("type"),
    },
    description: primitive.get("description"),
    operations: operationsOf(primitive).map(operationJson),
    meta_attributes: setsJson(primitive, "meta_attributes"),
    instance_attributes: setsJson(primitive, "instance_attributes"),
    utilization: setsJson(primitive, "utilization"),
  };
}

function operationJson(operation: XmlElement): Json {
  return {
    id: operation.id,
    name: operation.get("name"),
    interval: operation.get("interval"),
    description: operation.get("description"),
    start_delay: operation.get("start-delay"),
    interval_origin: operation.get("interval-origin"),
    timeout: operation.get("timeout"),
    enabled: booleanJson(operation.get("enabled")),
    record_pending: booleanJson(operation.get("record-pending")),
    role: operation.get("role"),
    on_fail: operation.get("on-fail"),
    meta_attributes: setsJson(operation, "meta_attributes"),
    instance_attributes: setsJson(operation, "instance_attributes"),
  };
}

function booleanJson(value: string | null): Json {
  if (value === null) return null;
  return /^(1|true|yes|y|on)$/i.test(value) ? (true as unknown as Json) : (false as unknown as Json);
}

function cloneJson(clone: XmlElement): Json {
  return {
    id: clone.id,
    description: clone.get("description"),
    member_id: innerResources(clone)[0]?.id ?? null,
    meta_attributes: setsJson(clone, "meta_attributes"),
    instance_attributes: setsJson(clone, "instance_attributes"),
  };
}

function groupJson(group: XmlElement): Json {
  return {
    id: group.id,
    description: group.get("description"),
    member_ids: innerResources(group).map(({ id }) => id),
    meta_attributes: setsJson(group, "meta_attributes"),
    instance_attributes: setsJson(group, "instance_attributes"),
  };
}

function bundleJson(bundle: XmlElement): Json {
  const container = containerOf(bundle);
  const network = bundle.first("network");
  return {
    id: bundle.id,
    description: bundle.get("description"),
    member_id: innerResources(bundle)[0]?.id ?? null,
    container_type: container?.name ?? null,
    container_options: container === null ? null : optionsJson(container, CONTAINER_OPTIONS),
    network: network === null ? null : optionsJson(network, NETWORK_OPTIONS),
    port_mappings: (network?.all("port-mapping") ?? []).map((mapping) => ({
      id: mapping.id,
      ...optionsJson(mapping, PORT_OPTIONS),
    })),
    storage_mappings: (bundle.first("storage")?.all("storage-mapping") ?? []).map((mapping) => ({
      id: mapping.id,
      ...optionsJson(mapping, STORAGE_OPTIONS),
    })),
    meta_attributes: setsJson(bundle, "meta_attributes"),
    instance_attributes: setsJson(bundle, "instance_attributes"),
  };
}

const NUMBERS: ReadonlySet<string> = new Set([
  "replicas",
  "replicas-per-host",
  "promoted-max",
  "control-port",
  "host-netmask",
  "port",
  "internal-port",
]);

function optionsJson(element: XmlElement, names: readonly string[]): { readonly [name: string]: Json } {
  return Object.fromEntries(
    names.map((name) => {
      const value = element.get(name);
      const isNumber = value !== null && NUMBERS.has(name) && /^\d+$/.test(value);
      return [name.replaceAll("-", "_"), isNumber ? Number(value) : value];
    }),
  );
}

function setsJson(owner: XmlElement, name: NvsetName): Json {
  return owner
    .all(name)

    .map((set) => ({
      id: set.id,
      options: attributesJson(set),
      rule: set.first("rule") === null ? null : ruleJson(set.first("rule")!),
      nvpairs: pairsById(set).map((pair) => ({
        id: pair.id ?? "",
        name: pair.get("name") ?? "",
        value: pair.get("value") ?? "",
      })),
    }));
}

/** Pairs in the order of their ids. */
export function pairsById(set: XmlElement): XmlElement[] {
  return set.all("nvpair").sort((left, right) => ((left.id ?? "") < (right.id ?? "") ? -1 : 1));
}

const TYPES: Readonly<Record<string, string>> = {
  rule: "RULE",
  expression: "EXPRESSION",
  date_expression: "DATE_EXPRESSION",
  op_expression: "OP_EXPRESSION",
  rsc_expression: "RSC_EXPRESSION",
};

function ruleJson(element: XmlElement): Json {
  const part = (name: string): Json => {
    const found = element.name === "date_expression" ? element.first(name) : null;
    return found === null ? null : { id: found.id, options: attributesJson(found) };
  };
  return {
    id: element.id,
    type: TYPES[element.name] ?? element.name.toUpperCase(),
    in_effect: "UNKNOWN",
    options: attributesJson(element),
    date_spec: part("date_spec"),
    duration: part("duration"),
    expressions: element.name === "rule" ? element.elements().map(ruleJson) : [],
    as_string: ruleOneLine(element),
  };
}

function attributesJson(element: XmlElement): { readonly [name: string]: Json } {
  return Object.fromEntries(
    [...element.attributes]
      .filter(([name]) => name !== "id")
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
