import { flagOption, type OptionTable, type ParsedValues, valueOption } from "../options/option-table.ts";
import type { HtmlPage } from "./html-page.ts";

const PAGE = "HTML";

/** What a page can be given, in every command that makes one. Source: crm_mon(8), stonith_admin(8). */
export const pageOptions = {
  htmlCgi: flagOption({ long: "html-cgi", help: "With headers for a web server", heading: PAGE }),
  htmlStylesheet: valueOption({
    long: "html-stylesheet",
    metavar: "URI",
    help: "Link to this style sheet, too",
    heading: PAGE,
  }),
  htmlTitle: valueOption({ long: "html-title", metavar: "TITLE", help: "Title of the page", heading: PAGE }),
} satisfies OptionTable;

export function pageOf(options: ParsedValues<typeof pageOptions>, title: string): HtmlPage {
  return {
    title: options.htmlTitle ?? title,
    stylesheet: options.htmlStylesheet,
    refreshS: null,
    hasCgiHeader: options.htmlCgi,
  };
}
