import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { type AgentCatalogue, FileError, installedAgents, type Main, type World } from "@quorate/cli";

export interface MemoryRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Every file that the command wrote. */
  readonly written: ReadonlyMap<string, string>;
}

export interface MemoryOptions {
  /** Default `crm_simulate`. */
  readonly programName?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | undefined;
}

/** Agents of this machine, asked once for all commands of this process. */
let agents: AgentCatalogue | null = null;

/**
 * Runs a whole command in this process; everything it prints or writes is collected. Files with relative names come from `files`, with
 * absolute names also from this machine.
 */
export async function runInMemory(
  main: Main,
  argv: readonly string[],
  files: ReadonlyMap<string, string>,
  options: MemoryOptions = {},
): Promise<MemoryRun> {
  let stdout = "";
  let stderr = "";
  const written = new Map<string, string>();
  const world: World = {
    env: { TZ: "UTC", LC_ALL: "C.UTF-8", COLUMNS: "80", ...options.env },
    programName: options.programName ?? "crm_simulate",
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    readStdin: () => options.stdin ?? "",
    readFile: (path) => {
      const text = written.get(path) ?? files.get(path);
      if (text !== undefined) return text;
      if (path.startsWith("/") && existsSync(path)) return readFileSync(path, "utf8");
      throw new FileError(`${path} cannot be read: no such file or directory`);
    },
    writeFile: (path, text) => {
      written.set(path, text);
    },
    removeFile: (path) => {
      written.delete(path);
    },
    listFiles: () => [],
    fileExists: (path) => written.has(path) || files.has(path) || (path.startsWith("/") && existsSync(path)),
    runAgent: () => Promise.reject(new Error("the suite runs no agents")),
    openAgents: async () => {
      agents ??= installedAgents();
      return agents;
    },
    isInteractive: () => false,
    runForeground: () => 127,
    groupsOf: () => [],
    resolvesName: async (name) => name === "localhost",
    filterText: (command, text) => {
      const ended = spawnSync(command, { shell: true, input: text, encoding: "utf8" });
      return { status: ended.status ?? 127, output: ended.stdout };
    },
    nowMs: () => Date.now(),
    connectDaemon: () => Promise.reject(new FileError("there is no daemon in a conformance run")),
  };
  const exitCode = await main(argv, world);
  return { stdout, stderr, exitCode, written };
}
