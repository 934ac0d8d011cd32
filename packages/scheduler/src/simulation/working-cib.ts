import { XmlElement } from "@quorate/xml";
import { childOrNew } from "./child-or-new.ts";
import { NodeHistory } from "./node-history.ts";

/** What is recorded about a node in its `node_state`. */
export interface NodeStateFacts {
  readonly in_ccm: "true" | "false";
  readonly crmd: "online" | "offline";
  readonly join: "member" | "down";
  readonly expected: "member" | "down";
}

const NODE_UP: NodeStateFacts = { in_ccm: "true", crmd: "online", join: "member", expected: "member" };
const NODE_DOWN: NodeStateFacts = { in_ccm: "false", crmd: "offline", join: "down", expected: "down" };
const NODE_FAILED: NodeStateFacts = { ...NODE_UP, in_ccm: "false" };

export const SIMULATION_ORIGIN = "crm_simulate";

/**
 * The CIB that injections and the simulated execution write to: a document of its own. Look-ups of node states are
 * indexed, because every simulated operation needs one. Source: scheduler specification, part 4, 6.
 */
export class WorkingCib {
  readonly root: XmlElement;
  /** A node without `<node>` entry gets one when its state is looked up (an injected `--node-up`). */
  readonly #createsNodes: boolean;
  readonly #statesByName = new Map<string, XmlElement>();
  readonly #histories = new Map<XmlElement, NodeHistory>();
  readonly #nodeNames = new Set<string | null>();

  constructor(root: XmlElement, options: { readonly createsNodes: boolean }) {
    this.root = root;
    this.#createsNodes = options.createsNodes;
    for (const state of this.#status().all("node_state")) {
      const name = state.get("uname");
      if (name !== null && !this.#statesByName.has(name)) this.#statesByName.set(name, state);
    }
    for (const node of this.#nodes().all("node")) this.#nodeNames.add(node.get("uname"));
  }

  setQuorum(value: string): void {
    if (setAll(this.root, { "have-quorum": value })) this.countUpdate();
  }

  /** Sets a cluster property in the set that takes precedence over all others. */
  setProperty(name: string, value: string): void {
    const configuration = childOrNew(this.root, "configuration");
    const options = childOrNew(configuration, "crm_config");
    const setId = "cib-bootstrap-options";
    const set = childOrNew(options, "cluster_property_set", setId);
    const pair = set.all("nvpair").find((candidate) => candidate.get("name") === name);
    if (pair?.get("value") === value) return;
    if (pair !== undefined) pair.set("value", value);
    else
      set.append(
        new XmlElement("nvpair", [
          ["id", `${setId}-${name}`],
          ["name", name],
          ["value", value],
        ]),
      );
    this.#countEpoch();
  }

  bringUp(name: string, nodeId?: string): void {
    this.#setState(this.nodeState(name, nodeId), NODE_UP);
  }

  fail(name: string): void {
    this.#setState(this.nodeState(name), NODE_FAILED);
  }

  /** The node is gone, and with it all that ran there and its transient attributes. */
  takeDown(name: string, nodeId?: string): void {
    const state = this.nodeState(name, nodeId);
    this.#setState(state, NODE_DOWN);
    if (state.get("left_in_order") !== null) state.set("left_in_order", "true");
    for (const name of ["lrm", "transient_attributes"]) {
      const children = state.all(name);
      for (const child of children) child.remove();
      if (children.length > 0) this.countUpdate();
    }
    this.#histories.delete(state);
  }

  /** The history in a node state, for writing. */
  history(state: XmlElement): NodeHistory {
    let history = this.#histories.get(state);
    if (history === undefined) {
      history = new NodeHistory(state);
      this.#histories.set(state, history);
    }
    return history;
  }

  setTicket(id: string, attribute: "granted" | "standby", value: "true" | "false"): void {
    const ticket = childOrNew(childOrNew(this.#status(), "tickets"), "ticket_state", id);
    if (setAll(ticket, { [attribute]: value })) this.countUpdate();
  }

  /** The `node_state` of a node, created if there is none. Source: part 4, 6.2. */
  nodeState(name: string, knownId?: string): XmlElement {
    if (this.#createsNodes) this.#ensureNode(name);
    const known = this.#statesByName.get(name);
    if (known !== undefined) return known;
    const id = knownId ?? this.#nodeIdOf(name) ?? name;
    let state = this.#status()
      .all("node_state")
      .find((candidate) => candidate.id === id);
    if (state === undefined) {
      state = new XmlElement("node_state", [["id", id]]);
      this.#status().append(state);
      this.countUpdate();
    }
    state.set("uname", name);
    this.#statesByName.set(name, state);
    return state;
  }

  /** The value of a transient attribute of a node, or null. */
  transientAttribute(state: XmlElement, name: string): string | null {
    for (const set of state.first("transient_attributes")?.all("instance_attributes") ?? []) {
      for (const pair of set.all("nvpair")) if (pair.get("name") === name) return pair.get("value");
    }
    return null;
  }

  /** Source: part 4, 6.3. */
  setTransientAttribute(state: XmlElement, name: string, value: string): void {
    const nodeId = state.id ?? "";
    const attributes = childOrNew(state, "transient_attributes", nodeId);
    const set = childOrNew(attributes, "instance_attributes", nodeId);
    const pair = childOrNew(set, "nvpair", `${nodeId}-${name}`.replace(/[^A-Za-z0-9_.:-]/g, "."));
    pair.set("name", name);
    pair.set("value", value);
  }

  /**
   * Counts a change outside the configuration. Whoever writes a history counts the entry and what belongs to it as one.
   * Source: CIB manager specification, 2.
   */
  countUpdate(): void {
    this.root.set("num_updates", String(this.#counter("num_updates") + 1));
  }

  /** Counts a change of the configuration. */
  #countEpoch(): void {
    this.root.set("epoch", String(this.#counter("epoch") + 1));
    this.root.set("num_updates", "0");
  }

  #counter(name: "epoch" | "num_updates"): number {
    return Number.parseInt(this.root.get(name) ?? "", 10) || 0;
  }

  #setState(state: XmlElement, facts: NodeStateFacts): void {
    if (setAll(state, { ...facts, "crm-debug-origin": SIMULATION_ORIGIN })) this.countUpdate();
  }

  #status(): XmlElement {
    return childOrNew(this.root, "status");
  }

  #nodes(): XmlElement {
    return childOrNew(childOrNew(this.root, "configuration"), "nodes");
  }

  #nodeIdOf(name: string): string | null {
    return (
      this.#nodes()
        .all("node")
        .find((node) => node.get("uname") === name)?.id ?? null
    );
  }

  #ensureNode(name: string): void {
    if (this.#nodeNames.has(name)) return;
    this.#nodeNames.add(name);
    this.#nodes().append(
      new XmlElement("node", [
        ["id", name],
        ["uname", name],
      ]),
    );
    this.#countEpoch();
  }
}

/** Returns whether anything is different now. */
function setAll(element: XmlElement, attributes: Readonly<Record<string, string>>): boolean {
  let isChanged = false;
  for (const [name, value] of Object.entries(attributes)) {
    if (element.get(name) === value) continue;
    element.set(name, value);
    isChanged = true;
  }
  return isChanged;
}
