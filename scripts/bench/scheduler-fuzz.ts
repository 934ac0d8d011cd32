import { fork } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mutate } from "../../packages/scheduler/test/fuzz/mutate.ts";
import { survive } from "../../packages/scheduler/test/fuzz/survive.ts";
import { parseCib } from "../../packages/scheduler/test/generate/decided.ts";
import { Random } from "../../packages/scheduler/test/generate/random.ts";
import { repositoryRoot } from "../steps.ts";

const FOLDER = process.env.QUORATE_CONFORMANCE ?? join(repositoryRoot, "../shared/conformance");
const COUNT_DEFAULT = 20_000;
/** What takes longer is reported as hanging, and given up. */
const HANGING_MS = 60_000;
/** Argument with which the script starts itself to do the work. */
const WORK = "--work";

interface Progress {
  readonly seed: number;
  readonly file: string;
  readonly problem: string | null;
}

/**
 * Mutates inputs of the conformance suite and decides each; reports every exception and every input that hangs, with
 * the seed that makes it again: `npm run bench -- scheduler-fuzz [COUNT [FIRST_SEED]]`.
 */
export async function benchSchedulerFuzz(args: readonly string[]): Promise<number> {
  const files = inputFiles();
  if (files.length === 0) {
    console.error(`${FOLDER} has no inputs; set QUORATE_CONFORMANCE to the folder with the data`);
    return 66;
  }
  const count = Number(args[0] ?? COUNT_DEFAULT);
  const firstSeed = Number(args[1] ?? 0);
  let problemCount = 0;
  let seed = firstSeed;
  while (seed < firstSeed + count) {
    const stopped = await runFrom(seed, firstSeed + count, (progress) => {
      if (progress.problem !== null) {
        problemCount++;
        console.log(`seed ${progress.seed} ${progress.file}: ${progress.problem}`);
      } else if ((progress.seed - firstSeed) % 1000 === 0) {
        console.log(`${progress.seed - firstSeed} of ${count}`);
      }
    });
    if (stopped === null) break;
    problemCount++;
    const problem = stopped.problem ?? `still deciding after ${HANGING_MS / 1000} s`;
    console.log(`seed ${stopped.seed} ${stopped.file}: ${problem}`);
    seed = stopped.seed + 1;
  }
  console.log(`${count} mutated inputs, ${problemCount} problems`);
  return problemCount === 0 ? 0 : 1;
}

/** Null when all were done; otherwise the input that hangs. A process of its own, since a loop can only be killed. */
function runFrom(first: number, end: number, report: (progress: Progress) => void): Promise<Progress | null> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), [WORK, String(first), String(end)], {
      execArgv: ["--import", "tsx"],
    });
    let current: Progress | null = null;
    let isHanging = false;
    const watch = () =>
      setTimeout(() => {
        isHanging = true;
        child.kill("SIGKILL");
      }, HANGING_MS);
    let timer = watch();
    child.on("message", (progress: Progress) => {
      clearTimeout(timer);
      timer = watch();
      current = progress;
      report(progress);
    });
    child.on("exit", (code) => {
      clearTimeout(timer);
      if (isHanging || code === 0 || current === null) resolve(isHanging ? current : null);
      else resolve({ ...current, problem: `the process ended with status ${code}` });
    });
  });
}

function inputFiles(): string[] {
  const folders = ["scheduler", "scheduler-random"].map((name) => join(FOLDER, name, "xml"));
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .sort();
}

function work(first: number, end: number): void {
  const files = inputFiles();
  for (let seed = first; seed < end; seed++) {
    const random = new Random(seed);
    const file = random.pick(files);
    process.send?.({ seed, file, problem: null } satisfies Progress);
    const cib = parseCib(readFileSync(file, "utf8"));
    mutate(cib, random, 12);
    try {
      survive(cib);
    } catch (error) {
      const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.send?.({ seed, file, problem } satisfies Progress);
    }
  }
}

if (process.argv[2] === WORK && process.send !== undefined) {
  work(Number(process.argv[3]), Number(process.argv[4]));
  process.disconnect();
}
