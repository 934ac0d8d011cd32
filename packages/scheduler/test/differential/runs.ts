import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crmSimulate } from "@quorate/cli";
import type { OutputKind } from "../../../../scripts/conformance/case.ts";
import { runInMemory } from "../../../../scripts/conformance/memory-world.ts";

/** What the two runs of one cluster printed and wrote; `exp` is the graph. */
export type Outputs = Readonly<Record<OutputKind, string>>;

const REFERENCE = "/usr/sbin/crm_simulate";
/** The version whose differences this test lists. */
const REFERENCE_VERSION = "2.1.5";

const TIMEOUT_MS = 60_000;

/** Why the reference cannot be asked here; null when it can. */
export async function whyNoReference(): Promise<string | null> {
  if (!existsSync(REFERENCE))
    return `${REFERENCE} is not installed (Debian: apt-get install pacemaker-cli-utils)`;
  const { stdout } = await runReference(["--version"], tmpdir());
  const version = /^Pacemaker (\S+)/.exec(stdout)?.[1] ?? "unknown";
  return version.startsWith(REFERENCE_VERSION)
    ? null
    : `${REFERENCE} is version ${version}; the list of differences is for ${REFERENCE_VERSION}`;
}

/** Both runs of the suite with the installed program, in a folder of their own that is removed afterwards. */
export async function referenceOutputs(cib: string, date: string): Promise<Outputs> {
  const folder = await mkdtemp(join(tmpdir(), "quorate-differential-"));
  try {
    await writeFile(join(folder, "input.xml"), cib);
    const summary = await runReference(["-x", "input.xml", "-S", "-t", date], folder);
    const saved = await runReference(
      ["-x", "input.xml", "-D", "dot", "-G", "graph", "-sSQ", "-t", date],
      folder,
    );
    return {
      summary: summary.stderr + summary.stdout,
      dot: await textOf(join(folder, "dot")),
      exp: await textOf(join(folder, "graph")),
      scores: saved.stdout,
      stderr: saved.stderr,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same two runs with our program, in this process. */
export async function ourOutputs(cib: string, date: string): Promise<Outputs> {
  const files = new Map([["input.xml", cib]]);
  const summary = await runInMemory(crmSimulate, ["-x", "input.xml", "-S", "-t", date], files);
  const saved = await runInMemory(
    crmSimulate,
    ["-x", "input.xml", "-D", "dot", "-G", "graph", "-sSQ", "-t", date],
    files,
  );
  return {
    summary: summary.stderr + summary.stdout,
    dot: saved.written.get("dot") ?? "",
    exp: saved.written.get("graph") ?? "",
    scores: saved.stdout,
    stderr: saved.stderr,
  };
}

/** The exit status is not judged: where it differs, so does what is printed. */
function runReference(args: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  const options = {
    cwd,
    env: { PATH: process.env.PATH, TZ: "UTC", LC_ALL: "C" },
    timeout: TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((resolve) => {
    execFile(REFERENCE, [...args], options, (_error, stdout, stderr) => resolve({ stdout, stderr }));
  });
}

function textOf(file: string): Promise<string> {
  return existsSync(file) ? readFile(file, "utf8") : Promise.resolve("");
}
