import { PLAIN_SIMULATION, simulate, TextSimulationReport, viewCluster } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";

/** More transitions than a cluster ever needs to come to rest. */
const TRANSITIONS_MAX = 20;

/** What the cluster would do with a CIB when nothing fails. */
export interface Foresight {
  /** Of the first transition, as crm_simulate shows it. */
  readonly text: string;
  /** Of `text` what is and what is meant to be done, without how it is done and what comes of it. */
  readonly intent: string;
  /** Ids of the configured primitives that something would be done to: start, stop, promote, demote, migrate. */
  readonly touched: ReadonlySet<string>;
  /** When all is done. */
  readonly after: XmlElement;
}

const CHANGING: ReadonlySet<string> = new Set([
  "start",
  "stop",
  "promote",
  "demote",
  "migrate_to",
  "migrate_from",
]);

/** Carries out what the scheduler decides, on a copy, until nothing is left to do. The document is not changed. */
export function foresee(cib: XmlElement, nowMs: number): Foresight {
  const clockS = Math.floor(nowMs / 1000);
  const touched = new Set<string>();
  let text = "";
  let document = cib;
  for (let round = 0; round < TRANSITIONS_MAX; round++) {
    const pieces: string[] = [];
    const sinks = { out: (piece: string) => pieces.push(piece), error: () => {} };
    const report = new TextSimulationReport(sinks, { isQuiet: false, isPlain: false });
    const { schedule, output } = simulate(document, { ...PLAIN_SIMULATION, clockS }, report);
    if (round === 0) text = pieces.join("");
    const view = viewCluster(document, clockS);
    const synapses = schedule?.graph.synapses ?? [];
    for (const { action } of synapses) {
      if (action.resource === null || !CHANGING.has(action.operation)) continue;
      touched.add(view.resource(action.resource.id)?.configuredId ?? action.resource.id);
    }
    document = output;
    if (synapses.length === 0) break;
  }
  return { text, intent: intentIn(text), touched, after: document };
}

function intentIn(text: string): string {
  const start = text.indexOf("Current cluster status:");
  const end = text.indexOf("\nExecuting Cluster Transition:");
  return text.slice(Math.max(start, 0), end < 0 ? text.length : end);
}

/** Where the parts of a resource are active, and where promoted: `n1`, `n2 (promoted)`, sorted. */
export function placesOf(cib: XmlElement, resource: string, nowMs: number): string[] {
  const active = viewCluster(cib, Math.floor(nowMs / 1000)).resource(resource)?.active ?? [];
  return active.map(({ node, isPromoted }) => (isPromoted ? `${node} (promoted)` : node)).sort();
}
