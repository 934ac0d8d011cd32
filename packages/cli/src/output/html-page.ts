import { escapeAttribute } from "@quorate/xml";

export interface HtmlPage {
  readonly title: string;
  readonly stylesheet: string | null;
  /** The browser loads the page again after this time; null: never. */
  readonly refreshS: number | null;
  /** For a web server that runs the command itself. */
  readonly hasCgiHeader: boolean;
}

const STYLE = `.bold { font-weight: bold }
.rsc-failed { color: red }
.rsc-failure-ignored { color: DarkGreen }
.rsc-managed { color: blue }
.rsc-multiple { color: orange }
.rsc-ok { color: green }
.warning { color: red; font-weight: bold }`;

/** A whole page around what stands in the body. */
export function htmlPage(body: string, page: HtmlPage): string {
  const head = [`<title>${escapeAttribute(page.title)}</title>`, '<meta charset="utf-8">'];
  if (page.refreshS !== null) head.push(`<meta http-equiv="refresh" content="${page.refreshS}">`);
  head.push(`<style>${STYLE}</style>`);
  if (page.stylesheet !== null)
    head.push(`<link rel="stylesheet" href="${escapeAttribute(page.stylesheet)}">`);
  const header = page.hasCgiHeader ? "Content-Type: text/html; charset=utf-8\n\n" : "";
  return `${header}<!DOCTYPE html>
<html lang="en">
<head>
${head.join("\n")}
</head>
<body>
${body}</body>
</html>
`;
}
