import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  type Dirent,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isatty } from "node:tty";
import { ExitCode } from "../exit-codes.ts";
import { FileError, type HeldSignals, type World } from "../world.ts";
import { writeArchive } from "./write-archive.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

const COMPRESSED = ".bz2";
/** Text that is longer cannot be a string. */
const TEXT_LENGTH_MAX = 512 * 1024 * 1024;

/** A file's text; one that is compressed, as saved inputs of the scheduler are, is unpacked. */
function readText(path: string): string {
  if (!path.endsWith(COMPRESSED)) return readFileSync(path, "utf8");
  const content = readFileSync(path);
  const { error, status, stdout, stderr } = spawnSync("bzip2", ["-dc"], {
    input: content,
    maxBuffer: TEXT_LENGTH_MAX,
  });
  if (error !== undefined) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw isMissing ? new Error("the program bzip2, which unpacks it, is not installed") : error;
  }
  if (status !== 0) throw new Error(`it is no complete bzip2 file (${stderr.toString().trim()})`);
  return stdout.toString("utf8");
}

/** A path as a command means it that was called in `directory`; null: where this process is. */
export function pathFrom(directory: string | null, path: string): string {
  return directory === null || path === "" || path.startsWith("/") ? path : `${directory}/${path}`;
}

/**
 * The world of a command that runs as a process, or on a thread for one that was called in `directory`. A reader that closed its end of a pipe ends
 * output silently.
 */
export function processWorld(programName: string, directory: string | null = null): World {
  const at = (path: string): string => pathFrom(directory, path);
  return {
    env: process.env,
    programName,
    stdout: (text) =>
      orFileError("standard output cannot be written", () => writeAll(STDOUT, text), ExitCode.cannotCreate),
    stderr: (text) => complain(text),
    readStdin: () => orFileError("standard input cannot be read", () => readFileSync(STDIN, "utf8")),
    readFile: (path) => orFileError(`${path} cannot be read`, () => readText(at(path))),
    writeFile: (path, text) =>
      orFileError(`${path} cannot be written`, () => replaceFile(at(path), [text]), ExitCode.cannotCreate),
    writePieces: (path, pieces) =>
      orFileError(`${path} cannot be written`, () => replaceFile(at(path), pieces), ExitCode.cannotCreate),
    createKey: async (path, byteCount, { replaces }) => {
      const { randomBytes } = await import("node:crypto");
      const key = randomBytes(byteCount);
      orFileError(
        `${path} cannot be written`,
        () => writeKey(at(path), key, replaces),
        ExitCode.cannotCreate,
      );
    },
    writeOwnFile: (path, text) =>
      orFileError(`${path} cannot be written`, () => writeOwnFile(at(path), text), ExitCode.cannotCreate),
    withPrivateFile: (text, use) => withPrivateFile(text, use),
    removeFile: (path) =>
      orFileError(
        `${path} cannot be removed`,
        () => rmSync(at(path), { force: true }),
        ExitCode.cannotCreate,
      ),
    listFiles: (path) => namesIn(path, at(path), (entry) => entry.isFile()),
    listFolders: (path) => namesIn(path, at(path), (entry) => entry.isDirectory()),
    changedMs: (path) => orFileError(`${path} cannot be read`, () => statSync(at(path)).mtimeMs),
    fileExists: (path) => existsSync(at(path)),
    writeArchive: (path, form, folder, entries) =>
      orFileError(
        `${path} cannot be written`,
        () => writeArchive(at(path), form, folder, entries),
        ExitCode.cannotCreate,
      ),
    runAgent: async (request) => (await import("../agents/run-agent.ts")).runAgent(request),
    openAgents: async () =>
      (await import("../agents/installed-agents.ts")).installedAgents(process.env.QUORATE_ROOT ?? ""),
    isInteractive: () => isatty(STDIN) && isatty(STDOUT),
    ask: async (prompt, isSecret) => (await import("./ask.ts")).ask(prompt, isSecret),
    runForeground: (program, args, env) =>
      spawnSync(program, args, { stdio: "inherit", env: { ...process.env, ...env } }).status ?? 127,
    runOwn: async (program, args) => {
      // Where the program is: it may have been called by a link that stands alone in Pacemaker's place.
      const path = join(dirname(realpathSync(process.argv[1] ?? "")), program);
      return spawnSync(process.execPath, [path, ...args], { stdio: "inherit" }).status ?? 127;
    },
    startDetached: (program, args, env) => {
      const path = program ?? process.execPath;
      const own = program === null ? [process.argv[1] ?? ""] : [];
      const child = spawn(path, [...own, ...args], {
        detached: true,
        stdio: "ignore",
        env: { ...process.env, ...env },
      });
      // Said by the missing process id, too.
      child.on("error", () => {});
      child.unref();
      if (child.pid === undefined)
        throw new FileError(`${path} cannot be run`, { exitCode: ExitCode.noInput });
      return child.pid;
    },
    groupsOf: (user) => {
      // Not /etc/group: groups may come from a directory service.
      const { status, stdout } = spawnSync("id", ["-Gnz", "--", user], { encoding: "utf8" });
      return status === 0 ? stdout.split("\0").filter((name) => name !== "") : [];
    },
    resolvesName: async (name) => {
      const { lookup } = await import("node:dns/promises");
      return lookup(name).then(
        () => true,
        () => false,
      );
    },
    runProgram: async (program, args, options) =>
      (await import("./run-program.ts")).runProgram(program, args, options),
    filterText: (command, text) => {
      const ended = spawnSync(command, {
        shell: true,
        input: text,
        stdio: ["pipe", "pipe", "inherit"],
        encoding: "utf8",
      });
      return { status: ended.status ?? 127, output: ended.stdout ?? "" };
    },
    holdSignals: () => holdSignals(),
    nowMs: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    openManagement: async () =>
      (await import("../management/process-management.ts")).processManagement(process.env.QUORATE_ROOT ?? ""),
    connectDaemon: async (root) => {
      const { connect } = await import("@quorate/api");
      return connect({
        socketPath: `${root}/run/quorate/quorated.sock`,
        clientName: programName,
        timeoutMs: 10_000,
      });
    },
  };
}

/**
 * Writes everything now. `process.stdout` is avoided: loading its stream takes a good part of a short command's
 * time.
 */
function writeAll(fd: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/**
 * A plain file is replaced as a whole, so that a reader, a crash or a full disk never leaves half of it; it keeps its permissions. Devices
 * and pipes are written to.
 */
function replaceFile(path: string, pieces: Iterable<string>): void {
  const old = statSync(path, { throwIfNoEntry: false });
  if (old !== undefined && !old.isFile()) {
    writeInto(path, pieces, 0o666);
    return;
  }
  // Through a link: what it points to is replaced, the link stays.
  const target = old === undefined ? path : realpathSync(path);
  const temporary = `${target}.${process.pid}.tmp`;
  let held: number | null = null;
  try {
    writeInto(temporary, pieces, old === undefined ? 0o666 : old.mode & 0o777);
    if (old !== undefined) held = openToWrite(target);
    renameSync(temporary, target);
    // Under its name the file is whole at every moment. What had that name before is no file any more, but to those who have it
    // open; or it has another name, too, and is somebody's backup.
    if (held !== null && fstatSync(held).nlink === 0) copyInto(held, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    if (held !== null) closeSync(held);
  }
}

function copyInto(file: number, source: string): void {
  const content = readFileSync(source);
  for (let done = 0; done < content.length; ) done += writeSync(file, content, done);
  ftruncateSync(file, content.length);
}

/** Null for a file that can be replaced, but not written to. */
function openToWrite(path: string): number | null {
  try {
    return openSync(path, "r+");
  } catch {
    return null;
  }
}

function writeInto(path: string, pieces: Iterable<string>, mode: number): void {
  const file = openSync(path, "w", mode);
  try {
    for (const piece of pieces) writeAll(file, piece);
  } finally {
    closeSync(file);
  }
}

/** Nobody but the owner could read the key at any moment, and nobody ever sees half of it. */
function writeKey(path: string, key: Uint8Array, replaces: boolean): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, "wx", 0o400);
    try {
      writeFileSync(file, key);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (replaces) renameSync(temporary, path);
    else linkSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Nobody else could read it at any moment, and nobody ever sees half of it. */
function writeOwnFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const target = existsSync(path) ? realpathSync(path) : path;
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Its folder can be entered by its owner only, so its name need not be a secret. */
function withPrivateFile<T>(text: string, use: (path: string) => T): T {
  const held = holdSignals();
  let folder: string | null = null;
  try {
    const path = orFileError(
      `a file in ${tmpdir()} cannot be written`,
      () => {
        folder = mkdtempSync(join(tmpdir(), "quorate-"));
        const file = join(folder, "text");
        writeFileSync(file, text, { mode: 0o600, flag: "wx" });
        return file;
      },
      ExitCode.cannotCreate,
    );
    return use(path);
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    releaseAndRaise(held);
  }
}

/** Node.js tells of a signal only when nothing else runs, so one that came meanwhile is yet to be told: then it has its usual effect. */
function releaseAndRaise(held: HeldSignals): void {
  void held.first.then((signal) => {
    held.release();
    process.kill(process.pid, signal);
  });
  // The first one may come before the next look for signals.
  setImmediate(() => setImmediate(() => held.release()));
}

const HELD_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function holdSignals(): HeldSignals {
  let tell: (signal: (typeof HELD_SIGNALS)[number]) => void = () => {};
  const first = new Promise<(typeof HELD_SIGNALS)[number]>((resolve) => {
    tell = resolve;
  });
  const listeners = HELD_SIGNALS.map((signal) => [signal, () => tell(signal)] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return {
    first,
    release: () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    },
  };
}

/** A message that cannot be written (closed or full) changes nothing of the result. */
function complain(text: string): void {
  try {
    writeAll(STDERR, text);
  } catch {
    // There is nobody to tell.
  }
}

/** What is in a directory, by name, but for what is hidden. */
function namesIn(path: string, place: string, isWanted: (entry: Dirent) => boolean): string[] {
  return orFileError(`${path} cannot be listed`, () =>
    readdirSync(place, { withFileTypes: true })
      .filter((entry) => isWanted(entry) && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .sort(),
  );
}

function orFileError<T>(problem: string, action: () => T, exitCode: number = ExitCode.noInput): T {
  try {
    return action();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const reason = REASONS[code] ?? (error as Error).message;
    throw new FileError(`${problem}: ${reason}`, { cause: error, exitCode });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EEXIST: "there is such a file already",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
  ENOSPC: "no space left on the device",
  EROFS: "the file system is read-only",
};
