import type { CibError } from "../../cluster/cib-session.ts";

/** A command that cannot go on; its lines were or will be printed on standard error. */
export class PcsError extends Error {
  override readonly name = "PcsError";
  readonly lines: readonly string[];
  readonly exitCode: number;

  constructor(lines: readonly string[], exitCode = 1) {
    super(lines.join("\n"));
    this.lines = lines;
    this.exitCode = exitCode;
  }
}

/** The command line is not one of the command's forms: its usage is shown. `hint` says what is missing. */
export class PcsUsageError extends Error {
  override readonly name = "PcsUsageError";
  readonly hint: string | null;

  constructor(hint: string | null = null) {
    super(hint ?? "usage");
    this.hint = hint;
  }
}

/** Ends the command with one sentence. */
export function fail(message: string, exitCode = 1): never {
  throw new PcsError([message], exitCode);
}

/** Ends the command for a change that the CIB did not take, or not for sure: `what` is said only when nothing was changed. */
export function failChange(what: string, error: CibError): never {
  const message = error.effect === "none" ? `${what}: ${error.message}` : error.message;
  throw new PcsError([message, ...(error.reason === null ? [] : error.reason.trimEnd().split("\n"))]);
}

/**
 * What a command has to say, printed at once; mistakes are gathered, so that all are told. With `--force` a mistake that allows it is a
 * warning only.
 */
export class Reports {
  readonly #print: (line: string) => void;
  readonly #isForced: boolean;
  #errorCount = 0;

  constructor(print: (line: string) => void, isForced: boolean) {
    this.#print = print;
    this.#isForced = isForced;
  }

  get isForced(): boolean {
    return this.#isForced;
  }

  get hasErrors(): boolean {
    return this.#errorCount > 0;
  }

  info(message: string): void {
    this.#print(message);
  }

  warn(message: string): void {
    this.#print(`Warning: ${message}`);
  }

  /** Something that will be gone one day; the message names what to use instead. */
  deprecated(message: string): void {
    this.#print(`Deprecation Warning: ${message}`);
  }

  error(message: string): void {
    this.#errorCount++;
    this.#print(`Error: ${message}`);
  }

  forceable(message: string): void {
    if (this.#isForced) this.warn(message);
    else this.error(`${message}, use --force to override`);
  }

  /** Ends the command when there was a mistake; `closing` is said last. */
  check(closing?: string): void {
    if (this.#errorCount > 0) throw new PcsError(closing === undefined ? [] : [closing]);
  }
}
