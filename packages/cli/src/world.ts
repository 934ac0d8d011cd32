import type { ApiClient } from "@quorate/api";
import type { AgentCatalogue } from "@quorate/executor";
import { ExitCode } from "./exit-codes.ts";
import type { Management } from "./management/management.ts";

/** A folder, or an archive packed by gzip or bzip2. */
export type ArchiveForm = "directory" | "gz" | "bz2";

/** A file in it; the name may hold folders. */
export interface ArchiveEntry {
  readonly name: string;
  readonly text: string;
}

/**
 * What a command may touch outside itself. The process gives the real one (`process/process-world.ts`); tests and
 * the conformance runner give one in memory and so run whole commands without a child process.
 */
export interface World {
  /** `process.env` or a part of it; commands read variables only from here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The name under which the command was called, for messages and for `request` in XML results. */
  readonly programName: string;
  /** Writes text as it is, without adding a newline. */
  stdout(text: string): void;
  stderr(text: string): void;
  /** The whole of standard input. Blocks until its end. @throws FileError */
  readStdin(): string;
  /** @throws FileError */
  readFile(path: string): string;
  /** Replaces the file's content; who has lent the file, and still has it open, reads the new one there, too. @throws FileError */
  writeFile(path: string, text: string): void;
  /** The same for a long text that is made while it is written. @throws FileError */
  writePieces(path: string, pieces: Iterable<string>): void;
  /**
   * Writes random bytes into a file that only its owner can read (mode 0400), as a whole and onto the disk. An existing file is an error
   * unless `replaces`. @throws FileError
   */
  createKey(path: string, byteCount: number, options: { readonly replaces: boolean }): Promise<void>;
  /**
   * Lends a file with this text that only its owner can read, in a new folder of its own; it is gone when `use` has ended. Signals that would
   * end this process wait until then. @throws FileError
   */
  withPrivateFile<T>(text: string, use: (path: string) => T): T;
  /** Replaces a file of its owner's, which nobody else can read; folders that are not there are made. @throws FileError */
  writeOwnFile(path: string, text: string): void;
  /** Removes a file; one that is not there is as good as removed. @throws FileError */
  removeFile(path: string): void;
  /** Names of the regular, non-hidden files in a directory, in byte order. @throws FileError */
  listFiles(path: string): readonly string[];
  /** Names of the non-hidden folders in a directory, in byte order. @throws FileError */
  listFolders(path: string): readonly string[];
  /** When a file was last written, in milliseconds since 1970 UTC. @throws FileError */
  changedMs(path: string): number;
  /** Whether there is something at this path. */
  fileExists(path: string): boolean;
  /** The agents of this machine; loaded only when a command needs them. */
  openAgents(): Promise<AgentCatalogue>;
  /** Runs one action of an agent on this machine, beside any cluster. */
  runAgent(request: LooseAgentRun): Promise<LooseAgentResult>;
  /**
   * Writes texts to a new folder `path`, or to a new archive that holds them in `folder`. Only the owner can read it. @throws FileError
   */
  writeArchive(path: string, form: ArchiveForm, folder: string, entries: readonly ArchiveEntry[]): void;
  /** Whether a person sits at standard input and output. */
  isInteractive(): boolean;
  /** Asks a person; what is typed is not shown when `isSecret`. Where nobody sits there, the next line of standard input is taken. @throws FileError */
  ask(prompt: string, isSecret: boolean): Promise<string>;
  /**
   * Runs a program in the foreground, with this process's input, outputs and environment, and `env` on top. Resolves to its exit status;
   * 127 when there is no such program.
   */
  runForeground(program: string, args: readonly string[], env: Readonly<Record<string, string>>): number;
  /**
   * Starts a program, or this one again when it is null, as a process that outlives this one, with this process's environment and `env` on
   * top, and neither input nor output. Returns its process id. @throws FileError when it cannot be run
   */
  startDetached(
    program: string | null,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): number;
  /** Runs a program of ours that lies beside this one, in the foreground. Resolves to its exit status. */
  runOwn(program: string, args: readonly string[]): Promise<number>;
  /**
   * Whether what is done is only tried, on a copy. A command that undoes a part of its work when the cluster has acted leaves it done then.
   */
  readonly isPlanning?: boolean;
  /** The file that stands for the running cluster's CIB while a change of it is only tried: it is refused as it would be there. */
  readonly runningCib?: string;
  /** Names of the Unix groups that a user belongs to; none when there is no such user here. */
  groupsOf(user: string): readonly string[];
  /** Whether a host name has an address. */
  resolvesName(name: string): Promise<boolean>;
  /**
   * Runs a program with these arguments, no shell between, gives it `input` and waits for its end, at most `timeoutMs`. `status` is 127 when
   * there is no such program, null when it was ended for taking too long.
   */
  runProgram(
    program: string,
    args: readonly string[],
    options: { readonly input: string; readonly timeoutMs: number },
  ): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>;
  /** Sends a text through a program that the shell runs, and takes what it prints. Its complaints go to standard error. */
  filterText(command: string, text: string): { readonly status: number; readonly output: string };
  /**
   * From now on SIGINT, SIGTERM and SIGHUP do not end this process: who called tells from `first`, until `release` gives them their usual effect back.
   */
  holdSignals(): HeldSignals;
  /** Milliseconds since 1970 UTC. */
  nowMs(): number;
  /** Lets time pass. */
  sleep(ms: number): Promise<void>;
  /**
   * Connects to the daemon whose files lie below `root`. The caller closes the connection.
   * @throws ApiError
   */
  connectDaemon(root: string): Promise<ApiClient>;
  /** Other hosts and this machine's part of the cluster; loaded only when a command needs them. @throws FileError unless root runs it */
  openManagement(): Promise<Management>;
}

export interface HeldSignals {
  /** Resolves to the first signal that arrives; never rejects. */
  readonly first: Promise<"SIGINT" | "SIGTERM" | "SIGHUP">;
  release(): void;
}

export interface LooseAgentRun {
  /** Name under which the agent knows itself. */
  readonly resource: string;
  readonly agent: { readonly class: string; readonly provider: string; readonly type: string };
  readonly action: string;
  readonly timeoutMs: number;
  readonly parameters: ReadonlyMap<string, string>;
}

export interface LooseAgentResult {
  /** Execution status, 0 when the agent ran to its end. */
  readonly status: number;
  /** OCF code. */
  readonly rc: number;
  /** For people; empty when the agent gave none. */
  readonly reason: string;
  readonly output: string;
}

/** A file that cannot be read or written; the message is a whole sentence that names the path and the reason. */
export class FileError extends Error {
  override readonly name = "FileError";
  /** What a command ends with that can do nothing without the file. */
  readonly exitCode: number;

  constructor(message: string, options: { readonly cause?: unknown; readonly exitCode?: number } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? ExitCode.noInput;
  }
}
