import { PLAIN_SIMULATION, simulate, XmlSimulationReport } from "@quorate/scheduler";
import { canonicalXml, type XmlElement } from "@quorate/xml";

/** More transitions than a cluster ever needs to come to rest. */
const TRANSITIONS_MAX = 20;

/** What the cluster would do about one resource or one node. */
export interface PlannedAction {
  /** `start`, `stop`, `move`, `promote`, `fence` ..., as crm_simulate names it in XML. */
  readonly action: string;
  /** The resource, or the node. */
  readonly subject: string;
  readonly isNode: boolean;
  /** Where it is. */
  readonly from: string | null;
  /** Where it will be. */
  readonly to: string | null;
  readonly role: string | null;
  readonly nextRole: string | null;
  readonly reason: string | null;
  /** It should be done, but cannot. */
  readonly isBlocked: boolean;
  /** In which transition, counted from 1: what is done later follows from what was done before. */
  readonly transition: number;
}

export interface Plan {
  readonly changesConfiguration: boolean;
  /** What would be done because of the change. */
  readonly actions: readonly PlannedAction[];
  /** What would be done with or without it. */
  readonly pending: readonly PlannedAction[];
  /** What would have been done without it. */
  readonly cancelled: readonly PlannedAction[];
  /** Whether any node is known to be there: without one the cluster does nothing. */
  readonly hasStatus: boolean;
}

/** What a cluster would do with `after` in place of `before`, if nothing fails until it comes to rest. Both stay as they are. */
export function planOf(before: XmlElement, after: XmlElement, nowS: number): Plan {
  const next = actionsFor(after, nowS);
  const former = actionsFor(before, nowS);
  const formerKeys = new Set(former.map(keyOf));
  const nextKeys = new Set(next.map(keyOf));
  return {
    changesConfiguration: configurationOf(before) !== configurationOf(after),
    actions: next.filter((action) => !formerKeys.has(keyOf(action))),
    pending: next.filter((action) => formerKeys.has(keyOf(action))),
    cancelled: former.filter((action) => !nextKeys.has(keyOf(action))),
    hasStatus: (after.first("status")?.all("node_state") ?? []).length > 0,
  };
}

/** In the order in which crm_simulate tells them, transition after transition. */
function actionsFor(cib: XmlElement, nowS: number): PlannedAction[] {
  const actions: PlannedAction[] = [];
  let document = cib.clone();
  for (let transition = 1; transition <= TRANSITIONS_MAX; transition++) {
    const report = new XmlSimulationReport({ isQuiet: false });
    const { schedule, output } = simulate(document, { ...PLAIN_SIMULATION, clockS: nowS }, report);
    for (const section of report.sections)
      if (section.name === "actions")
        for (const element of section.elements()) actions.push(actionOf(element, transition));
    if (schedule === null || schedule.graph.synapses.length === 0) break;
    document = output;
  }
  // What stays blocked is told again in each transition.
  const told = new Set<string>();
  return actions.filter((action) => {
    const key = keyOf(action);
    if (action.isBlocked && told.has(key)) return false;
    told.add(key);
    return true;
  });
}

function actionOf(element: XmlElement, transition: number): PlannedAction {
  const isNode = element.name === "node_action";
  const node = element.get("node");
  const source = element.get("source");
  const dest = element.get("dest");
  const action = element.get(isNode ? "task" : "action") ?? "";
  const stays = dest === null && source !== null;
  return {
    action: isNode ? action.toLowerCase() : action,
    subject: element.get(isNode ? "node" : "resource") ?? "",
    isNode,
    from: isNode ? null : (source ?? (action === "start" ? null : node)),
    to: isNode ? null : (dest ?? (stays ? source : action === "start" ? node : null)),
    role: element.get("role"),
    nextRole: element.get("next-role"),
    reason: element.get("reason"),
    isBlocked: element.get("blocked") === "true",
    transition,
  };
}

function keyOf({ action, subject, from, to, role, nextRole }: PlannedAction): string {
  return [action, subject, from, to, role, nextRole].join("\0");
}

function configurationOf(cib: XmlElement): string {
  const configuration = cib.first("configuration");
  return configuration === null ? "" : canonicalXml(configuration);
}
