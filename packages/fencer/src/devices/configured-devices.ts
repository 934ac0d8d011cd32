import {
  addScores,
  INFINITY,
  parseBoolean,
  parseScore,
  type RuleContext,
  readBlocks,
  rulePasses,
} from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { compilePattern } from "../patterns.ts";
import type { DeviceDefinition } from "./device.ts";

/** Where and when the configuration is read. */
export interface LocalView {
  readonly nodeName: string;
  readonly nowS: number;
}

/**
 * The fence devices that this node may use: primitives of class stonith that are not switched off and whose location
 * score here is not negative. Where they are started does not matter. Source: fencer specification, 1.
 */
export function configuredDevices(cib: XmlElement, view: LocalView): DeviceDefinition[] {
  const configuration = cib.first("configuration");
  const resources = configuration?.first("resources") ?? null;
  if (configuration === null || resources === null) return [];
  const context = ruleContext(cib, view);
  const found: DeviceDefinition[] = [];
  for (const primitive of resources.descendants("primitive")) {
    const template = templateOf(primitive, resources);
    if ((template ?? primitive).get("class") !== "stonith" || primitive.id === null) continue;
    const lineage = lineageOf(primitive, resources);
    const definition = read({ primitive, template, lineage }, configuration, context);
    if (definition !== null && mayRunHere(lineage, configuration, context, view.nodeName))
      found.push(definition);
  }
  return found;
}

/** The resource and the groups and clones around it, innermost first. */
function lineageOf(primitive: XmlElement, resources: XmlElement): XmlElement[] {
  const lineage: XmlElement[] = [];
  for (let at: XmlElement | null = primitive; at !== null && at !== resources; at = at.parent)
    lineage.push(at);
  return lineage;
}

/** A primitive that is made after a template has its class and agent from there. */
function templateOf(primitive: XmlElement, resources: XmlElement): XmlElement | null {
  const id = primitive.get("template");
  return id === null ? null : (resources.all("template").find((template) => template.id === id) ?? null);
}

interface Source {
  readonly primitive: XmlElement;
  readonly template: XmlElement | null;
  readonly lineage: readonly XmlElement[];
}

function read(
  { primitive, template, lineage }: Source,
  configuration: XmlElement,
  context: RuleContext,
): DeviceDefinition | null {
  const agent = (template ?? primitive).get("type") ?? "";
  const resource = { class: "stonith", provider: null, type: agent };
  const own = { ...context, resource };
  const meta = new Map<string, string>();
  // What was read first stays: the primitive's own values go before those of its template and of what it is in.
  const [, ...around] = lineage;
  for (const element of [primitive, template, ...around])
    if (element !== null) readBlocks(meta, element, "meta_attributes", own);
  const defaults = configuration.first("rsc_defaults");
  if (defaults !== null) readBlocks(meta, defaults, "meta_attributes", own);
  const role = meta.get("target-role")?.toLowerCase();
  if (role === "stopped") return null;
  const parameters = new Map<string, string>();
  readBlocks(parameters, primitive, "instance_attributes", own);
  if (template !== null) readBlocks(parameters, template, "instance_attributes", own);
  return {
    id: primitive.id!,
    agent,
    parameters,
    providesUnfencing: meta.get("provides")?.toLowerCase() === "unfencing",
  };
}

/** Location constraints of the device and of what it is in. A negative sum forbids it; so does silence in an opt-in cluster. */
function mayRunHere(
  lineage: readonly XmlElement[],
  configuration: XmlElement,
  context: RuleContext,
  nodeName: string,
): boolean {
  let score: number | null = null;
  for (const constraint of configuration.first("constraints")?.all("rsc_location") ?? []) {
    if (!concerns(constraint, lineage)) continue;
    const role = constraint.get("role")?.toLowerCase() ?? "started";
    if (role !== "started") continue;
    for (const own of scoresHere(constraint, context, nodeName))
      score = score === null ? own : addScores(score, own);
  }
  return score === null ? isOptOut(configuration, context) : score >= 0;
}

function concerns(constraint: XmlElement, lineage: readonly XmlElement[]): boolean {
  const ids = lineage.map((element) => element.id ?? "");
  const id = constraint.get("rsc");
  if (id !== null) return ids.includes(id);
  const pattern = constraint.get("rsc-pattern");
  if (pattern !== null) {
    const isNegated = pattern.startsWith("!");
    const expression = compilePattern(isNegated ? pattern.slice(1) : pattern);
    return expression !== null && ids.some((own) => expression.test(own) !== isNegated);
  }
  for (const reference of constraint.descendants("resource_ref"))
    if (ids.includes(reference.id ?? "")) return true;
  return false;
}

function scoresHere(constraint: XmlElement, context: RuleContext, nodeName: string): number[] {
  const node = constraint.get("node");
  if (node !== null)
    return node.toLowerCase() === nodeName.toLowerCase() ? [parseScore(constraint.get("score")).score] : [];
  return constraint
    .all("rule")
    .filter((rule) => rulePasses(rule, context))
    .map((rule) => ruleScore(rule, context));
}

function ruleScore(rule: XmlElement, context: RuleContext): number {
  const attribute = rule.get("score-attribute");
  if (attribute === null) return parseScore(rule.get("score")).score;
  const value = context.nodeAttribute?.(attribute) ?? null;
  return value === null ? -INFINITY : parseScore(value).score;
}

function isOptOut(configuration: XmlElement, context: RuleContext): boolean {
  const options = new Map<string, string>();
  const element = configuration.first("crm_config");
  if (element !== null) readBlocks(options, element, "cluster_property_set", context);
  return parseBoolean(options.get("symmetric-cluster") ?? null) ?? true;
}

function ruleContext(cib: XmlElement, view: LocalView): RuleContext {
  const now = { epochS: view.nowS, offsetS: 0 };
  const byId = (name: string, id: string): XmlElement | null => {
    for (const element of cib.descendants(name)) if (element.id === id) return element;
    return null;
  };
  const bare: RuleContext = {
    now,
    element: byId,
    nodeAttribute: null,
    resource: null,
    operation: null,
    location: null,
    noteChange: () => {},
  };
  const attributes = new Map<string, string>();
  for (const node of cib.first("configuration")?.first("nodes")?.all("node") ?? []) {
    if (node.get("uname")?.toLowerCase() !== view.nodeName.toLowerCase()) continue;
    readBlocks(attributes, node, "instance_attributes", bare);
    attributes.set("#id", node.id ?? "");
  }
  attributes.set("#uname", view.nodeName);
  attributes.set("#kind", "cluster");
  return { ...bare, nodeAttribute: (name) => attributes.get(name) ?? null };
}
