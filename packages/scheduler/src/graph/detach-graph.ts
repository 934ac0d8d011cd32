import type { GraphAction, TransitionGraph } from "./transition-graph.ts";

/**
 * A copy of the graph as plain data, which depends on neither the cluster nor the document: for whoever keeps it while the document
 * changes, or sends it to another thread.
 */
export function detachGraph(graph: TransitionGraph): TransitionGraph {
  const copies = new Map<GraphAction, GraphAction>();
  const copyOf = (action: GraphAction): GraphAction => {
    let copy = copies.get(action);
    if (copy === undefined) {
      copy = detachAction(action);
      copies.set(action, copy);
    }
    return copy;
  };
  return {
    attributes: graph.attributes,
    synapses: graph.synapses.map(({ id, priority, action, inputs }) => ({
      id,
      priority,
      action: copyOf(action),
      inputs: inputs.map(copyOf),
    })),
  };
}

function detachAction(action: GraphAction): GraphAction {
  return {
    element: action.element,
    id: action.id,
    operation: action.operation,
    operationKey: action.operationKey,
    internalOperationKey: action.internalOperationKey,
    onNode: action.onNode,
    onNodeUuid: action.onNodeUuid,
    routerNode: action.routerNode,
    isCibMode: action.isCibMode,
    shutdownLockS: action.shutdownLockS,
    resource: action.resource,
    attributes: new Map(action.attributes),
    downed: action.downed,
    maintenance: action.maintenance,
  };
}
