import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { CLUSTER_KINDS, type ClusterKind } from "../../../packages/scheduler/bench/clusters.ts";
import type { ClusterState } from "../../../packages/scheduler/bench/states.ts";
import { repositoryRoot } from "../../steps.ts";
import type { ProcessCost } from "./processes.ts";

/** Medians for one cluster. */
export interface Measured {
  readonly kind: ClusterKind;
  readonly state: ClusterState;
  readonly nodeCount: number;
  readonly resourceCount: number;
  readonly inProcessMs: number;
  readonly own: ProcessCost;
  /** Null: not installed, not asked, or it refuses the cluster. */
  readonly reference: ProcessCost | null;
}

const DOCUMENT = join(repositoryRoot, "docs/performance.md");
const BEGIN = "<!-- begin of what `npm run bench -- scheduler` writes -->";
const END = "<!-- end of what `npm run bench -- scheduler` writes -->";
const GIB = 1024 ** 3;

/** Prints the table, and puts it into its place in the document. */
export function writeReport(
  measured: readonly Measured[],
  options: { readonly isPrintedOnly: boolean; readonly reference: string | null },
): void {
  const report = [
    ...machine(options.reference),
    ...Object.keys(CLUSTER_KINDS).flatMap((kind) => section(kind as ClusterKind, measured)),
  ].join("\n");
  console.log(report);
  if (options.isPrintedOnly) return;
  const document = readFileSync(DOCUMENT, "utf8");
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`${DOCUMENT} has lost the marks between which the table belongs`);
  writeFileSync(
    DOCUMENT,
    `${document.slice(0, begin + BEGIN.length)}\n\n${report}\n\n${document.slice(end)}`,
  );
}

function machine(reference: string | null): string[] {
  const memoryGiB = Math.round(totalmem() / GIB);
  return [
    `Measured on ${availableParallelism()} cores of a virtual machine with ${memoryGiB} GiB, Node.js ${process.versions.node.split(".")[0]}; ` +
      (reference === null
        ? "no reference installed."
        : `reference: the classic \`crm_simulate\` ${reference}.`),
  ];
}

function section(kind: ClusterKind, all: readonly Measured[]): string[] {
  const rows = all.filter((measured) => measured.kind === kind);
  if (rows.length === 0) return [];
  return [
    "",
    `### ${kind}`,
    "",
    `${CLUSTER_KINDS[kind].summary[0]!.toUpperCase()}${CLUSTER_KINDS[kind].summary.slice(1)}.`,
    "",
    "| state | nodes x resources | in process | whole process | reference | ratio | memory | reference |",
    "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ...rows.map(row),
  ];
}

function row({ state, nodeCount, resourceCount, inProcessMs, own, reference }: Measured): string {
  const ratio = reference === null ? "" : ratioText(own.wallMs / reference.wallMs);
  const cells = [
    state,
    `${nodeCount} x ${resourceCount.toLocaleString("en")}`,
    timeText(inProcessMs),
    own.exitCode === 0 ? timeText(own.wallMs) : `exit status ${own.exitCode}`,
    reference === null ? "" : timeText(reference.wallMs),
    ratio,
    `${own.memoryMiB.toFixed(0)} MiB`,
    reference === null ? "" : `${reference.memoryMiB.toFixed(0)} MiB`,
  ];
  return `| ${cells.join(" | ")} |`;
}

function timeText(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function ratioText(ratio: number): string {
  return ratio < 1 ? `1/${(1 / ratio).toFixed(1)}` : `${ratio.toFixed(2)} x`;
}
