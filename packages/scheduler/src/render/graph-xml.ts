import { escapeAttribute } from "@quorate/xml";
import type { GraphAction, GraphResource, Synapse, TransitionGraph } from "../graph/transition-graph.ts";

/** The transition graph as XML text. Source: scheduler specification, part 4, 13.4, 13.5 and 13.8. */
export function graphXml(graph: TransitionGraph): string {
  const root = `<transition_graph${attributesText(graph.attributes)}`;
  if (graph.synapses.length === 0) return `${root}/>\n`;
  const parts = [`${root}>\n`];
  for (const synapse of graph.synapses) writeSynapse(parts, synapse);
  parts.push("</transition_graph>\n");
  return parts.join("");
}

function writeSynapse(parts: string[], synapse: Synapse): void {
  const priority = synapse.priority > 0 ? ` priority="${synapse.priority}"` : "";
  parts.push(`  <synapse id="${synapse.id}"${priority}>\n    <action_set>\n`);
  writeAction(parts, synapse.action);
  parts.push("    </action_set>\n");
  if (synapse.inputs.length === 0) {
    parts.push("    <inputs/>\n");
  } else {
    parts.push("    <inputs>\n");
    for (const input of synapse.inputs) {
      parts.push(`      <trigger>\n        <${input.element}${identityText(input)}/>\n      </trigger>\n`);
    }
    parts.push("    </inputs>\n");
  }
  parts.push("  </synapse>\n");
}

function writeAction(parts: string[], action: GraphAction): void {
  const lock = action.shutdownLockS === null ? "" : ` shutdown-lock="${action.shutdownLockS}"`;
  parts.push(`      <${action.element}${identityText(action)}${lock}>\n`);
  if (action.resource !== null) parts.push(`        <${resourceText(action.resource)}/>\n`);
  writeAttributes(parts, action.attributes);
  if (action.downed.length > 0) {
    parts.push("        <downed>\n");
    for (const id of action.downed) parts.push(`          <node id="${escapeAttribute(id)}"/>\n`);
    parts.push("        </downed>\n");
  }
  if (action.maintenance.length > 0) {
    parts.push("        <maintenance>\n");
    for (const { nodeId, isInMaintenance } of action.maintenance) {
      const value = isInMaintenance ? "1" : "0";
      parts.push(`          <node id="${escapeAttribute(nodeId)}" node_in_maintenance="${value}"/>\n`);
    }
    parts.push("        </maintenance>\n");
  }
  parts.push(`      </${action.element}>\n`);
}

/** What the full form of an action and its short form as a trigger share. */
function identityText(action: GraphAction): string {
  const attributes: [string, string | null][] = [
    ["mode", action.isCibMode ? "cib" : null],
    ["id", String(action.id)],
    ["operation", action.operation],
    ["operation_key", action.operationKey],
    ["internal_operation_key", action.internalOperationKey],
    ["on_node", action.onNode],
    ["on_node_uuid", action.onNodeUuid],
    ["router_node", action.routerNode],
  ];
  return attributesText(attributes);
}

function resourceText(resource: GraphResource): string {
  const attributes: [string, string | null][] = [
    ["id", resource.id],
    ["long-id", resource.longId],
    ["class", resource.class],
    ["provider", resource.provider],
    ["type", resource.type],
  ];
  return resource.element + attributesText(attributes);
}

/** Names that begin with a digit are no XML names, so they become `param` children. */
function writeAttributes(parts: string[], attributes: ReadonlyMap<string, string>): void {
  const isParameter = ([name]: readonly [string, string]): boolean => /^[0-9]/.test(name);
  const entries = [...attributes];
  const parameters = entries.filter(isParameter);
  const start = `        <attributes${attributesText(entries.filter((entry) => !isParameter(entry)))}`;
  if (parameters.length === 0) {
    parts.push(`${start}/>\n`);
    return;
  }
  parts.push(`${start}>\n`);
  for (const [name, value] of parameters) {
    parts.push(`          <param name="${escapeAttribute(name)}" value="${escapeAttribute(value)}"/>\n`);
  }
  parts.push("        </attributes>\n");
}

function attributesText(attributes: Iterable<readonly [string, string | null]>): string {
  let text = "";
  for (const [name, value] of attributes) if (value !== null) text += ` ${name}="${escapeAttribute(value)}"`;
  return text;
}
