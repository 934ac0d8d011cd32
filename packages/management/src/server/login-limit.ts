/** Attempts of one address, then of all together, in `WINDOW_MS`. */
const FAILURES_MAX = 5;
const FAILURES_MAX_IN_ALL = 50;
const WINDOW_MS = 60_000;
/** Each keeps a process busy for seconds. */
const RUNNING_MAX = 4;
/** An attacker with many addresses must not fill the memory; then all together are limited anyway. */
const ADDRESSES_MAX = 1000;

/** Slows down whoever guesses passwords, without locking out others. Times are monotonic milliseconds. */
export class LoginLimit {
  readonly #failures = new Map<string, number[]>();
  #inAll: number[] = [];
  #runningCount = 0;

  /** Begins an attempt. Null: go on, and call `ended`; else seconds to wait. */
  begin(address: string, nowMs: number): number | null {
    const source = sourceOf(address);
    const own = recent(this.#failures.get(source) ?? [], nowMs);
    if (own.length === 0) this.#failures.delete(source);
    this.#inAll = recent(this.#inAll, nowMs);
    if (own.length >= FAILURES_MAX) return waitS(own, FAILURES_MAX, nowMs);
    if (this.#inAll.length >= FAILURES_MAX_IN_ALL) return waitS(this.#inAll, FAILURES_MAX_IN_ALL, nowMs);
    if (this.#runningCount >= RUNNING_MAX) return 1;
    this.#runningCount++;
    return null;
  }

  ended(address: string, isAccepted: boolean, nowMs: number): void {
    this.#runningCount--;
    const source = sourceOf(address);
    if (isAccepted) {
      this.#failures.delete(source);
      return;
    }
    this.#inAll.push(nowMs);
    if (!this.#failures.has(source) && this.#failures.size >= ADDRESSES_MAX)
      this.#failures.delete(this.#failures.keys().next().value!);
    this.#failures.set(source, [...recent(this.#failures.get(source) ?? [], nowMs), nowMs]);
  }
}

function recent(times: readonly number[], nowMs: number): number[] {
  return times.filter((time) => nowMs - time < WINDOW_MS);
}

function waitS(times: readonly number[], max: number, nowMs: number): number {
  const frees = times[times.length - max]! + WINDOW_MS;
  return Math.max(1, Math.ceil((frees - nowMs) / 1000));
}

/** One IPv6 network is one source: whoever has one, has all its addresses. */
function sourceOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("%")[0]!.split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === "" ? [] : tail.split(":");
  const all = address.includes("::")
    ? [...groups, ...Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill("0"), ...rest]
    : groups;
  return all.slice(0, 4).join(":");
}
