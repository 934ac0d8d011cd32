import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { serializeXml } from "@quorate/xml";
import {
  CLUSTER_KINDS,
  type ClusterKind,
  type ClusterSize,
  newCluster,
} from "../../packages/scheduler/bench/clusters.ts";
import { CLUSTER_STATES, type ClusterState, inState } from "../../packages/scheduler/bench/states.ts";
import { run as build } from "../build.ts";
import { repositoryRoot } from "../steps.ts";
import { loadAsShipped } from "./scheduler/as-shipped.ts";
import { type Measured, median, Results } from "./scheduler/measured.ts";
import { findReference, measureProcess, type ProcessCost } from "./scheduler/processes.ts";
import { writeReport } from "./scheduler/report.ts";
import { measureResident, type ResidentCost } from "./scheduler/resident.ts";

const USAGE = `Usage: npm run bench -- scheduler [OPTION]...

Generates clusters and measures the processor time that the scheduler takes for them: in this process, and bin/crm_simulate as
a whole, by itself in turn with the classic crm_simulate where that is installed, and handed over to a daemon. Writes docs/performance.md. Without --size, --growth,
--life and --smallest: a few small sizes, which end within minutes.
  --kind NAME      only this kind of cluster (may be repeated): ${Object.keys(CLUSTER_KINDS).join(", ")}
  --state NAME     only this state (may be repeated): ${Object.keys(CLUSTER_STATES).join(", ")}
  --size NxR       N nodes with R resources (may be repeated), for example 16x1600; 8x3200 costs the reference minutes
  --growth         sizes that double, and 64 x 10,000, in process
  --life           a running cluster of 16 x 1,600 in which something changes, in process
  --smallest DIR   the 20 smallest .xml files of a folder
  --rounds N       measurements of each, of which the median counts (default 3)
  --limit S        seconds of processor time after which the reference is measured once only (default 10)
  --own            leave the reference out; what --results has of it stays
  --results FILE   add to the measurements in FILE, and write all of them into the document
  --print          print the tables, and leave docs/performance.md as it is
`;

const SMALLEST_COUNT = 20;
const SHORT_SIZES = ["8x200", "16x400"];
/** Nodes x resources: doubling the one, then the other. */
const GROWTH_SIZES = [
  ...["16x400", "16x800", "16x1600", "16x3200", "16x6400", "16x12800"],
  ...["4x1600", "8x1600", "32x1600", "64x1600"],
  "64x10000",
];
const LIFE_SIZE = "16x1600";

/** `npm run bench -- scheduler`. Exit status 0 when all clusters were decided. */
export async function benchScheduler(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kind: { type: "string", multiple: true, default: Object.keys(CLUSTER_KINDS) },
      state: { type: "string", multiple: true, default: Object.keys(CLUSTER_STATES) },
      size: { type: "string", multiple: true, default: [] },
      growth: { type: "boolean", default: false },
      life: { type: "boolean", default: false },
      smallest: { type: "string" },
      rounds: { type: "string", default: "3" },
      limit: { type: "string", default: "10" },
      own: { type: "boolean", default: false },
      results: { type: "string" },
      print: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const isKnown =
    values.kind.every((name) => name in CLUSTER_KINDS) &&
    values.state.every((name) => name in CLUSTER_STATES);
  if (values.help || !isKnown) {
    console.log(USAGE);
    return values.help ? 0 : 64;
  }
  const reference = findReference();
  const results = new Results(values.results ?? null);
  const bench = new SchedulerBench(results, {
    rounds: Number(values.rounds),
    limitMs: Number(values.limit) * 1000,
    reference: values.own ? null : (reference?.program ?? null),
  });
  const kinds = values.kind as ClusterKind[];
  const states = values.state as ClusterState[];
  const isChosen = values.size.length > 0 || values.growth || values.life || values.smallest !== undefined;
  const runsProcesses = !isChosen || values.size.length > 0 || values.smallest !== undefined;
  if (runsProcesses && (await build()) !== 0) return 1;
  for (const size of isChosen ? values.size : SHORT_SIZES) {
    for (const state of states) for (const kind of kinds) await bench.measure(kind, state, sizeOf(size));
  }
  if (values.growth) {
    for (const size of GROWTH_SIZES)
      for (const state of states)
        for (const kind of kinds) await bench.measureGrowth(kind, state, sizeOf(size));
  }
  if (values.life) for (const kind of kinds) await bench.measureLife(kind, sizeOf(LIFE_SIZE));
  if (values.smallest !== undefined) await bench.measureSmallest(values.smallest);
  bench.close();
  writeReport(results, { isPrintedOnly: values.print, reference: reference?.version ?? null });
  return results.clusters.every(({ own }) => own === null || own.exitCode === 0) ? 0 : 1;
}

interface BenchOptions {
  readonly rounds: number;
  readonly limitMs: number;
  /** Program; null: not to be measured. */
  readonly reference: string | null;
}

class SchedulerBench {
  readonly #results: Results;
  readonly #options: BenchOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), "quorate-bench-"));
  readonly #shipped = loadAsShipped(this.#folder);

  constructor(results: Results, options: BenchOptions) {
    this.#results = results;
    this.#options = options;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  async measure(kind: ClusterKind, state: ClusterState, size: ClusterSize): Promise<void> {
    const text = serializeXml(inState(newCluster(kind, size), state));
    const file = join(this.#folder, "cib.xml");
    writeFileSync(file, text);
    const inProcessMs = (await this.#shipped).measureInProcess(text, this.#options.rounds);
    const { own, reference } = await this.#inTurn(file);
    const resident = await this.#handedOver(file);
    this.#add({
      ...{ kind, state, ...size, inProcessMs, own, resident },
      // A cluster that the reference refuses compares with nothing.
      reference: reference?.exitCode === 0 ? reference : null,
    });
  }

  /** What the whole process took stays, if it is known. */
  async measureGrowth(kind: ClusterKind, state: ClusterState, size: ClusterSize): Promise<void> {
    const text = serializeXml(inState(newCluster(kind, size), state));
    const inProcessMs = (await this.#shipped).measureInProcess(text, this.#options.rounds);
    this.#add({ kind, state, ...size, inProcessMs, own: null, reference: null });
  }

  async measureLife(kind: ClusterKind, size: ClusterSize): Promise<void> {
    const text = serializeXml(inState(newCluster(kind, size), "running"));
    const cost = (await this.#shipped).measureLife(text, this.#options.rounds);
    this.#results.addLife({ kind, ...size, ...cost });
    console.log(
      `${kind}: in full ${cost.fullMs.toFixed(0)} ms, failed monitor ${cost.failedMonitorMs.toFixed(0)} ms, ` +
        `attribute ${cost.attributeMs.toFixed(0)} ms`,
    );
  }

  async measureSmallest(folder: string): Promise<void> {
    const files = readdirSync(folder)
      .filter((name) => name.endsWith(".xml"))
      .map((name) => ({ file: join(folder, name), bytes: statSync(join(folder, name)).size }))
      .sort((left, right) => left.bytes - right.bytes)
      .slice(0, SMALLEST_COUNT);
    const costs: { own: ProcessCost; reference: ProcessCost | null; resident: ResidentCost }[] = [];
    for (const { file } of files)
      costs.push({ ...(await this.#inTurn(file)), resident: await this.#handedOver(file) });
    // What the reference refuses compares with nothing.
    const compared = costs.filter(({ reference }) => reference === null || reference.exitCode === 0);
    const references = compared.flatMap(({ reference }) => (reference === null ? [] : [reference.cpuMs]));
    this.#results.setFiles({
      fileCount: compared.length,
      bytesMax: files.at(-1)?.bytes ?? 0,
      ownMs: median(compared.map(({ own }) => own.cpuMs)),
      resident: {
        firstMs: median(compared.map(({ resident }) => resident.firstMs)),
        laterMs: median(compared.map(({ resident }) => resident.laterMs)),
      },
      referenceMs: references.length === 0 ? null : median(references),
    });
  }

  #add(measured: Measured): void {
    const known = this.#results.find(measured);
    const own = measured.own ?? known?.own ?? null;
    const reference = measured.reference ?? known?.reference ?? null;
    const resident = measured.resident ?? known?.resident ?? null;
    this.#results.addCluster({ ...measured, own, reference, resident });
    const { kind, state, nodeCount, resourceCount, inProcessMs } = measured;
    console.log(
      `${kind} ${state} ${nodeCount}x${resourceCount}: in process ${inProcessMs.toFixed(0)} ms` +
        (measured.own === null ? "" : `, whole ${measured.own.cpuMs.toFixed(0)} ms`) +
        (measured.resident == null
          ? ""
          : `, handed over ${measured.resident.firstMs.toFixed(0)}, later ${measured.resident.laterMs.toFixed(0)} ms`) +
        (reference === null ? "" : `, reference ${reference.cpuMs.toFixed(0)} ms`),
    );
  }

  async #inTurn(file: string): Promise<{ own: ProcessCost; reference: ProcessCost | null }> {
    const own: ProcessCost[] = [];
    const reference: ProcessCost[] = [];
    for (let round = 0; round < this.#options.rounds; round++) {
      own.push(await this.#simulate(join(repositoryRoot, "bin/crm_simulate"), file));
      if (this.#options.reference === null || (reference[0]?.cpuMs ?? 0) > this.#options.limitMs) continue;
      reference.push(await this.#simulate(this.#options.reference, file));
    }
    return { own: medianOf(own), reference: reference.length === 0 ? null : medianOf(reference) };
  }

  #simulate(program: string, file: string): Promise<ProcessCost> {
    return measureProcess(program, this.#simulation(file));
  }

  #handedOver(file: string): Promise<ResidentCost> {
    return measureResident(join(repositoryRoot, "bin"), "crm_simulate", this.#simulation(file));
  }

  #simulation(file: string): string[] {
    return ["-x", file, "-G", join(this.#folder, "graph.xml")];
  }
}

function sizeOf(text: string): ClusterSize {
  const [nodeCount, resourceCount] = text.split("x").map(Number) as [number, number];
  return { nodeCount, resourceCount };
}

function medianOf(costs: readonly ProcessCost[]): ProcessCost {
  return {
    cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
    memoryMiB: median(costs.map(({ memoryMiB }) => memoryMiB)),
    exitCode: costs.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
  };
}
