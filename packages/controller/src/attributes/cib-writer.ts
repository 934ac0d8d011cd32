import type { Timer } from "@quorate/ports";
import { XmlElement } from "@quorate/xml";
import type { OwnChanges } from "../cib/own-changes.ts";
import type { CibAnswer, CibClient } from "../cluster-node.ts";
import { after, type NodeContext } from "../context.ts";
import { statusOf } from "../membership/node-state.ts";
import type { Peers } from "../membership/peers.ts";
import type { AttributeTable, TransientAttribute } from "./attribute-table.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  readonly changes: OwnChanges;
  readonly table: AttributeTable;
  document(): XmlElement;
  /** Only one node writes: the DC, once it shares the CIB with the others. */
  isWriter(): boolean;
  /** What the table has of nodes that are no members is what all have. */
  isAgreed(): boolean;
  /** A value is in the CIB; for the alerts. */
  written(value: {
    readonly node: string;
    readonly nodeId: string;
    readonly name: string;
    readonly value: string | null;
  }): void;
}

const RETRY_MS = 2_000;

/** Puts the public attributes into the status section. Source: attribute manager specification, 6. */
export class AttributeCibWriter {
  readonly #deps: Dependencies;
  readonly #inFlight = new Set<string>();
  readonly #again = new Set<string>();
  readonly #retries = new Map<string, Timer>();
  /** Per attribute the nodes that have a value and are not in the status section yet. */
  readonly #waiting = new Map<string, Set<string>>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Writes all values of one attribute. */
  write(attribute: TransientAttribute): void {
    if (!this.#deps.isWriter() || attribute.isPrivate) return;
    if (this.#inFlight.has(attribute.name)) {
      this.#again.add(attribute.name);
      return;
    }
    this.#waiting.delete(attribute.name);
    const states: XmlElement[] = [];
    const removals: string[] = [];
    const written: Parameters<Dependencies["written"]>[0][] = [];
    for (const { node, value } of attribute.values.values()) {
      const nodeId = this.#nodeIdOf(node);
      if (nodeId === null) {
        this.#waiting.set(attribute.name, (this.#waiting.get(attribute.name) ?? new Set()).add(node));
        this.#deps.context.log(
          "notice",
          `Cannot write ${attribute.name}[${node}]='${value ?? ""}' to CIB because node's XML ID is unknown (will retry if learned)`,
        );
        continue;
      }
      written.push({ node, nodeId, name: attribute.name, value });
      if (value === null) removals.push(pathOf(attribute, nodeId));
      else states.push(stateWith(attribute, nodeId, node, value));
    }
    const client = clientFor(attribute);
    let open = removals.length + (states.length > 0 ? 1 : 0);
    if (open === 0) return;
    this.#inFlight.add(attribute.name);
    let hasFailed = false;
    const done = (answer: CibAnswer) => {
      open -= 1;
      if (answer.kind !== "done" || answer.code !== "ok") hasFailed = true;
      if (open > 0) return;
      if (!hasFailed) for (const one of written) this.#deps.written(one);
      this.#written(attribute, hasFailed);
    };
    for (const path of removals) this.#deps.changes.remove(path, client, done);
    if (states.length > 0) this.#deps.changes.modify("status", statusOf(states), client, done);
  }

  /** Makes the status section show exactly the values in the table. */
  writeAll(): void {
    if (!this.#deps.isWriter()) return;
    const status = this.#deps.document().first("status");
    for (const state of status?.all("node_state") ?? []) {
      if (state.get("remote_node") === "true" && !this.#deps.isAgreed()) continue;
      const node = state.get("uname") ?? "";
      for (const pair of [...(state.first("transient_attributes")?.descendants("nvpair") ?? [])]) {
        const attribute = this.#deps.table.get(pair.get("name") ?? "");
        const known = attribute?.values.get(node.toLowerCase())?.value ?? null;
        if (known === null && pair.id !== null)
          this.#deps.changes.remove(
            `//node_state[@id='${state.id}']/transient_attributes//nvpair[@id='${pair.id}']`,
          );
      }
    }
    for (const attribute of this.#deps.table.all()) this.write(attribute);
  }

  /** The CIB changed: a node may be known now whose values are only in the table. */
  writeLearned(): void {
    for (const [name, nodes] of [...this.#waiting]) {
      const attribute = this.#deps.table.get(name);
      if (attribute === null) this.#waiting.delete(name);
      else if ([...nodes].some((node) => this.#nodeIdOf(node) !== null)) this.write(attribute);
    }
  }

  /** Removes what the status section has of a node that is gone. */
  eraseNode(node: string): void {
    if (!this.#deps.isWriter()) return;
    const nodeId = this.#nodeIdOf(node);
    if (nodeId === null) return;
    const states = this.#deps.document().first("status")?.all("node_state") ?? [];
    const isThere = states.some(
      (state) => state.id === nodeId && state.first("transient_attributes") !== null,
    );
    // What is on its way there comes before this removal.
    if (isThere || this.#inFlight.size > 0)
      this.#deps.changes.remove(`//node_state[@id='${nodeId}']/transient_attributes`);
  }

  stop(): void {
    for (const timer of this.#retries.values()) timer.cancel();
  }

  #written(attribute: TransientAttribute, hasFailed: boolean): void {
    this.#inFlight.delete(attribute.name);
    if (this.#again.delete(attribute.name)) {
      this.write(attribute);
      return;
    }
    if (!hasFailed) return;
    this.#deps.context.log("warning", `CIB update for ${attribute.name} failed, it is tried again`);
    this.#retries.get(attribute.name)?.cancel();
    this.#retries.set(
      attribute.name,
      after(this.#deps.context, attribute.delayMs || RETRY_MS, () => this.write(attribute)),
    );
  }

  #nodeIdOf(node: string): string | null {
    const peer = this.#deps.peers.byName(node);
    if (peer !== null) return String(peer.nodeId);
    const states = this.#deps.document().first("status")?.all("node_state") ?? [];
    return states.find((state) => state.get("uname")?.toLowerCase() === node.toLowerCase())?.id ?? null;
  }
}

function clientFor(attribute: TransientAttribute): CibClient {
  return { name: "attrd", id: "attrd", user: attribute.user, groups: [] };
}

function setIdOf(attribute: TransientAttribute, nodeId: string): string {
  return xmlId(attribute.setId ?? `status-${nodeId}`);
}

function pairIdOf(attribute: TransientAttribute, nodeId: string): string {
  return xmlId(`${attribute.setId ?? `status-${nodeId}`}-${attribute.name}`);
}

/** Characters that an XML id may not have become dots. */
function xmlId(text: string): string {
  return text.replace(/[^A-Za-z0-9_.\u0080-\uffff-]/g, ".");
}

function pathOf(attribute: TransientAttribute, nodeId: string): string {
  return (
    `//node_state[@id='${nodeId}']/transient_attributes/${attribute.setType}` +
    `[@id='${setIdOf(attribute, nodeId)}']/nvpair[@id='${pairIdOf(attribute, nodeId)}']`
  );
}

function stateWith(attribute: TransientAttribute, nodeId: string, node: string, value: string): XmlElement {
  const pair = new XmlElement("nvpair", [
    ["id", pairIdOf(attribute, nodeId)],
    ["name", attribute.name],
    ["value", value],
  ]);
  const set = new XmlElement(attribute.setType, [["id", setIdOf(attribute, nodeId)]]);
  set.append(pair);
  const transient = new XmlElement("transient_attributes", [["id", nodeId]]);
  transient.append(set);
  const state = new XmlElement("node_state", [
    ["id", nodeId],
    ["uname", node],
  ]);
  state.append(transient);
  return state;
}
