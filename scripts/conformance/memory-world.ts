import { FileError, type Main, type World } from "@quorate/cli";

export interface MemoryRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Every file that the command wrote. */
  readonly written: ReadonlyMap<string, string>;
}

/** Runs a whole command in this process: files come from `files`, everything it prints or writes is collected. */
export async function runInMemory(
  main: Main,
  argv: readonly string[],
  files: ReadonlyMap<string, string>,
): Promise<MemoryRun> {
  let stdout = "";
  let stderr = "";
  const written = new Map<string, string>();
  const world: World = {
    env: { TZ: "UTC", LC_ALL: "C" },
    programName: "crm_simulate",
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    readStdin: () => "",
    readFile: (path) => {
      const text = written.get(path) ?? files.get(path);
      if (text === undefined) throw new FileError(`${path} cannot be read: no such file or directory`);
      return text;
    },
    writeFile: (path, text) => {
      written.set(path, text);
    },
    listFiles: () => [],
    nowMs: () => Date.now(),
    connectDaemon: () => Promise.reject(new Error("there is no daemon in a conformance run")),
  };
  const exitCode = await main(argv, world);
  return { stdout, stderr, exitCode, written };
}
