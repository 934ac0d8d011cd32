import type { GraphAction, Synapse, TransitionGraph } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";

/**
 * A scheduler small enough to be obviously right: primitives only, one copy of each, lowest node first. The
 * controller is tested against it so that its tests do not depend on the real one.
 */
export function tinySchedule(cib: XmlElement): TransitionGraph {
  const graph = new GraphMaker();
  const options = pairsOf(
    cib.first("configuration")?.first("crm_config")?.first("cluster_property_set") ?? null,
  );
  const canFence = (options.get("stonith-enabled") ?? "true") === "true";
  const isQuorate = cib.get("have-quorum") === "1";
  const nodes = readNodes(cib);
  const fences = new Map<string, GraphAction>();
  const primitives = cib.first("configuration")?.first("resources")?.all("primitive") ?? [];
  const states = new Map(
    primitives.map((primitive) => [primitive.id ?? "", readHistory(cib, primitive.id ?? "")]),
  );

  for (const node of nodes) {
    const hasFailedStop = [...states.values()].some(
      (history) => history.get(node.id)?.state === "stopFailed",
    );
    if (!node.isUnclean && !hasFailedStop) continue;
    if (!canFence || !isQuorate) continue;
    fences.set(
      node.id,
      graph.add("crm_event", "stonith", node, null, [], {
        attributes: { CRM_meta_stonith_action: "reboot" },
        downed: [node.id],
      }),
    );
  }
  const blocked = nodes.some((node) => node.isUnclean && !fences.has(node.id)) && canFence;
  const stops = new Map<string, GraphAction[]>();
  for (const primitive of primitives) {
    if (primitive.get("class") === "stonith") continue;
    const id = primitive.id ?? "";
    const history = states.get(id)!;
    const usable = nodes.filter((node) => node.isOnline && !fences.has(node.id));
    const isPending = usable.some((node) => history.get(node.id)?.state === "pending");
    const probes = usable
      .filter((node) => !history.has(node.id))
      .map((node) =>
        graph.add("rsc_op", "monitor", node, primitive, [], { attributes: { CRM_meta_op_target_rc: "7" } }),
      );
    if (isPending) continue;
    const active = nodes.filter((node) =>
      ["active", "failed", "stopFailed"].includes(history.get(node.id)?.state ?? ""),
    );
    const allowed = usable.filter((node) => !node.isStandby && !node.isLeaving && !node.banned.has(id));
    const isWanted =
      isQuorate && pairsOf(primitive.first("meta_attributes")).get("target-role") !== "Stopped";
    const good = active.filter((node) => history.get(node.id)?.state === "active" && allowed.includes(node));
    const keep = isWanted && active.length === 1 ? good[0] : undefined;
    const target = isWanted ? (keep ?? allowed[0]) : undefined;
    const before: GraphAction[] = [...probes];
    for (const node of active) {
      if (node === keep) continue;
      const fence = fences.get(node.id);
      if (fence !== undefined) before.push(fence);
      else if (node.isOnline) {
        const stop = graph.add("rsc_op", "stop", node, primitive, probes);
        before.push(stop);
        stops.set(node.id, [...(stops.get(node.id) ?? []), stop]);
      }
    }
    if (target === undefined) continue;
    const monitorOf = (inputs: GraphAction[]) => {
      const interval = primitive
        .first("operations")
        ?.elements()
        .find((op) => op.get("name") === "monitor");
      if (interval === undefined) return;
      graph.add("rsc_op", "monitor", target, primitive, inputs, {
        interval: Number.parseInt(interval.get("interval") ?? "10", 10) * 1000,
      });
    };
    if (keep !== undefined) {
      if (history.get(keep.id)?.isMonitored !== true) monitorOf([]);
      continue;
    }
    // A node that may be running it and cannot be fenced holds everything up.
    if (blocked && fences.size < nodes.filter((node) => node.isUnclean).length) continue;
    for (const fence of fences.values()) if (!before.includes(fence)) before.push(fence);
    monitorOf([graph.add("rsc_op", "start", target, primitive, before)]);
  }
  for (const node of nodes)
    if (node.isOnline && node.isLeaving)
      graph.add("crm_event", "do_shutdown", node, null, stops.get(node.id) ?? [], {
        attributes: { CRM_meta_op_no_wait: "true" },
        downed: [node.id],
      });
  return graph.finish(options);
}

interface TinyNode {
  readonly id: string;
  readonly name: string;
  readonly isOnline: boolean;
  readonly isUnclean: boolean;
  readonly isStandby: boolean;
  readonly isLeaving: boolean;
  readonly banned: ReadonlySet<string>;
}

function readNodes(cib: XmlElement): TinyNode[] {
  const configured = cib.first("configuration")?.first("nodes")?.all("node") ?? [];
  const states = cib.first("status")?.all("node_state") ?? [];
  const unseen = configured
    .filter((node) => !states.some((state) => state.id === node.id))
    .map((node) => ({
      id: node.id ?? "",
      name: node.get("uname") ?? "",
      isOnline: false,
      isUnclean: true,
      isStandby: false,
      isLeaving: false,
      banned: new Set<string>(),
    }));
  const seen = states.map((state) => {
    const is = (name: string) => (state.get(name) ?? "0") !== "0";
    const permanent = pairsOf(
      configured.find((node) => node.id === state.id)?.first("instance_attributes") ?? null,
    );
    const transient = pairsOf(state.first("transient_attributes")?.first("instance_attributes") ?? null);
    const isAlive = is("in_ccm") && is("crmd");
    const isMember = state.get("join") === "member" && state.get("expected") === "member";
    const banned = new Set<string>();
    for (const [name, value] of transient) {
      const match = /^fail-count-(.+)#/.exec(name);
      if (match !== null && (value === "INFINITY" || Number(value) >= 1_000_000)) banned.add(match[1]!);
    }
    return {
      id: state.id ?? "",
      name: state.get("uname") ?? "",
      isOnline: isAlive && isMember,
      isUnclean: !isAlive && state.get("expected") === "member",
      isStandby: (transient.get("standby") ?? permanent.get("standby")) === "true",
      isLeaving: (transient.get("shutdown") ?? "0") !== "0",
      banned,
    };
  });
  return [...seen, ...unseen].sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface TinyHistory {
  readonly state: "active" | "inactive" | "failed" | "stopFailed" | "pending";
  readonly isMonitored: boolean;
}

function readHistory(cib: XmlElement, resource: string): Map<string, TinyHistory> {
  const histories = new Map<string, TinyHistory>();
  for (const node of cib.first("status")?.all("node_state") ?? []) {
    const entries =
      node
        .first("lrm")
        ?.first("lrm_resources")
        ?.all("lrm_resource")
        .find((entry) => entry.id === resource)
        ?.all("lrm_rsc_op") ?? [];
    if (entries.length === 0) continue;
    const call = (entry: XmlElement) => {
      const id = Number(entry.get("call-id"));
      return id < 0 ? Number.MAX_SAFE_INTEGER : id;
    };
    let state: TinyHistory["state"] = "inactive";
    let isMonitored = false;
    for (const entry of [...entries].sort((a, b) => call(a) - call(b))) {
      const rc = Number(entry.get("rc-code"));
      const isDone = entry.get("op-status") === "0";
      const isRecurring = entry.get("interval") !== "0";
      if (entry.get("op-status") === "-1") {
        if (isRecurring) isMonitored = true;
        else state = "pending";
        continue;
      }
      switch (entry.get("operation")) {
        case "start":
          state = isDone && rc === 0 ? "active" : "failed";
          isMonitored = false;
          break;
        case "stop":
          state = isDone && rc === 0 ? "inactive" : "stopFailed";
          isMonitored = false;
          break;
        case "asyncmon":
          state = "failed";
          break;
        case "monitor":
          if (isRecurring && state === "inactive") break;
          if (isDone && rc === 0) {
            if (state !== "failed") state = "active";
            if (isRecurring) isMonitored = true;
          } else if (isDone && rc === 7 && !isRecurring) state = "inactive";
          else state = "failed";
          break;
        default:
          break;
      }
    }
    histories.set(node.id ?? "", { state, isMonitored });
  }
  return histories;
}

function pairsOf(set: XmlElement | null): Map<string, string> {
  return new Map((set?.all("nvpair") ?? []).map((pair) => [pair.get("name") ?? "", pair.get("value") ?? ""]));
}

class GraphMaker {
  readonly #synapses: Synapse[] = [];

  add(
    element: "rsc_op" | "crm_event",
    operation: string,
    node: TinyNode,
    primitive: XmlElement | null,
    inputs: readonly GraphAction[],
    more: { attributes?: Record<string, string>; downed?: string[]; interval?: number } = {},
  ): GraphAction {
    const interval = more.interval ?? 0;
    const key = primitive === null ? `${operation}-${node.name}` : `${primitive.id}_${operation}_${interval}`;
    const action: GraphAction = {
      element,
      id: this.#synapses.length + 1,
      operation,
      operationKey: key,
      internalOperationKey: null,
      onNode: node.name,
      onNodeUuid: node.id,
      routerNode: null,
      isCibMode: false,
      shutdownLockS: null,
      resource:
        primitive === null
          ? null
          : {
              element: "primitive",
              id: primitive.id ?? "",
              longId: null,
              class: primitive.get("class") ?? "",
              provider: primitive.get("provider"),
              type: primitive.get("type") ?? "",
            },
      attributes: new Map(
        Object.entries({
          CRM_meta_on_node: node.name,
          ...(interval > 0 ? { CRM_meta_interval: String(interval) } : {}),
          CRM_meta_timeout: "5000",
          crm_feature_set: "3.20.5",
          ...more.attributes,
        }),
      ),
      downed: more.downed ?? [],
      maintenance: [],
    };
    this.#synapses.push({ id: this.#synapses.length, priority: 0, action, inputs });
    return action;
  }

  finish(options: ReadonlyMap<string, string>): TransitionGraph {
    return {
      attributes: new Map([
        ["cluster-delay", options.get("cluster-delay") ?? "60s"],
        ["fencing-timeout", "60s"],
        ["failed-stop-offset", "INFINITY"],
        ["failed-start-offset", "INFINITY"],
        ["batch-limit", "0"],
      ]),
      synapses: this.#synapses,
    };
  }
}
