import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import {
  type AgentCatalogue,
  FileError,
  installedAgents,
  type Main,
  runAgent,
  type World,
} from "@quorate/cli";

export interface MemoryRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Every file that the command wrote. */
  readonly written: ReadonlyMap<string, string>;
  /** Files that were there and that the command removed. */
  readonly removed: ReadonlySet<string>;
}

export interface MemoryOptions {
  /** Default `crm_simulate`. */
  readonly programName?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | undefined;
}

/** Agents of this machine, asked once for all commands of this process. */
let agents: AgentCatalogue | null = null;

function isOfMachine(path: string): boolean {
  return path.startsWith("/") && !path.startsWith("/etc/systemd/");
}

/**
 * Runs a whole command in this process; everything it prints or writes is collected. Files with relative names come from `files`, with
 * absolute names also from this machine, as its packages bring them: which of its services are enabled is nothing that a result may depend on.
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
  const removed = new Set<string>();
  const isThere = (path: string) =>
    !removed.has(path) && (files.has(path) || (isOfMachine(path) && existsSync(path)));
  const writeFile = (path: string, text: string) => {
    written.set(path, text);
    removed.delete(path);
  };
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
      const text = written.get(path);
      if (text !== undefined) return text;
      if (!isThere(path)) throw new FileError(`${path} cannot be read: no such file or directory`);
      return files.get(path) ?? readFileSync(path, "utf8");
    },
    createKey: () => Promise.reject(new Error("no case makes a key")),
    writeFile,
    writePieces: (path, pieces) => writeFile(path, [...pieces].join("")),
    writeOwnFile: writeFile,
    withPrivateFile: (text, use) => {
      written.set("/private/text", text);
      try {
        return use("/private/text");
      } finally {
        written.delete("/private/text");
      }
    },
    removeFile: (path) => {
      if (!written.has(path) && !isThere(path))
        throw new FileError(`${path} cannot be removed: no such file or directory`);
      written.delete(path);
      if (isThere(path)) removed.add(path);
    },
    listFiles: () => [],
    listFolders: () => [],
    changedMs: () => Date.now(),
    fileExists: (path) => written.has(path) || isThere(path),
    runAgent,
    openAgents: async () => {
      // All cases share one, which knows what agents said before: none of them closes it.
      agents ??= Object.assign(installedAgents(""), { close: () => {} });
      return agents;
    },
    writeArchive: () => {
      throw new FileError("no case writes an archive");
    },
    isInteractive: () => false,
    ask: () => Promise.reject(new FileError("no case asks a person")),
    runForeground: () => 127,
    startDetached: () => {
      throw new FileError("no case starts a process that outlives its command");
    },
    runOwn: async () => 127,
    groupsOf: () => [],
    resolvesName: async (name) => name === "localhost",
    runProgram: () => Promise.reject(new FileError("no case runs a program")),
    filterText: (command, text) => {
      const ended = spawnSync(command, { shell: true, input: text, encoding: "utf8" });
      return { status: ended.status ?? 127, output: ended.stdout };
    },
    holdSignals: () => ({ first: new Promise(() => {}), release: () => {} }),
    nowMs: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    openManagement: () => Promise.reject(new FileError("there are no other hosts in a conformance run")),
    connectDaemon: () => Promise.reject(new FileError("there is no daemon in a conformance run")),
  };
  const exitCode = await main(argv, world);
  return { stdout, stderr, exitCode, written, removed };
}
