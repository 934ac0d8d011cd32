import {
  type BlockName,
  type OperationFacts,
  type RuleContext,
  readBlocks as readCibBlocks,
} from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { ClusterLookup } from "./cluster.ts";
import type { ClusterNode } from "./node.ts";
import { offerRecheck, type RecheckState } from "./recheck.ts";
import type { PrimitiveFacts } from "./resource.ts";

/** What of a run the evaluation of rules needs. */
export interface RuleRun extends RecheckState {
  readonly nowOffsetS: number;
  readonly lookup: Pick<ClusterLookup, "element">;
}

/** What rules can see, besides the time; what is left out is undefined for them. Source: part 1, 4.3. */
export interface RuleFacts {
  /** Only its own attributes. */
  readonly node?: ClusterNode | null;
  readonly resource?: PrimitiveFacts | null;
  readonly operation?: OperationFacts | null;
}

function ruleContext(run: RuleRun, facts: RuleFacts): RuleContext {
  const node = facts.node ?? null;
  return {
    now: { epochS: run.nowS, offsetS: run.nowOffsetS },
    element: (name, id) => run.lookup.element(name, id),
    nodeAttribute: node === null ? null : (name) => node.attributes.get(name) ?? null,
    resource: facts.resource ?? null,
    operation: facts.operation ?? null,
    location: null,
    noteChange: (epochS) => offerRecheck(run, epochS),
  };
}

/**
 * Reads all blocks of that name below the element into the table, never replacing a value. Instants at which a
 * rule changes are offered to the recheck time. Source: part 1, 4.1 and 4.9.
 */
export function readBlocks(
  run: RuleRun,
  table: Map<string, string>,
  element: XmlElement,
  name: BlockName,
  facts: RuleFacts,
  firstId: string | null = null,
): void {
  // As most operations are.
  if (element.children.length === 0) return;
  readCibBlocks(table, element, name, ruleContext(run, facts), firstId);
}
