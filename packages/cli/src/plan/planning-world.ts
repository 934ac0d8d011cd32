import { ExitCode } from "../exit-codes.ts";
import { FileError, type World } from "../world.ts";

/** A file of a command that is only tried: what was there, and what the command would have made of it. */
export interface TriedFile {
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * The world for a command that is only tried. It reads what there is; what it writes, it alone sees. Whatever reaches beyond files, such as a
 * daemon, an agent or another program, is refused.
 */
export class PlanningWorld {
  readonly world: World;
  readonly #outer: World;
  readonly #files: Map<string, string | null>;
  readonly #given: ReadonlyMap<string, string>;
  stdout = "";
  stderr = "";

  /** `given`: files that are nowhere but here; they stand for what the running cluster has. */
  constructor(outer: World, given: ReadonlyMap<string, string>, env: World["env"], programName: string) {
    this.#outer = outer;
    this.#given = given;
    this.#files = new Map(given);
    const [runningCib] = given.keys();
    // Each member by name: what the world learns to do one day must be judged here, too.
    this.world = {
      env,
      programName,
      isPlanning: true,
      ...(runningCib === undefined ? {} : { runningCib }),
      stdout: (text) => {
        this.stdout += text;
      },
      stderr: (text) => {
        this.stderr += text;
      },
      readStdin: () => outer.readStdin(),
      readFile: (path) => this.#read(path),
      writeFile: (path, text) => void this.#files.set(path, text),
      writePieces: (path, pieces) => void this.#files.set(path, [...pieces].join("")),
      removeFile: (path) => void this.#files.set(path, null),
      listFiles: (path) => outer.listFiles(path),
      listFolders: (path) => outer.listFolders(path),
      changedMs: (path) => outer.changedMs(path),
      fileExists: (path) => (this.#files.has(path) ? this.#files.get(path) !== null : outer.fileExists(path)),
      isInteractive: () => false,
      openAgents: () => outer.openAgents(),
      groupsOf: (user) => outer.groupsOf(user),
      resolvesName: (name) => outer.resolvesName(name),
      holdSignals: () => outer.holdSignals(),
      nowMs: () => outer.nowMs(),
      sleep: (ms) => outer.sleep(ms),
      ask: async () => refuse(),
      createKey: async () => refuse(),
      writeArchive: () => refuse(),
      writeOwnFile: () => refuse(),
      withPrivateFile: () => refuse(),
      runAgent: async () => refuse(),
      runForeground: () => refuse(),
      startDetached: () => refuse(),
      runOwn: async () => refuse(),
      runProgram: async () => refuse(),
      filterText: () => refuse(),
      connectDaemon: async () => refuse(),
      openManagement: async () => refuse(),
    };
  }

  #read(path: string): string {
    const text = this.#files.get(path);
    if (text === null) throw new FileError(`${path} cannot be read: no such file or directory`);
    return text ?? this.#outer.readFile(path);
  }

  /** The files that the command would have changed. */
  triedFiles(): TriedFile[] {
    const tried: TriedFile[] = [];
    for (const [path, after] of this.#files) {
      const before =
        this.#given.get(path) ?? (this.#outer.fileExists(path) ? this.#outer.readFile(path) : null);
      if (before !== after) tried.push({ before, after });
    }
    return tried;
  }
}

function refuse(): never {
  throw new FileError(
    "this acts on the running cluster or on this machine, not on the configuration, and cannot be planned; nothing was done",
    { exitCode: ExitCode.notSupported },
  );
}
