import { escapeAttribute } from "@quorate/xml";
import type { GraphAction, GraphResource, Synapse, TransitionGraph } from "../graph/transition-graph.ts";

/** Long enough that writing a piece costs little, short enough that it need not be kept: characters. */
const PIECE_LENGTH = 64 * 1024;

/** The transition graph as XML text. Source: scheduler specification, part 4, 13.4, 13.5 and 13.8. */
export function graphXml(graph: TransitionGraph): string {
  return [...graphXmlPieces(graph)].join("");
}

/**
 * The same, in pieces for whoever writes it: for a new cluster it is the largest thing that a run makes (18 MB for 8 nodes and
 * 3,200 resources). So every function appends to one string, makes no lists on the way, and no piece has to be kept.
 */
export function* graphXmlPieces(graph: TransitionGraph): Generator<string> {
  let text = "<transition_graph";
  for (const [name, value] of graph.attributes) text += attribute(name, value);
  if (graph.synapses.length === 0) {
    yield `${text}/>\n`;
    return;
  }
  text += ">\n";
  for (const synapse of graph.synapses) {
    text += synapseText(synapse);
    if (text.length < PIECE_LENGTH) continue;
    yield text;
    text = "";
  }
  yield `${text}</transition_graph>\n`;
}

function synapseText(synapse: Synapse): string {
  const priority = synapse.priority > 0 ? ` priority="${synapse.priority}"` : "";
  const text = `  <synapse id="${synapse.id}"${priority}>\n    <action_set>\n${actionText(synapse.action)}    </action_set>\n`;
  if (synapse.inputs.length === 0) return `${text}    <inputs/>\n  </synapse>\n`;
  let inputs = "";
  for (const input of synapse.inputs) {
    inputs += `      <trigger>\n        <${input.element}${identityText(input)}/>\n      </trigger>\n`;
  }
  return `${text}    <inputs>\n${inputs}    </inputs>\n  </synapse>\n`;
}

function actionText(action: GraphAction): string {
  const { element, shutdownLockS, resource, downed, maintenance } = action;
  const lock = shutdownLockS === null ? "" : ` shutdown-lock="${shutdownLockS}"`;
  let text = `      <${element}${identityText(action)}${lock}>\n`;
  if (resource !== null) text += `        <${resourceText(resource)}/>\n`;
  text += attributesText(action.attributes);
  if (downed.length > 0) {
    text += "        <downed>\n";
    for (const id of downed) text += `          <node${attribute("id", id)}/>\n`;
    text += "        </downed>\n";
  }
  if (maintenance.length > 0) {
    text += "        <maintenance>\n";
    for (const { nodeId, isInMaintenance } of maintenance) {
      const value = isInMaintenance ? "1" : "0";
      text += `          <node${attribute("id", nodeId)} node_in_maintenance="${value}"/>\n`;
    }
    text += "        </maintenance>\n";
  }
  return `${text}      </${element}>\n`;
}

/** What the full form of an action and its short form as a trigger share. */
function identityText(action: GraphAction): string {
  return (
    (action.isCibMode ? ' mode="cib"' : "") +
    ` id="${action.id}"` +
    attribute("operation", action.operation) +
    attribute("operation_key", action.operationKey) +
    attribute("internal_operation_key", action.internalOperationKey) +
    attribute("on_node", action.onNode) +
    attribute("on_node_uuid", action.onNodeUuid) +
    attribute("router_node", action.routerNode)
  );
}

function resourceText(resource: GraphResource): string {
  return (
    resource.element +
    attribute("id", resource.id) +
    attribute("long-id", resource.longId) +
    attribute("class", resource.class) +
    attribute("provider", resource.provider) +
    attribute("type", resource.type)
  );
}

/** Names that begin with a digit are no XML names, so they become `param` children. */
function attributesText(attributes: ReadonlyMap<string, string>): string {
  let text = "        <attributes";
  let parameters = "";
  attributes.forEach((value, name) => {
    if (isDigit(name.charCodeAt(0))) {
      parameters += `          <param${attribute("name", name)}${attribute("value", value)}/>\n`;
    } else text += attribute(name, value);
  });
  return parameters === "" ? `${text}/>\n` : `${text}>\n${parameters}        </attributes>\n`;
}

function attribute(name: string, value: string | null): string {
  return value === null ? "" : ` ${name}="${escapeAttribute(value)}"`;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
