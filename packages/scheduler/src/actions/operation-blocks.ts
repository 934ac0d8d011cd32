import type { XmlElement } from "@quorate/xml";
import { readBlocks } from "../model/blocks.ts";
import type { Cluster } from "../model/cluster.ts";
import type { ClusterNode } from "../model/node.ts";
import type { OperationFacts } from "./operation-configuration.ts";

/** The meta-attribute blocks of an operation. Source: part 3, 3.2 step 1. */
export function readOperationBlocks(
  cluster: Cluster,
  operation: XmlElement,
  facts: OperationFacts,
  table: Map<string, string>,
): void {
  readBlocks(cluster, table, operation, "meta_attributes", ruleFacts(facts));
}

/** The blocks of `op_defaults`; they never replace a value. Source: part 3, 3.2 step 3. */
export function readOperationDefaults(
  cluster: Cluster,
  facts: OperationFacts,
  table: Map<string, string>,
): void {
  const defaults = cluster.sections.operationDefaults;
  if (defaults !== null) readBlocks(cluster, table, defaults, "meta_attributes", ruleFacts(facts));
}

/** The instance attributes of an operation, as they are on the node. Source: part 3, 2.3 step 4. */
export function readOperationParameters(
  cluster: Cluster,
  operation: XmlElement,
  node: ClusterNode,
  table: Map<string, string>,
): void {
  readBlocks(cluster, table, operation, "instance_attributes", { node });
}

function ruleFacts(facts: OperationFacts) {
  return {
    resource: facts.resource.primitive,
    operation: { name: facts.task, intervalMs: facts.intervalMs },
  };
}
