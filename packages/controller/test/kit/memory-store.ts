import type { Clock, Store, StoreResult } from "@quorate/ports";

/** The disk of a node: outlives its processes. */
export class MemoryDisk {
  readonly files = new Map<string, { content: Uint8Array; changedMs: number }>();
  /** Every write fails with this code while set. */
  writeError: string | null = null;
  latencyMs = 3;

  /** The store of one process. What was not done when the process died is not done at all. */
  open(clock: Clock): Store {
    const later = <T>(work: () => StoreResult<T>, done: (result: StoreResult<T>) => void) =>
      void clock.setTimer(this.latencyMs, () => done(work()));
    const refuseWrite = <T>(): StoreResult<T> | null =>
      this.writeError === null
        ? null
        : { ok: false, error: { code: this.writeError, message: "the disk of the test refuses" } };
    return {
      read: (name, done) => later(() => ({ ok: true, value: this.files.get(name)?.content ?? null }), done),
      write: (name, content, _options, done) =>
        later(() => {
          const refusal = refuseWrite<null>();
          if (refusal !== null) return refusal;
          this.files.set(name, { content, changedMs: clock.wallMs() });
          return { ok: true, value: null };
        }, done),
      link: (from, to, done) =>
        later(() => {
          const refusal = refuseWrite<null>();
          if (refusal !== null) return refusal;
          const file = this.files.get(from);
          if (file === undefined)
            return { ok: false, error: { code: "ENOENT", message: `${from} is not there` } };
          this.files.set(to, { content: file.content, changedMs: clock.wallMs() });
          return { ok: true, value: null };
        }, done),
      remove: (name, done) =>
        later(() => {
          this.files.delete(name);
          return { ok: true, value: null };
        }, done),
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
