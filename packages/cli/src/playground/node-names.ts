/** The playground's nodes; their ids are their places in this list. */
export const NODE_NAMES = ["node1", "node2", "node3"] as const;
