import { parentPort, Worker } from "node:worker_threads";
import type { Store, StoreResult } from "@quorate/ports";
import { performStoreOperation, type StoreOperation } from "./store-operations.ts";

/** Performs operations in the order of the calls; each is answered once. */
export type StorePerformer = (
  operation: StoreOperation,
  done: (result: StoreResult<unknown>) => void,
) => void;

/**
 * The `Store` port on a directory of the file system. Operations run one after another, in the order of the calls, so that a backup is
 * linked before its file is replaced. The directory is created, mode 0750, with the first write.
 */
export function createFileStore(perform: StorePerformer): Store {
  // What an operation gives is what the port promises of it.
  const run = <T>(operation: StoreOperation, done: (result: StoreResult<T>) => void): void =>
    perform(operation, done as (result: StoreResult<unknown>) => void);
  return {
    read: (name, done) => run({ kind: "read", name }, done),
    write: (files, done) => run({ kind: "write", files }, done),
    link: (from, to, done) => run({ kind: "link", from, to }, done),
    remove: (name, done) => run({ kind: "remove", name }, done),
    list: (done) => run({ kind: "list" }, done),
  };
}

/** What a thread is given at its start, beside what its program needs to know that it is one for this. */
interface Equipment {
  readonly storeDirectory: string;
}

interface Task {
  readonly operation: StoreOperation;
  readonly done: (result: StoreResult<unknown>) => void;
}

/**
 * A thread that does nothing but wait for the disk. A durable change of the CIB is some seventy calls of the operating system: asked for one
 * by one from the thread that everything else runs on, each costs a way there and back, which takes ten times as long as the calls themselves.
 * @param program file that calls `serveStore` when it is loaded as a worker with a `storeDirectory`
 */
export function storeThread(program: string, directory: string): StorePerformer {
  let worker: Worker | null = null;
  /** Asked and not answered, in the order in which they will be. */
  let tasks: Task[] = [];

  const lost = (ended: Worker, reason: string): void => {
    if (worker !== ended) return;
    worker = null;
    const unanswered = tasks;
    tasks = [];
    for (const { done } of unanswered) done({ ok: false, error: { code: "EIO", message: reason } });
  };

  const start = (): Worker => {
    const started = new Worker(program, { workerData: { storeDirectory: directory } satisfies Equipment });
    started.unref();
    started.on("message", (result: StoreResult<unknown>) => tasks.shift()?.done(result));
    // Out of memory, or a defect; the next operation starts a new thread.
    started.on("error", (error) => lost(started, `the disk's thread ended: ${error.stack ?? error.message}`));
    started.on("exit", (code) => lost(started, `the disk's thread ended with code ${code}`));
    return started;
  };

  return (operation, done) => {
    worker ??= start();
    tasks.push({ operation, done });
    worker.postMessage(operation);
  };
}

/** The directory that this thread is for; null when it is none of `storeThread`. */
export function storeDirectoryOf(workerData: unknown): string | null {
  const { storeDirectory } = (workerData ?? {}) as Partial<Equipment>;
  return storeDirectory ?? null;
}

/** Performs operations on this thread, each after the one before it is done. */
export function performInOrder(directory: string): StorePerformer {
  let last: Promise<void> = Promise.resolve();
  return (operation, done) => {
    last = last.then(async () => done(await performStoreOperation(directory, operation)));
  };
}

/** The thread's side. */
export function serveStore(directory: string): void {
  const port = parentPort!;
  const perform = performInOrder(directory);
  port.on("message", (operation: StoreOperation) => perform(operation, (result) => port.postMessage(result)));
}
