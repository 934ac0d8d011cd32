import type { CorosyncConf, Entry } from "./document.ts";

const INDENT = "    ";

/** The file's text: what was read byte for byte, what is new with four blanks a level and sections set apart by a blank line. */
export function printCorosyncConf(document: CorosyncConf): string {
  return print(document.entries, 0);
}

function print(entries: readonly Entry[], depth: number): string {
  let text = "";
  for (const [index, entry] of entries.entries()) {
    // The last line of a file may lack its end, and something new may follow it.
    if (text !== "" && !text.endsWith("\n")) text += "\n";
    switch (entry.kind) {
      case "trivia":
        text += entry.raw;
        break;
      case "item":
        text += entry.raw ?? itemLine(entry.indent ?? INDENT.repeat(depth), entry.key, entry.value);
        break;
      case "section": {
        const isNew = entry.rawOpen === null;
        if (isNew && index > 0 && entries[index - 1]!.kind !== "trivia") text += "\n";
        text += entry.rawOpen ?? `${INDENT.repeat(depth)}${entry.name} {\n`;
        text += print(entry.entries, depth + 1);
        if (!text.endsWith("\n")) text += "\n";
        text += entry.rawClose ?? `${INDENT.repeat(depth)}}\n`;
      }
    }
  }
  return text;
}

function itemLine(indent: string, key: string, value: string): string {
  return value === "" ? `${indent}${key}:\n` : `${indent}${key}: ${value}\n`;
}
