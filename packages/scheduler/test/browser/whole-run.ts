import { parseXml } from "@quorate/xml";
import { graphXml, type SimulationRequest, simulate, TextSimulationReport } from "../../src/index.ts";

const REQUEST: SimulationRequest = {
  runs: true,
  simulates: true,
  showsScores: true,
  showsUtilization: true,
  showsNodeAttributes: true,
  showsFailures: true,
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
  clockS: 1_700_003_600,
};

/** Everything the scheduler says of one CIB: status, scores, summary, simulated result, graph. The same in Node.js and in a browser. */
export function wholeRun(cibText: string): string {
  const parsed = parseXml(cibText);
  if (!parsed.ok) return `not XML: ${parsed.error.message}`;
  let text = "";
  const append = (piece: string) => {
    text += piece;
  };
  const report = new TextSimulationReport({ out: append, error: append }, { isQuiet: false, isPlain: false });
  const { schedule } = simulate(parsed.root, REQUEST, report);
  return schedule === null ? text : text + graphXml(schedule.graph);
}
