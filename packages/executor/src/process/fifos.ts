import { execFile } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Both ends of a pipe, as file descriptors of this process. Whoever acquired the pipe closes both. */
export interface Pipe {
  /** Does not block. */
  readonly readFd: number;
  readonly writeFd: number;
}

/** How many names are made by one run of mkfifo. */
const BATCH_SIZE = 32;

/**
 * Real pipes for the standard streams of agents.
 *
 * What node:child_process calls a pipe is a socket, and a socket cannot be opened by name: `echo failed >/dev/stderr`
 * in a shell agent would end with "No such device or address". Named pipes can. They are made in batches in a private
 * directory and lose their name as soon as both ends are open.
 */
export class FifoPool {
  readonly #parentDirectory: string;
  #directory: string | null = null;
  #names: string[] = [];
  #nextNumber = 0;
  #refill: Promise<void> | null = null;
  #isClosed = false;

  /** `parentDirectory`: where the private directory is made; the system's temporary directory when null. */
  constructor(parentDirectory: string | null) {
    this.#parentDirectory = parentDirectory ?? tmpdir();
  }

  /** Pipe whose reading end does not block and whose writing end does: for output of a child. */
  async acquireForReading(): Promise<Pipe> {
    return this.#withName((path) => {
      const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      return closingOnError([readFd], () => ({ readFd, writeFd: openSync(path, constants.O_WRONLY) }));
    });
  }

  /** Pipe whose writing end does not block and whose reading end does: for input of a child. */
  async acquireForWriting(): Promise<Pipe> {
    return this.#withName((path) => {
      // A reader must exist before a writer can open without blocking; this one serves only for that.
      const placeholderFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const writeFd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
        return closingOnError([writeFd], () => ({ readFd: openSync(path, constants.O_RDONLY), writeFd }));
      } finally {
        closeSync(placeholderFd);
      }
    });
  }

  /** Removes the private directory for good. Pipes in use go on working; there are no new ones. */
  close(): void {
    this.#isClosed = true;
    this.#removeDirectory();
  }

  #removeDirectory(): void {
    this.#names = [];
    if (this.#directory !== null) {
      rmSync(this.#directory, { recursive: true, force: true });
      this.#directory = null;
    }
  }

  async #withName(open: (path: string) => Pipe): Promise<Pipe> {
    try {
      return openAndUnlink(await this.#takeName(), open);
    } catch {
      // Somebody cleaned the temporary directory: begin a new one rather than fail an agent for it.
      this.#removeDirectory();
      return openAndUnlink(await this.#takeName(), open);
    }
  }

  async #takeName(): Promise<string> {
    for (;;) {
      if (this.#isClosed) {
        throw new Error("The executor was closed");
      }
      const path = this.#names.pop();
      if (path !== undefined) {
        return path;
      }
      // Whoever comes while a batch is being made waits for the same batch, and asks again.
      this.#refill ??= this.#makeBatch().finally(() => {
        this.#refill = null;
      });
      await this.#refill;
    }
  }

  async #makeBatch(): Promise<void> {
    this.#directory ??= mkdtempSync(join(this.#parentDirectory, "quorate-pipes-"));
    const directory = this.#directory;
    const paths: string[] = [];
    for (let count = 0; count < BATCH_SIZE; count++) {
      paths.push(join(directory, String(this.#nextNumber++)));
    }
    await new Promise<void>((resolve, reject) => {
      execFile("mkfifo", ["-m", "600", ...paths], (error) => (error === null ? resolve() : reject(error)));
    });
    if (this.#isClosed) {
      rmSync(directory, { recursive: true, force: true });
      return;
    }
    this.#names.push(...paths);
  }
}

function openAndUnlink(path: string, open: (path: string) => Pipe): Pipe {
  try {
    return open(path);
  } finally {
    rmSync(path, { force: true });
  }
}

function closingOnError(fds: readonly number[], next: () => Pipe): Pipe {
  try {
    return next();
  } catch (error) {
    for (const fd of fds) {
      closeSync(fd);
    }
    throw error;
  }
}
