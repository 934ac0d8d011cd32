import type { ClusterNodeConfig } from "../cluster-node.ts";
import { isCompatible } from "../election/feature-set.ts";

/** What a node says of its software when it joins. Older ones do not know of rules for changes. */
interface Software {
  readonly featureSet: string;
  readonly changeRules?: number;
}

/** Why a node and the DC cannot work together, for people; null when they can. Both ask, since one may know less than the other. */
export function incompatibilityOf(node: Software, leader: Software): string | null {
  if (!isCompatible(node.featureSet, leader.featureSet))
    return `feature set ${node.featureSet} of the node does not fit that of the DC, ${leader.featureSet}`;
  if (node.changeRules !== leader.changeRules)
    return (
      `the node judges changes of the configuration by rules of version ${node.changeRules ?? "0"}, the DC by version ${leader.changeRules ?? "0"}: ` +
      "they would not keep one configuration. Install the same release of Quorate on all nodes"
    );
  return null;
}

export function softwareOf({ featureSet, changeRules }: ClusterNodeConfig): Required<Software> {
  return { featureSet, changeRules };
}
