/** What a node of the cluster decides at run time. Start with `ClusterNode`. */
export * from "./cluster-node.ts";
