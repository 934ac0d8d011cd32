import { PLAIN_SIMULATION, type SimulationRequest, simulate, TextSimulationReport } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";

/** What the cluster is going through when it is looked at. */
export const CLUSTER_STATES = {
  new: "nothing runs yet",
  running: "everything runs, with its operation history",
  lost: "everything ran, one node has just been lost",
} as const;
export type ClusterState = keyof typeof CLUSTER_STATES;

/** 2026-01-01, so that every run of the bench sees the same time. */
export const BENCH_TIME_S = 1_767_225_600;

/** Transitions until a new cluster is at rest; more mean that it never is. */
const TRANSITIONS_MAX = 6;

/** The cluster in that state; `cib` is a new one and is not changed. */
export function inState(cib: XmlElement, state: ClusterState): XmlElement {
  if (state === "new") return cib;
  const running = settle(cib);
  if (state === "lost") loseNode(running);
  return running;
}

/** Carries transitions out until nothing is left to do. */
function settle(cib: XmlElement): XmlElement {
  let current = cib;
  for (let count = 0; count < TRANSITIONS_MAX; count++) {
    const silent = { out: () => {}, error: () => {} };
    const report = new TextSimulationReport(silent, { isQuiet: true, isPlain: true });
    const { schedule, output } = simulate(current, REQUEST, report);
    if (schedule !== null && schedule.graph.synapses.length === 0) return current;
    current = output;
  }
  throw new Error(`the cluster is not at rest after ${TRANSITIONS_MAX} transitions`);
}

function loseNode(cib: XmlElement): void {
  const state = cib.first("status")?.first("node_state");
  state?.set("in_ccm", "false");
  state?.set("crmd", "offline");
  state?.set("join", "down");
}

const REQUEST: SimulationRequest = { ...PLAIN_SIMULATION, clockS: BENCH_TIME_S };
