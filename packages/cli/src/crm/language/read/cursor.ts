/** What is wrong in a command of the crm language, and where. */
export class CrmSyntaxError extends Error {
  override readonly name = "CrmSyntaxError";
}

/** Goes through the words of one command. Every reader takes what it understands and leaves the rest. */
export class Cursor {
  readonly words: readonly string[];
  #index = 0;

  constructor(words: readonly string[]) {
    this.words = words;
  }

  /** The word that begins the command. */
  get command(): string {
    return this.words[0] ?? "";
  }

  /** The next word, or null at the end. */
  get current(): string | null {
    return this.words[this.#index] ?? null;
  }

  get isAtEnd(): boolean {
    return this.#index >= this.words.length;
  }

  ahead(count: number): string | null {
    return this.words[this.#index + count] ?? null;
  }

  /** The words that are left. */
  get rest(): readonly string[] {
    return this.words.slice(this.#index);
  }

  take(): string {
    const word = this.current;
    if (word === null) throw this.error("Unexpected end of the line");
    this.#index++;
    return word;
  }

  /** Takes the next word when it is this one. */
  takeIf(word: string): boolean {
    if (this.current?.toLowerCase() !== word) return false;
    this.#index++;
    return true;
  }

  /** Takes the next word when it matches, and gives the match. */
  takeMatch(pattern: RegExp): RegExpExecArray | null {
    const match = this.current === null ? null : pattern.exec(this.current);
    if (match !== null) this.#index++;
    return match;
  }

  /** @throws CrmSyntaxError when fewer words follow the command's name. */
  expectArguments(count: number): void {
    if (this.words.length - 1 < count) {
      this.#index = 0;
      throw this.error(`Expected at least ${count} arguments`);
    }
  }

  expectEnd(): void {
    if (!this.isAtEnd) throw this.error(`Unknown arguments: ${this.rest.join(" ")}`);
  }

  /** `context` is what is being read, as a rule the command's name. */
  error(message: string, context: string | null = this.command): CrmSyntaxError {
    const where = context === null ? "syntax" : `syntax in ${context}`;
    const near = this.current === null ? "" : ` near <${this.current}>`;
    return new CrmSyntaxError(`${where}: ${message}${near} parsing '${this.words.join(" ")}'`);
  }
}
