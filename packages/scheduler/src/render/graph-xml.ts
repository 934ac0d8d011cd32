import { escapeAttribute } from "@quorate/xml";
import { type AttributeLayout, LaidOutAttributes } from "../graph/attribute-layouts.ts";
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
  const attributes = new AttributeTexts();
  for (const synapse of graph.synapses) {
    text += synapseText(synapse, attributes);
    if (text.length < PIECE_LENGTH) continue;
    yield text;
    text = "";
  }
  yield `${text}</transition_graph>\n`;
}

function synapseText(synapse: Synapse, attributes: AttributeTexts): string {
  const priority = synapse.priority > 0 ? ` priority="${synapse.priority}"` : "";
  const text = `  <synapse id="${synapse.id}"${priority}>\n    <action_set>\n${actionText(synapse.action, attributes)}    </action_set>\n`;
  if (synapse.inputs.length === 0) return `${text}    <inputs/>\n  </synapse>\n`;
  let inputs = "";
  for (const input of synapse.inputs) {
    inputs += `      <trigger>\n        <${input.element}${identityText(input)}/>\n      </trigger>\n`;
  }
  return `${text}    <inputs>\n${inputs}    </inputs>\n  </synapse>\n`;
}

function actionText(action: GraphAction, attributes: AttributeTexts): string {
  const { element, shutdownLockS, resource, downed, maintenance } = action;
  const lock = shutdownLockS === null ? "" : ` shutdown-lock="${shutdownLockS}"`;
  let text = `      <${element}${identityText(action)}${lock}>\n`;
  if (resource !== null) text += `        <${resourceText(resource)}/>\n`;
  text += attributes.of(action.attributes);
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

/** The texts of attributes. What actions with one layout have in common, which is nearly all of the text, is made once. */
class AttributeTexts {
  /** What stands between the values that each action has of its own; null: there are `param` children. */
  readonly #between = new Map<AttributeLayout, readonly string[] | null>();

  of(attributes: ReadonlyMap<string, string>): string {
    if (!(attributes instanceof LaidOutAttributes)) return attributesText(attributes);
    const { layout } = attributes;
    let between = this.#between.get(layout);
    if (between === undefined) {
      between = textBetween(attributes);
      this.#between.set(layout, between);
    }
    if (between === null) return attributesText(attributes);
    let text = between[0] as string;
    for (let index = 0; index < layout.ownPlaces.length; index++)
      text +=
        escapeAttribute(attributes.valueAt(layout.ownPlaces[index] as number)) +
        (between[index + 1] as string);
    return text;
  }
}

function textBetween(attributes: LaidOutAttributes): readonly string[] | null {
  const { ownPlaces } = attributes.layout;
  const between: string[] = [];
  let text = ATTRIBUTES_BEGIN;
  for (let index = 0; index < attributes.size; index++) {
    const name = attributes.nameAt(index);
    if (isDigit(name.charCodeAt(0))) return null;
    if (ownPlaces.includes(index)) {
      between.push(`${text} ${name}="`);
      text = '"';
    } else text += attribute(name, attributes.valueAt(index));
  }
  between.push(`${text}/>\n`);
  // Looking at a character makes one string of the pieces; otherwise every use would walk through them again.
  for (const piece of between) piece.charCodeAt(0);
  return between;
}

const ATTRIBUTES_BEGIN = "        <attributes";

/** Names that begin with a digit are no XML names, so they become `param` children. */
function attributesText(attributes: ReadonlyMap<string, string>): string {
  let text = ATTRIBUTES_BEGIN;
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
