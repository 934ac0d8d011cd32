import type { AgentName } from "@quorate/ports";
import { canonicalXml, XmlElement } from "@quorate/xml";
import type { CibAnswer, CibClient, CibRequest } from "../cluster-node.ts";
import { statusOf } from "../membership/node-state.ts";
import { resourceElement } from "../operations/history-memory.ts";
import { ENDED_CLIENT_ID, JOIN_CLIENT_ID } from "../transition/coordinator.ts";

const BOOTSTRAP_SET = "cib-bootstrap-options";

/** The changes that a node's own daemon makes to the CIB. None of them is subject to ACLs. */
export class OwnChanges {
  readonly #submit: (request: CibRequest, done: (answer: CibAnswer) => void) => void;

  constructor(submit: (request: CibRequest, done: (answer: CibAnswer) => void) => void) {
    this.#submit = submit;
  }

  modify(
    section: string,
    data: XmlElement,
    client = controller(),
    done: (answer: CibAnswer) => void = () => {},
  ): void {
    this.#submit(
      {
        operation: "cib_modify",
        section,
        xpath: null,
        data: canonicalXml(data),
        flags: ["can-create"],
        client,
      },
      done,
    );
  }

  remove(xpath: string, client = controller(), done: (answer: CibAnswer) => void = () => {}): void {
    this.#submit(
      { operation: "cib_delete", section: null, xpath, data: null, flags: ["multiple"], client },
      done,
    );
  }

  /** Root attributes such as `have-quorum`. */
  setRoot(attributes: readonly (readonly [string, string])[]): void {
    this.modify("cib", new XmlElement("cib", attributes));
  }

  /** Cluster properties of the bootstrap set. */
  setProperties(properties: readonly (readonly [name: string, value: string])[]): void {
    const set = new XmlElement("cluster_property_set", [["id", BOOTSTRAP_SET]]);
    for (const [name, value] of properties)
      set.append(
        new XmlElement("nvpair", [
          ["id", `${BOOTSTRAP_SET}-${name}`],
          ["name", name],
          ["value", value],
        ]),
      );
    const section = new XmlElement("crm_config");
    section.append(set);
    this.modify("crm_config", section);
  }

  setNodeStates(states: readonly XmlElement[]): void {
    if (states.length > 0) this.modify("status", statusOf(states));
  }

  /**
   * Replaces the history of a node by what it knows itself.
   * @param locksSinceS keep what is locked to the node since this time or later; null: keep nothing
   */
  replaceHistory(
    node: { readonly id: string; readonly name: string },
    lrm: XmlElement,
    locksSinceS: number | null,
  ): void {
    const client = controller(JOIN_CLIENT_ID);
    const history = `//node_state[@id='${node.id}']/lrm`;
    if (locksSinceS === null) this.remove(history, client);
    else
      this.remove(
        `${history}/lrm_resources/lrm_resource[not(@shutdown-lock > 0 and @shutdown-lock >= ${locksSinceS})]`,
        client,
      );
    const state = new XmlElement("node_state", [
      ["id", node.id],
      ["uname", node.name],
    ]);
    state.append(lrm);
    this.modify("status", statusOf([state]), client);
  }

  writeHistory(
    node: { readonly id: string; readonly name: string },
    resource: { readonly id: string; readonly agent: AgentName; readonly lockS: number | null },
    entries: readonly XmlElement[],
  ): void {
    const element = resourceElement(resource.id, resource.agent, resource.lockS);
    for (const entry of entries) element.append(entry.clone());
    const resources = new XmlElement("lrm_resources");
    resources.append(element);
    const lrm = new XmlElement("lrm", [["id", node.id]]);
    lrm.append(resources);
    const state = new XmlElement("node_state", [
      ["id", node.id],
      ["uname", node.name],
    ]);
    state.append(lrm);
    this.modify("status", statusOf([state]));
  }

  removeHistory(nodeId: string, resourceId: string, done: () => void = () => {}): void {
    this.remove(
      `//node_state[@id='${nodeId}']/lrm/lrm_resources/lrm_resource[@id='${resourceId}']`,
      controller(),
      done,
    );
  }

  /** `isEnded`: of a recurring operation that this node has ended. */
  removeHistoryEntry(nodeId: string, resourceId: string, entryId: string, isEnded: boolean): void {
    this.remove(
      `//node_state[@id='${nodeId}']/lrm/lrm_resources/lrm_resource[@id='${resourceId}']/lrm_rsc_op[@id='${entryId}']`,
      controller(isEnded ? ENDED_CLIENT_ID : undefined),
    );
  }
}

function controller(id = "controller"): CibClient {
  return { name: "crmd", id, user: null, groups: [] };
}
