import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { CLUSTER_KINDS, type ClusterKind } from "../../../packages/scheduler/bench/clusters.ts";
import { repositoryRoot } from "../../steps.ts";
import type { Measured, MeasuredFiles, Results } from "./measured.ts";

const DOCUMENT = join(repositoryRoot, "docs/performance.md");
const BEGIN = "<!-- begin of what `npm run bench -- scheduler` writes -->";
const END = "<!-- end of what `npm run bench -- scheduler` writes -->";
const GIB = 1024 ** 3;

/** Prints the tables, and puts them into their place in the document. */
export function writeReport(
  results: Results,
  options: { readonly isPrintedOnly: boolean; readonly reference: string | null },
): void {
  const report = [
    ...machine(options.reference),
    ...comparison(results.clusters),
    ...smallest(results.files),
    ...life(results),
    ...growth(results.clusters),
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
  // The columns of the tables in line, as `npm run check` wants them.
  spawnSync("npx", ["biome", "format", "--write", DOCUMENT], { cwd: repositoryRoot, stdio: "inherit" });
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

function comparison(clusters: readonly Measured[]): string[] {
  const rows = clusters.filter(({ own }) => own !== null).sort(bySize);
  if (rows.length === 0) return [];
  return [
    ...heading("Whole processes"),
    "| kind | state | nodes x resources | by itself | reference | ratio | with a daemon, first | later | ratio | memory | reference |",
    "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
    ...rows.map(comparisonRow),
  ];
}

function comparisonRow(measured: Measured): string {
  const { kind, state, reference, resident = null } = measured;
  const own = measured.own!;
  return row([
    ...[kind, state, sizeText(measured)],
    own.exitCode === 0 ? timeText(own.cpuMs) : `exit status ${own.exitCode}`,
    reference === null ? "" : timeText(reference.cpuMs),
    reference === null ? "" : ratioText(own.cpuMs / reference.cpuMs),
    resident === null ? "" : timeText(resident.firstMs),
    resident === null ? "" : timeText(resident.laterMs),
    reference === null || resident === null ? "" : ratioText(resident.laterMs / reference.cpuMs),
    `${own.memoryMiB.toFixed(0)} MiB`,
    reference === null ? "" : `${reference.memoryMiB.toFixed(0)} MiB`,
  ]);
}

function smallest(files: MeasuredFiles | null): string[] {
  if (files === null) return [];
  const { fileCount, bytesMax, ownMs, resident, referenceMs } = files;
  const ratio = (ms: number) => (referenceMs === null ? "" : ` (${ratioText(ms / referenceMs)})`);
  const reference = referenceMs === null ? "" : `; the reference takes ${referenceMs.toFixed(0)} ms`;
  return [
    "",
    `For the ${fileCount} smallest files of the conformance suite (up to ${bytesMax} bytes) Quorate takes ${ownMs.toFixed(0)} ms${ratio(ownMs)} by itself, ` +
      `with a daemon ${resident.firstMs.toFixed(0)} ms at first and ${resident.laterMs.toFixed(0)} ms${ratio(resident.laterMs)} later${reference}.`,
  ];
}

function life({ lives }: Results): string[] {
  if (lives.length === 0) return [];
  return [
    ...heading("Changes of a running cluster"),
    "| kind | nodes x resources | in full from text | one monitor failed | ratio | one attribute changed | ratio |",
    "| --- | --: | --: | --: | --: | --: | --: |",
    ...lives.map((measured) => {
      const { kind, fullMs, failedMonitorMs, attributeMs } = measured;
      return row([
        ...[kind, sizeText(measured), timeText(fullMs)],
        ...[failedMonitorMs, attributeMs].flatMap((ms) => [timeText(ms), ratioText(ms / fullMs)]),
      ]);
    }),
  ];
}

/** One table for each state: kinds down, sizes across. */
function growth(clusters: readonly Measured[]): string[] {
  const sizes = [...new Map(clusters.map((measured) => [sizeText(measured), measured])).values()].sort(
    bySize,
  );
  return [...new Set(clusters.map(({ state }) => state))].flatMap((state) => [
    ...heading(`In process, ${state}`),
    row(["kind", ...sizes.map(sizeText)]),
    row(["---", ...sizes.map(() => "--:")]),
    ...kindsOf(clusters, state).map((kind) =>
      row([
        kind,
        ...sizes.map((size) => {
          const found = clusters.find(
            (measured) =>
              measured.kind === kind && measured.state === state && sizeText(measured) === sizeText(size),
          );
          return found === undefined ? "" : timeText(found.inProcessMs);
        }),
      ]),
    ),
  ]);
}

function kindsOf(clusters: readonly Measured[], state: string): ClusterKind[] {
  const found = new Set(clusters.filter((measured) => measured.state === state).map(({ kind }) => kind));
  return (Object.keys(CLUSTER_KINDS) as ClusterKind[]).filter((kind) => found.has(kind));
}

function bySize(left: Measured, right: Measured): number {
  return left.nodeCount - right.nodeCount || left.resourceCount - right.resourceCount;
}

function heading(text: string): string[] {
  return ["", `### ${text}`, ""];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function sizeText({ nodeCount, resourceCount }: Pick<Measured, "nodeCount" | "resourceCount">): string {
  return `${nodeCount} x ${resourceCount.toLocaleString("en")}`;
}

function timeText(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function ratioText(ratio: number): string {
  return ratio < 1 ? `1/${(1 / ratio).toFixed(1)}` : `${ratio.toFixed(2)} x`;
}
