import type { World } from "../../world.ts";
import type { Adorn } from "../language/write/adorn.ts";
import type { Settings } from "./settings.ts";

const COLORS: readonly string[] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const MARKS: Readonly<Record<string, number>> = { bold: 1, underline: 4, blink: 5, reverse: 7 };
const RESET = "\u001b[0m";

/** How the parts of a configuration are shown; null: as they are. Colors go to terminals, unless they are wanted always. */
export function lookOf(settings: Settings, world: World): Adorn | null {
  const styles = settings.get("color.style").split(",");
  const hasColor =
    styles.includes("color-always") ||
    (styles.includes("color") &&
      world.isInteractive() &&
      (world.env.NO_COLOR ?? "") === "" &&
      world.env.TERM !== "dumb");
  const isUpper = styles.includes("uppercase");
  if (!hasColor && !isUpper) return null;
  return (part, text) => {
    const shown = isUpper && part === "keyword" ? text.toUpperCase() : text;
    const code = hasColor ? codeOf(settings.get(`color.${part}`)) : "";
    return code === "" ? shown : `${code}${shown}${RESET}`;
  };
}

/** The escape sequence of a color such as `red bold`; empty for one that changes nothing, or that nobody knows. */
function codeOf(words: string): string {
  const codes = words.split(/\s+/).flatMap((word) => {
    const color = COLORS.indexOf(word);
    return color >= 0 ? [30 + color] : Object.hasOwn(MARKS, word) ? [MARKS[word]!] : [];
  });
  return codes.length === 0 ? "" : `\u001b[${codes.join(";")}m`;
}
