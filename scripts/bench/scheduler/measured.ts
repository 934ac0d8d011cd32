import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { ClusterKind } from "../../../packages/scheduler/bench/clusters.ts";
import type { ClusterState } from "../../../packages/scheduler/bench/states.ts";
import type { ProcessCost } from "./processes.ts";
import type { ResidentCost } from "./resident.ts";

/** Medians for one cluster. */
export interface Measured {
  readonly kind: ClusterKind;
  readonly state: ClusterState;
  readonly nodeCount: number;
  readonly resourceCount: number;
  /** From text to graph, in processor time. */
  readonly inProcessMs: number;
  /** Null: only measured in process. */
  readonly own: ProcessCost | null;
  /** Null: not installed, not asked, or it refuses the cluster. */
  readonly reference: ProcessCost | null;
  /** Handed over to a daemon. Null: not measured. */
  readonly resident?: ResidentCost | null;
}

/** Processor time in one process that keeps the document of a running cluster. */
export interface MeasuredLife {
  readonly kind: ClusterKind;
  readonly nodeCount: number;
  readonly resourceCount: number;
  /** From text to graph. */
  readonly fullMs: number;
  readonly failedMonitorMs: number;
  readonly attributeMs: number;
}

/** The smallest files of a folder: medians over the files. */
export interface MeasuredFiles {
  readonly fileCount: number;
  readonly bytesMax: number;
  readonly ownMs: number;
  readonly resident: ResidentCost;
  readonly referenceMs: number | null;
}

/** What a bench has found out so far; may be kept in a file, because the whole takes hours. */
export class Results {
  readonly #file: string | null;
  readonly clusters: Measured[] = [];
  readonly lives: MeasuredLife[] = [];
  files: MeasuredFiles | null = null;

  constructor(file: string | null) {
    this.#file = file;
    if (file === null || !existsSync(file)) return;
    const kept = JSON.parse(readFileSync(file, "utf8")) as Pick<Results, "clusters" | "lives" | "files">;
    this.clusters = kept.clusters;
    this.lives = kept.lives;
    this.files = kept.files;
  }

  find(cluster: Pick<Measured, "kind" | "state" | "nodeCount" | "resourceCount">): Measured | null {
    return this.clusters.find((known) => isSame(known, cluster) && known.state === cluster.state) ?? null;
  }

  addCluster(measured: Measured): void {
    const known = this.find(measured);
    if (known === null) this.clusters.push(measured);
    else this.clusters[this.clusters.indexOf(known)] = measured;
    this.#save();
  }

  addLife(measured: MeasuredLife): void {
    const index = this.lives.findIndex((known) => isSame(known, measured));
    this.lives.splice(index < 0 ? this.lives.length : index, 1, measured);
    this.#save();
  }

  setFiles(files: MeasuredFiles): void {
    this.files = files;
    this.#save();
  }

  #save(): void {
    if (this.#file === null) return;
    const { clusters, lives, files } = this;
    writeFileSync(this.#file, `${JSON.stringify({ clusters, lives, files }, null, 1)}\n`);
  }
}

type Cluster = Pick<Measured, "kind" | "nodeCount" | "resourceCount">;

function isSame(left: Cluster, right: Cluster): boolean {
  return (
    left.kind === right.kind &&
    left.nodeCount === right.nodeCount &&
    left.resourceCount === right.resourceCount
  );
}

export function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1]!;
}
