import type { XmlElement } from "@quorate/xml";
import { dotGraph } from "../../src/render/dot-graph.ts";
import { graphXml } from "../../src/render/graph-xml.ts";
import { type SimulationRequest, simulate } from "../../src/simulation/simulate.ts";
import { TextSimulationReport } from "../../src/simulation/text-simulation-report.ts";
import { GENERATED_NOW_S } from "../generate/generate-cib.ts";

const EVERYTHING: SimulationRequest = {
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
  clockS: GENERATED_NOW_S,
};

/**
 * Does with a document all that `crm_simulate` can show, twice.
 * @throws whatever the scheduler throws, which must be nothing, and when the two results differ.
 */
export function survive(cib: XmlElement): void {
  const [first, second] = [everything(cib), everything(cib)];
  if (first !== second) throw new Error("the same document gave two results");
}

function everything(cib: XmlElement): string {
  const lines: string[] = [];
  const sinks = { out: (text: string) => lines.push(text), error: (text: string) => lines.push(text) };
  const { schedule } = simulate(
    cib,
    EVERYTHING,
    new TextSimulationReport(sinks, { isQuiet: false, isPlain: false }),
  );
  if (schedule !== null) {
    lines.push(
      graphXml(schedule.graph),
      dotGraph(schedule.cluster, { showsAllActions: true, showsIds: true }),
    );
  }
  return lines.join("\n");
}
