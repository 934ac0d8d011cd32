import type { PcsCall } from "../../framework/command.ts";

const SBD_MS_MAX = 120_000;
const NO_SUCH_PROGRAM = 127;

/** What sbd of this machine says; `problem` is null when it did what it was told. */
export interface SbdAnswer {
  readonly problem: string | null;
  readonly output: string;
}

/** Runs sbd here, as a tool. */
export async function runSbd(call: PcsCall, ...args: string[]): Promise<SbdAnswer> {
  const { status, stdout, stderr } = await call.world.runProgram("sbd", args, {
    input: "",
    timeoutMs: SBD_MS_MAX,
  });
  if (status === 0) return { problem: null, output: stdout };
  if (status === NO_SUCH_PROGRAM)
    return { problem: "sbd is not installed here; install the package sbd", output: "" };
  const said = `${stdout}${stderr}`.trim();
  return { problem: status === null ? "it took too long" : said, output: stdout };
}
