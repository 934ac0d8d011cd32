/** Where a report's text goes: whole pieces, newlines included. */
export interface TextSinks {
  out(text: string): void;
  error(text: string): void;
}

export interface TextReportOptions {
  /** Titles, indentation and bullets; without it items are bare lines. */
  readonly isFancy: boolean;
  /** Leaves out info lines. */
  readonly isQuiet: boolean;
}

/** What an item tells, for forms with colours. */
export type ItemKind = "ok" | "failed" | "failure ignored" | "unmanaged" | "multiple" | "warning" | "plain";

export interface ItemOptions {
  readonly name?: string;
  readonly kind?: ItemKind;
}

/**
 * The classic text form of every command: nested lists with bullets. Source: scheduler specification, part 4, 2.
 *
 * ```
 * Title:
 *   * item
 *   * Title of a list inside:
 *     * item
 * ```
 */
export class TextReport {
  readonly #sinks: TextSinks;
  readonly #options: TextReportOptions;
  #depth = 0;

  constructor(sinks: TextSinks, options: TextReportOptions) {
    this.#sinks = sinks;
    this.#options = options;
  }

  get isQuiet(): boolean {
    return this.#options.isQuiet;
  }

  /** Opens a list; null opens one without a title, which only indents. */
  beginList(title: string | null, { hasColon }: { readonly hasColon: boolean } = { hasColon: true }): void {
    if (title !== null && this.#options.isFancy)
      this.#sinks.out(`${this.#indentation()}${title}${hasColon ? ":" : ""}\n`);
    this.#depth++;
  }

  endList(): void {
    this.#depth--;
  }

  /** One entry of the open list; with a name it is `name: text`. */
  item(text: string, { name }: ItemOptions = {}): void {
    const line = name === undefined ? text : `${name}: ${text}`;
    this.#sinks.out(this.#options.isFancy ? `${this.#indentation()}${line}\n` : `${line}\n`);
  }

  spacer(): void {
    this.#sinks.out("\n");
  }

  /** A line outside all lists. */
  info(text: string): void {
    if (!this.#options.isQuiet) this.#sinks.out(`${text}\n`);
  }

  error(text: string): void {
    this.#sinks.error(`${text}\n`);
  }

  /**
   * A list that opens when its first item comes, so that an empty one leaves no title. With `hasSpacer` an empty
   * line precedes the title.
   */
  lazyList(title: string, options: { readonly hasSpacer: boolean } = { hasSpacer: false }): LazyList {
    let isOpen = false;
    return {
      open: () => {
        if (isOpen) return;
        isOpen = true;
        if (options.hasSpacer) this.spacer();
        this.beginList(title);
      },
      close: () => {
        if (isOpen) this.endList();
        return isOpen;
      },
    };
  }

  #indentation(): string {
    return this.#depth === 0 ? "" : `${"  ".repeat(this.#depth)}* `;
  }
}

export interface LazyList {
  /** Call before every item; the first call prints the title. */
  open(): void;
  /** Returns whether the list was opened. */
  close(): boolean;
}
