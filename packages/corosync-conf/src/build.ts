import { type CorosyncConf, newSection, type Section } from "./document.ts";
import { addSection, setItem } from "./edit.ts";

/** A new cluster. Keys and values are Corosync's own; their order is that of the file. */
export interface ConfPlan {
  readonly totem: readonly KeyValue[];
  readonly links: readonly (readonly KeyValue[])[];
  readonly nodes: readonly (readonly KeyValue[])[];
  readonly quorum: readonly KeyValue[];
  readonly logging: readonly KeyValue[];
}

export type KeyValue = readonly [key: string, value: string];

/** The file of a new cluster: totem, nodelist, quorum, logging. @throws RangeError for a value that a file cannot hold */
export function buildCorosyncConf(plan: ConfPlan): CorosyncConf {
  const document = newSection("");
  const totem = filled(document, "totem", plan.totem);
  for (const link of plan.links) filled(totem, "interface", link);
  const nodelist = addSection(document, "nodelist");
  for (const node of plan.nodes) filled(nodelist, "node", node);
  filled(document, "quorum", plan.quorum);
  filled(document, "logging", plan.logging);
  return document;
}

function filled(parent: Section, name: string, items: readonly KeyValue[]): Section {
  const section = addSection(parent, name);
  for (const [key, value] of items) setItem(section, key, value);
  return section;
}
