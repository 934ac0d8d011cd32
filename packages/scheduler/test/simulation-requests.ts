import type { SimulationRequest } from "../src/simulation/simulate.ts";
import { GENERATED_NOW_S } from "./generate/generate-cib.ts";

/** Decides and carries out, prints nothing beyond the status, at the instant of the generated clusters. */
export const PLAIN_SIMULATION: SimulationRequest = {
  runs: true,
  simulates: true,
  showsScores: false,
  showsUtilization: false,
  showsNodeAttributes: false,
  showsFailures: false,
  injections: {
    quorum: null,
    watchdog: null,
    nodesUp: [],
    nodesDown: [],
    nodesFailed: [],
    ticketsGranted: [],
    ticketsRevoked: [],
    ticketsStandby: [],
    ticketsActivated: [],
    operations: [],
  },
  failures: [],
  date: null,
  clockS: GENERATED_NOW_S,
};

/** The same with all that can be shown. */
export const WHOLE_SIMULATION: SimulationRequest = {
  ...PLAIN_SIMULATION,
  showsScores: true,
  showsUtilization: true,
  showsNodeAttributes: true,
  showsFailures: true,
};
