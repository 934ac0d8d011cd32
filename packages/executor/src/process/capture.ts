/** Output of a process, kept up to a bound; what comes after it is counted and dropped. */
export class Capture {
  readonly #bytesMax: number;
  #chunks: Uint8Array[] = [];
  #byteCount = 0;
  #isCut = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** True when something was dropped. */
  get isCut(): boolean {
    return this.#isCut;
  }

  add(chunk: Uint8Array): void {
    const room = this.#bytesMax - this.#byteCount;
    if (chunk.length > room) {
      this.#isCut = true;
    }
    if (room > 0) {
      const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
      this.#chunks.push(kept);
      this.#byteCount += kept.length;
    }
  }

  /** As UTF-8; bytes that are not become the replacement character. */
  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}
