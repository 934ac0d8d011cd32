/** What happened in the playground, newest last; the oldest go when there are too many. */
export class EventLog {
  readonly #lines: string[] = [];
  #listener: (line: string) => void = () => {};

  add(message: string): void {
    const line = `${new Date().toTimeString().slice(0, 8)}  ${message}`;
    this.#lines.push(line);
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
    this.#listener(line);
  }

  last(count: number): readonly string[] {
    return this.#lines.slice(-count);
  }

  onLine(listener: (line: string) => void): void {
    this.#listener = listener;
  }
}

const LINES_MAX = 200;
