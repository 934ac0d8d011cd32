import { escapeAttribute } from "@quorate/xml";
import { type ItemKind, type ItemOptions, TextReport, type TextSinks } from "../text-report.ts";

const CLASSES: Readonly<Record<ItemKind, string>> = {
  ok: "rsc-ok",
  failed: "rsc-failed",
  "failure ignored": "rsc-failure-ignored",
  unmanaged: "rsc-managed",
  multiple: "rsc-multiple",
  warning: "warning",
  plain: "",
};

/** The same lists as HTML: titles of the outermost are headings, all else nested lists. */
export class HtmlReport extends TextReport {
  readonly #sinks: TextSinks;
  #depth = 0;

  constructor(sinks: TextSinks) {
    super(sinks, { isFancy: true, isQuiet: false });
    this.#sinks = sinks;
  }

  override beginList(title: string | null): void {
    const heading = this.#depth === 0 ? "h2" : "h3";
    if (this.#depth > 0) this.#sinks.out("<li>");
    if (title !== null) this.#sinks.out(`<${heading}>${escapeAttribute(title)}</${heading}>\n`);
    this.#sinks.out("<ul>\n");
    this.#depth++;
  }

  override endList(): void {
    this.#depth--;
    this.#sinks.out(this.#depth > 0 ? "</ul></li>\n" : "</ul>\n");
  }

  override item(text: string, { name, kind = "plain" }: ItemOptions = {}): void {
    const label = name === undefined ? "" : `<span class="bold">${escapeAttribute(name)}: </span>`;
    const style = CLASSES[kind];
    const content =
      style === "" ? escapeAttribute(text) : `<span class="${style}">${escapeAttribute(text)}</span>`;
    this.#sinks.out(`<li>${label}${content}</li>\n`);
  }

  override spacer(): void {}

  override info(text: string): void {
    if (text.trim() !== "") this.#sinks.out(`<p class="warning">${escapeAttribute(text.trim())}</p>\n`);
  }
}
