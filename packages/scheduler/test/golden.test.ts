import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseXml } from "@quorate/xml";
import { describe, expect, it } from "vitest";
import { dotGraph } from "../src/render/dot-graph.ts";
import { graphXml } from "../src/render/graph-xml.ts";
import { type SimulationRequest, simulate } from "../src/simulation/simulate.ts";
import { TextSimulationReport } from "../src/simulation/text-simulation-report.ts";
import { WHOLE_SIMULATION } from "./simulation-requests.ts";

const FOLDER = join(import.meta.dirname, "../testdata");
/** Set to write what came instead of comparing it; commit only a difference that you can explain. */
const REWRITES = process.env.QUORATE_REWRITE_GOLDEN !== undefined;

const REQUEST: SimulationRequest = {
  ...WHOLE_SIMULATION,
  showsUtilization: false,
  showsNodeAttributes: false,
  clockS: 1_767_225_600,
};

describe("golden clusters: a folder each with cib.xml, perhaps request.json, and what comes of it", () => {
  const names = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  it("finds some", () => expect(names.length).toBeGreaterThan(0));

  for (const { name } of names) {
    it(name, () => {
      const folder = join(FOLDER, name);
      const parsed = parseXml(readFileSync(join(folder, "cib.xml"), "utf8"));
      if (!parsed.ok) throw new Error(parsed.error.message);
      let stdout = "";
      let stderr = "";
      const sinks = {
        out: (text: string) => {
          stdout += text;
        },
        error: (text: string) => {
          stderr += text;
        },
      };
      const report = new TextSimulationReport(sinks, { isQuiet: false, isPlain: false });
      const { schedule } = simulate(parsed.root, requestOf(folder), report);
      const { graph, cluster } = schedule!;
      const outputs = {
        "summary.txt": stdout,
        "graph.xml": graphXml(graph),
        "graph.dot": dotGraph(cluster, { showsAllActions: false, showsIds: false }),
      };
      expect(stderr).toBe("");
      for (const [file, text] of Object.entries(outputs)) {
        const path = join(folder, file);
        if (REWRITES) writeFileSync(path, text);
        expect(text, `${name}/${file}`).toBe(readFileSync(path, "utf8"));
      }
    });
  }
});

function requestOf(folder: string): SimulationRequest {
  const path = join(folder, "request.json");
  if (!existsSync(path)) return REQUEST;
  const changes = JSON.parse(readFileSync(path, "utf8")) as Partial<SimulationRequest>;
  return { ...REQUEST, ...changes, injections: { ...REQUEST.injections, ...changes.injections } };
}
