/**
 * How a short command is handed to the process that is always there (`serve-commands.ts`) by the launcher in front of it
 * (`hand-over.pl`). The greeting names the build, which the build puts in: after an upgrade, a new launcher does not hand over to an old daemon.
 *
 * ```
 *   server: GREETING
 *   client: length, then fields that end with a zero byte: program, "tty" when a person sits at its input and output, the directory
 *           where it was called, its surroundings (`surroundings.ts`), number of arguments, arguments, environment as NAME=VALUE
 *   server: frames: kind, length, bytes; the last one is "exit" or "declined"
 * ```
 * Lengths are four bytes, big endian.
 */
export const GREETING = "quorate-commands @BUILD@\n";

/** An argument list and an environment are together at most 2 MiB by default on Linux. */
const REQUEST_BYTES_MAX = 4 * 1024 * 1024;

const LENGTH_BYTES = 4;

/** First byte of a frame. `declined`: nothing was done, the command is to run as a process of its own. */
export type FrameKind = "o" | "e" | "x" | "d";

export interface CommandRequest {
  readonly program: string;
  /** Whether a person sits at standard input and output. */
  readonly isInteractive: boolean;
  /** Absolute: relative paths are below it. */
  readonly directory: string;
  readonly surroundings: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export function encodeFrame(kind: FrameKind, text: string): Buffer {
  const body = Buffer.from(text);
  const frame = Buffer.alloc(1 + LENGTH_BYTES + body.length);
  frame.write(kind, 0, "latin1");
  frame.writeUInt32BE(body.length, 1);
  body.copy(frame, 1 + LENGTH_BYTES);
  return frame;
}

/** Collects the one request of a connection. */
export class RequestReader {
  #bytes = Buffer.alloc(0);

  /** Null as long as it is not complete. */
  push(chunk: Buffer): CommandRequest | "invalid" | null {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.length < LENGTH_BYTES) return null;
    const length = this.#bytes.readUInt32BE(0);
    if (length > REQUEST_BYTES_MAX) return "invalid";
    const end = LENGTH_BYTES + length;
    if (this.#bytes.length < end) return null;
    const fields = this.#bytes.toString("utf8", LENGTH_BYTES, end).split("\0");
    const [program = "", terminal, directory = "", surroundings = "", number, ...rest] = fields;
    const count = Number(number);
    // The last one is what follows the last zero byte: nothing.
    if (rest.pop() !== "" || !Number.isInteger(count) || count < 0 || rest.length < count) return "invalid";
    const env = rest.slice(count).map((line): [string, string] => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    });
    return {
      program,
      isInteractive: terminal === "tty",
      directory,
      surroundings,
      argv: rest.slice(0, count),
      env: Object.fromEntries(env),
    };
  }
}
