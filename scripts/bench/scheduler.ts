import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { schedule } from "@quorate/scheduler";
import { parseXml, serializeXml } from "@quorate/xml";
import { CLUSTER_KINDS, type ClusterKind, newCluster } from "../../packages/scheduler/bench/clusters.ts";
import {
  BENCH_TIME_S,
  CLUSTER_STATES,
  type ClusterState,
  inState,
} from "../../packages/scheduler/bench/states.ts";
import { run as build } from "../build.ts";
import { repositoryRoot } from "../steps.ts";
import { findReference, measureProcess, type ProcessCost } from "./scheduler/processes.ts";
import { type Measured, writeReport } from "./scheduler/report.ts";

const USAGE = `Usage: npm run bench -- scheduler [OPTION]...

Generates clusters and measures the scheduler on them: in this process, and bin/crm_simulate as a whole, in turn with the
classic crm_simulate where that is installed. Writes docs/performance.md.
  --full           all sizes of the document, from 8 x 200 to 64 x 10,000 (hours with a reference, which is given up
                   after --limit)
  --kind NAME      only this kind of cluster (may be repeated): ${Object.keys(CLUSTER_KINDS).join(", ")}
  --state NAME     only this state (may be repeated): ${Object.keys(CLUSTER_STATES).join(", ")}
  --size NxR       only N nodes with R resources (may be repeated), for example 16x1600
  --rounds N       measurements of each, of which the median counts (default 3)
  --limit S        seconds after which the reference is not asked for larger clusters of a kind (default 10)
  --print          print the table, and leave docs/performance.md as it is
`;

/** Nodes x resources. The short list ends within minutes on two cores; the long one shows the growth both ways. */
const SHORT_SIZES = ["8x200", "16x400", "16x800", "16x1600"];
const FULL_SIZES = [
  ...["8x200", "8x800", "8x3200"],
  ...["16x400", "16x800", "16x1600", "16x3200", "16x6400", "16x12800"],
  ...["4x1600", "8x1600", "32x1600", "64x1600"],
  "64x10000",
];

/** `npm run bench -- scheduler`. Exit status 0 when all clusters were decided. */
export async function benchScheduler(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: "boolean", default: false },
      kind: { type: "string", multiple: true, default: Object.keys(CLUSTER_KINDS) },
      state: { type: "string", multiple: true, default: Object.keys(CLUSTER_STATES) },
      size: { type: "string", multiple: true },
      rounds: { type: "string", default: "3" },
      limit: { type: "string", default: "10" },
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
  if ((await build()) !== 0) return 1;
  const bench = new SchedulerBench(Number(values.rounds), Number(values.limit) * 1000);
  const measured: Measured[] = [];
  for (const kind of values.kind as ClusterKind[]) {
    for (const state of values.state as ClusterState[]) {
      for (const size of values.size ?? (values.full ? FULL_SIZES : SHORT_SIZES)) {
        measured.push(await bench.measure(kind, state, size));
      }
    }
  }
  bench.close();
  writeReport(measured, { isPrintedOnly: values.print, reference: bench.referenceVersion });
  return measured.every(({ own }) => own.exitCode === 0) ? 0 : 1;
}

class SchedulerBench {
  readonly #rounds: number;
  readonly #limitMs: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "quorate-bench-"));
  readonly #reference = findReference();
  /** Kind and state for which the reference took longer than the limit. */
  readonly #givenUp = new Set<string>();

  constructor(rounds: number, limitMs: number) {
    this.#rounds = rounds;
    this.#limitMs = limitMs;
  }

  get referenceVersion(): string | null {
    return this.#reference?.version ?? null;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  async measure(kind: ClusterKind, state: ClusterState, sizeText: string): Promise<Measured> {
    const [nodeCount, resourceCount] = sizeText.split("x").map(Number) as [number, number];
    const file = join(this.#folder, "cib.xml");
    writeFileSync(file, serializeXml(inState(newCluster(kind, { nodeCount, resourceCount }), state)));
    const inProcessMs = this.#inProcess(file);
    const own: ProcessCost[] = [];
    const reference: ProcessCost[] = [];
    const series = `${kind} ${state}`;
    for (let round = 0; round < this.#rounds; round++) {
      own.push(await this.#simulate(join(repositoryRoot, "bin/crm_simulate"), file));
      if (this.#reference === null || this.#givenUp.has(series)) continue;
      const cost = await this.#simulate(this.#reference.program, file);
      reference.push(cost);
      if (cost.wallMs > this.#limitMs) this.#givenUp.add(series);
    }
    const result = {
      kind,
      state,
      nodeCount,
      resourceCount,
      inProcessMs,
      own: medianOf(own),
      // A cluster that the reference refuses compares with nothing.
      reference: reference.length === 0 || reference[0]!.exitCode !== 0 ? null : medianOf(reference),
    };
    console.log(
      `${series} ${sizeText}: in process ${inProcessMs.toFixed(0)} ms, whole ${result.own.wallMs.toFixed(0)} ms` +
        (result.reference === null ? "" : `, reference ${result.reference.wallMs.toFixed(0)} ms`),
    );
    return result;
  }

  /** From text to graph; the median of the rounds after one that warms up. */
  #inProcess(file: string): number {
    const text = readFileSync(file, "utf8");
    const times: number[] = [];
    for (let round = 0; round <= this.#rounds; round++) {
      const startMs = performance.now();
      const parsed = parseXml(text);
      if (!parsed.ok) throw new Error(parsed.error.message);
      schedule(parsed.root, { nowS: BENCH_TIME_S });
      times.push(performance.now() - startMs);
    }
    return median(times.slice(1));
  }

  #simulate(program: string, file: string): Promise<ProcessCost> {
    return measureProcess(program, ["-x", file, "-G", join(this.#folder, "graph.xml")]);
  }
}

function medianOf(costs: readonly ProcessCost[]): ProcessCost {
  return {
    wallMs: median(costs.map(({ wallMs }) => wallMs)),
    memoryMiB: median(costs.map(({ memoryMiB }) => memoryMiB)),
    exitCode: costs.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1]!;
}
