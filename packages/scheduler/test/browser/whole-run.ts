import { parseXml } from "@quorate/xml";
import { graphXml, simulate, TextSimulationReport } from "../../src/index.ts";
import { WHOLE_SIMULATION } from "../simulation-requests.ts";

/** Everything the scheduler says of one CIB: status, scores, summary, simulated result, graph. The same in Node.js and in a browser. */
export function wholeRun(cibText: string): string {
  const parsed = parseXml(cibText);
  if (!parsed.ok) return `not XML: ${parsed.error.message}`;
  let text = "";
  const append = (piece: string) => {
    text += piece;
  };
  const report = new TextSimulationReport({ out: append, error: append }, { isQuiet: false, isPlain: false });
  const { schedule } = simulate(parsed.root, WHOLE_SIMULATION, report);
  return schedule === null ? text : text + graphXml(schedule.graph);
}
