import type { Patchset } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import { isConnected, isDoubted } from "../remote/remote-node-state.ts";

/** What one change of the CIB means to the DC. */
export type CibEvent =
  | { readonly kind: "configuration"; readonly detail: string }
  | { readonly kind: "tickets" }
  | {
      readonly kind: "attributes";
      readonly nodeId: string;
      readonly isRemoval: boolean;
      readonly detail: string;
    }
  | { readonly kind: "nodeStateRemoved"; readonly nodeId: string }
  /** `resource` null: the whole history of the node. */
  | { readonly kind: "historyRemoved"; readonly nodeId: string; readonly resource: string | null }
  | {
      readonly kind: "operationRemoved";
      readonly nodeId: string;
      readonly resource: string;
      readonly entryId: string;
    }
  /** An entry of the history was written; `entry` has all its attributes. */
  | {
      readonly kind: "operation";
      readonly nodeId: string;
      readonly resource: string;
      readonly entry: XmlElement;
    }
  /** A remote node has come, or come back, or it is not in doubt any more. */
  | { readonly kind: "remoteNode"; readonly nodeId: string }
  | { readonly kind: "lockCleared"; readonly nodeId: string; readonly resource: string };

interface Step {
  readonly name: string;
  readonly id: string | null;
}

/** Reads a patchset. Source: CIB manager specification, 5; controller specification, 7. */
export function eventsOfPatchset(patchset: Patchset): CibEvent[] {
  const events: CibEvent[] = [];
  for (const change of patchset.changes) {
    const steps = stepsOf(change.path);
    switch (change.operation) {
      case "delete":
        addRemoval(steps, events);
        break;
      case "create":
        if (change.node.kind === "element") addElement(steps, change.node, events, true);
        break;
      case "modify":
        addElement(
          steps.slice(0, -1),
          new XmlElement(change.result.name, change.result.attributes),
          events,
          false,
          new Set(change.attributes.map((attribute) => attribute.name)),
        );
        break;
      case "move":
        if (steps[1]?.name === "configuration" && steps[2]?.name === "resources")
          events.push({ kind: "configuration", detail: "move" });
        break;
      default:
        change satisfies never;
    }
  }
  return events;
}

function stepsOf(path: string): Step[] {
  return [...path.matchAll(/\/([^/[]+)(?:\[@id='([^']*)'\])?/g)].map((match) => ({
    name: match[1] ?? "",
    id: match[2] ?? null,
  }));
}

function describe(steps: readonly Step[]): string {
  const last = steps.at(-1);
  return last === undefined ? "cib" : last.id === null ? last.name : `${last.name}[@id='${last.id}']`;
}

function addRemoval(steps: readonly Step[], events: CibEvent[]): void {
  const [, section, part, ...below] = steps;
  if (section?.name === "configuration") {
    events.push({ kind: "configuration", detail: `deletion of ${describe(steps)}` });
    return;
  }
  if (section?.name !== "status" || part === undefined) return;
  if (part.name === "tickets") {
    events.push({ kind: "tickets" });
    return;
  }
  if (part.name !== "node_state") return;
  const nodeId = part.id ?? "";
  const [first, , resource, entry] = below;
  if (first === undefined) events.push({ kind: "nodeStateRemoved", nodeId });
  else if (first.name === "transient_attributes")
    events.push({ kind: "attributes", nodeId, isRemoval: true, detail: `deletion of ${describe(steps)}` });
  else if (first.name !== "lrm") return;
  else if (resource === undefined) events.push({ kind: "historyRemoved", nodeId, resource: null });
  else if (entry === undefined) events.push({ kind: "historyRemoved", nodeId, resource: resource.id ?? "" });
  else
    events.push({
      kind: "operationRemoved",
      nodeId,
      resource: resource.id ?? "",
      entryId: entry.id ?? "",
    });
}

/** `parents` lead to the element's parent. `changed`: names of attributes that changed; absent for a new element. */
function addElement(
  parents: readonly Step[],
  element: XmlElement,
  events: CibEvent[],
  isNew: boolean,
  changed: ReadonlySet<string> = new Set(),
): void {
  const steps = [...parents, { name: element.name, id: element.id }];
  const [, section, part, first] = steps;
  if (section === undefined) return;
  if (section.name === "configuration") {
    events.push({ kind: "configuration", detail: `${describe(steps)} '${isNew ? "create" : "modify"}'` });
    return;
  }
  if (section.name !== "status") return;
  if (part === undefined) {
    if (isNew) for (const child of element.elements()) addElement(steps, child, events, true);
    return;
  }
  if (part.name === "tickets") {
    events.push({ kind: "tickets" });
    return;
  }
  if (part.name !== "node_state") return;
  const nodeId = part.id ?? "";
  if (first?.name === "transient_attributes") {
    if (element.name === "nvpair" || (isNew && [...element.descendants("nvpair")].length > 0))
      events.push({ kind: "attributes", nodeId, isRemoval: false, detail: describe(steps) });
    return;
  }
  switch (element.name) {
    case "node_state":
      if (
        isConnected(element) &&
        element.get("remote_node") === "true" &&
        !isDoubted(element) &&
        (isNew || changed.has("in_ccm") || changed.has("left_in_order"))
      )
        events.push({ kind: "remoteNode", nodeId });
      break;
    case "lrm_rsc_op":
      events.push({ kind: "operation", nodeId, resource: steps[5]?.id ?? "", entry: element });
      return;
    case "lrm_resource":
      if (changed.has("shutdown-lock") && (element.get("shutdown-lock") ?? "0") === "0")
        events.push({ kind: "lockCleared", nodeId, resource: element.id ?? "" });
      break;
    default:
      break;
  }
  if (isNew) for (const child of element.elements()) addElement(steps, child, events, true);
}
