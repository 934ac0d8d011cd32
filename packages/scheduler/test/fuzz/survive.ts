import type { XmlElement } from "@quorate/xml";
import { dotGraph } from "../../src/render/dot-graph.ts";
import { graphXml } from "../../src/render/graph-xml.ts";
import { simulate } from "../../src/simulation/simulate.ts";
import { TextSimulationReport } from "../../src/simulation/text-simulation-report.ts";
import { WHOLE_SIMULATION } from "../simulation-requests.ts";

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
    WHOLE_SIMULATION,
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
