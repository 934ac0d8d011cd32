import type { Clock, Store, StoreResult } from "@quorate/ports";

interface StoredFile {
  readonly content: Uint8Array;
  readonly changedMs: number;
}

/** The disk of a machine: outlives its processes. */
export class MemoryDisk {
  readonly files = new Map<string, StoredFile>();
  /** Every write fails with this code while set. */
  writeError: string | null = null;
  latencyMs = 3;

  /** What a bad disk or file system does at a power cut: the end of a file is not there. */
  tear(name: string, keptBytes: number): void {
    const file = this.files.get(name);
    if (file !== undefined)
      this.files.set(name, { content: file.content.slice(0, keptBytes), changedMs: file.changedMs });
  }

  /** The store of one process. What was not done when the process died is not done at all. */
  open(clock: Clock): Store {
    let last = 0;
    // In the order of the calls, also when the disk became faster meanwhile.
    const later = <T>(work: () => StoreResult<T>, done: (result: StoreResult<T>) => void) => {
      const now = clock.monotonicMs();
      last = Math.max(last, now + this.latencyMs);
      clock.setTimer(last - now, () => done(work()));
    };
    const writing = <T>(value: T, work: () => StoreResult<T> | null): (() => StoreResult<T>) => {
      return () =>
        this.writeError === null
          ? (work() ?? { ok: true, value })
          : { ok: false, error: { code: this.writeError, message: "the simulated disk refuses" } };
    };
    const put = (name: string, content: Uint8Array) =>
      void this.files.set(name, { content, changedMs: clock.wallMs() });
    return {
      read: (name, done) => later(() => ({ ok: true, value: this.files.get(name)?.content ?? null }), done),
      write: (files, done) => {
        // One after the other: a machine that dies meanwhile has some of them.
        const writeFrom = (index: number): void => {
          const { name, content } = files[index]!;
          later(
            writing(null, () => {
              // The caller uses its memory again.
              put(name, content.slice());
              return null;
            }),
            (result) => {
              if (!result.ok || index === files.length - 1) done(result);
              else writeFrom(index + 1);
            },
          );
        };
        writeFrom(0);
      },
      link: (from, to, done) =>
        later(
          writing(null, () => {
            const file = this.files.get(from);
            if (file === undefined)
              return { ok: false, error: { code: "ENOENT", message: `${from} is not there` } };
            put(to, file.content);
            return null;
          }),
          done,
        ),
      remove: (name, done) =>
        later(
          writing(null, () => {
            this.files.delete(name);
            return null;
          }),
          done,
        ),
      list: (done) =>
        later(
          () => ({
            ok: true,
            value: [...this.files]
              .map(([name, file]) => ({ name, changedMs: file.changedMs }))
              .sort((a, b) => (a.name < b.name ? -1 : 1)),
          }),
          done,
        ),
    };
  }
}
