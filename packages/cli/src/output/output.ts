import { escapeText, type XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import { exitStatusText } from "../result-codes/exit-statuses.ts";
import type { World } from "../world.ts";
import { type HtmlPage, htmlPage } from "./html-page.ts";
import { jsonResult } from "./json-result.ts";
import { type CommandResult, xmlResult } from "./xml-result.ts";

/** The forms in which results come. `html` and `console` are for whoever can draw a page or a screen (crm_mon). */
export type ResultForm = "text" | "xml" | "json" | "html" | "console" | "none";

export interface OutputSettings {
  readonly form: ResultForm;
  /** A file instead of standard output; null or `-` is standard output. */
  readonly to: string | null;
  readonly argv: readonly string[];
  /** Around the text when the form is HTML; without it, the command makes the page itself. */
  readonly page?: HtmlPage | null;
}

/**
 * The result of one command. Text goes out as it comes. The structured forms (XML, JSON) are one document each that holds
 * the elements that were shown, every message about a problem, and how the command ended; it is written by `finish`.
 *
 * ```ts
 * output.show({ text: () => `${name}\n`, xml: () => [new XmlElement("node-info", [["uname", name]])] });
 * ```
 */
export class Output {
  readonly form: ResultForm;
  /**
   * What the command sees of the world. In the structured forms what it says on standard error becomes a message of the
   * result, and what it prints as text is dropped: so code that knows nothing of forms fits into them.
   */
  readonly world: World;
  readonly #outer: World;
  readonly #settings: OutputSettings;
  readonly #elements: XmlElement[] = [];
  readonly #errors: string[] = [];
  #text = "";

  constructor(world: World, settings: OutputSettings) {
    this.form = settings.form;
    this.#outer = world;
    this.#settings = settings;
    this.world = new Proxy(world, {
      get: (target, name) => {
        if (name === "stdout") return (text: string) => this.text(text);
        if (name === "stderr") return (text: string) => this.#complain(text);
        const value = Reflect.get(target, name) as unknown;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  /** XML or JSON: elements count, text does not. */
  get isStructured(): boolean {
    return this.form === "xml" || this.form === "json";
  }

  /** Shows something in both kinds of forms; only the one that is asked for is made. */
  show(forms: { readonly text: () => string; readonly xml: () => readonly XmlElement[] }): void {
    if (this.isStructured) this.elements(forms.xml());
    else if (this.form !== "none") this.text(forms.text());
  }

  /** Text as it is, newlines included. Nothing in the structured forms. */
  text(text: string): void {
    if (this.isStructured || this.form === "none") return;
    if (this.isToFile || this.#page !== null) this.#text += text;
    else this.#outer.stdout(text);
  }

  /** Nothing in the other forms. */
  elements(elements: readonly XmlElement[]): void {
    if (this.isStructured) this.#elements.push(...elements);
  }

  /** Writes another result in place of the one before: that of a command which goes on. @throws FileError */
  renew(exitCode: number, fill: () => void): void {
    this.#elements.length = 0;
    this.#errors.length = 0;
    this.#text = "";
    fill();
    this.finish(exitCode);
  }

  /** Ends the result. @throws FileError when it cannot be written */
  finish(exitCode: number): void {
    if (this.isStructured) this.#text = this.#document(exitCode);
    if (this.#page !== null) this.#text = htmlPage(`<pre>${escapeText(this.#text)}</pre>\n`, this.#page);
    if (this.form === "none") return;
    // Who fails with nothing to tell does not take away what the file holds.
    const isLost = exitCode !== ExitCode.ok && this.#text === "";
    if (this.isToFile && !isLost) this.#outer.writeFile(this.#settings.to!, this.#text);
    else if (this.#text !== "") this.#outer.stdout(this.#text);
  }

  get #page(): HtmlPage | null {
    return this.form === "html" ? (this.#settings.page ?? null) : null;
  }

  get isToFile(): boolean {
    return this.#settings.to !== null && this.#settings.to !== "-";
  }

  /** Log lines (`where<TAB>severity: text`) are for whoever reads standard error, in every form. */
  #complain(text: string): void {
    if (this.isStructured && !/^\S+\t\w+: /.test(text)) this.#errors.push(text.replace(/\n$/, ""));
    else this.#outer.stderr(text);
  }

  #document(exitCode: number): string {
    const result: CommandResult = {
      programName: this.#outer.programName,
      argv: this.#settings.argv,
      content: this.#elements,
      exitCode,
      message: exitStatusText(exitCode),
      errors: this.#errors,
    };
    return this.form === "json" ? jsonResult(result) : xmlResult(result);
  }
}
