/** What a node of the cluster decides at run time. Start with `ClusterNode` and `createClusterNode`. */
export * from "./cluster-node.ts";
export { readSeriesLimits } from "./cluster-options.ts";
export { createClusterNode } from "./node.ts";
export { UnsettledOperations } from "./remote/unsettled.ts";
