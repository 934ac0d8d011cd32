import { PLAIN_SIMULATION, type SimulationRequest } from "../src/simulation/simulate.ts";
import { GENERATED_NOW_S } from "./generate/generate-cib.ts";

/** Prints nothing beyond the status, at the instant of the generated clusters. */
export const QUIET_SIMULATION: SimulationRequest = { ...PLAIN_SIMULATION, clockS: GENERATED_NOW_S };

/** The same with all that can be shown. */
export const WHOLE_SIMULATION: SimulationRequest = {
  ...QUIET_SIMULATION,
  showsScores: true,
  showsUtilization: true,
  showsNodeAttributes: true,
  showsFailures: true,
};
