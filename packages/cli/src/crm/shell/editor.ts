import type { World } from "../../world.ts";

/** The person's editor, with its arguments. */
export function editorOf({ env }: World): readonly [string, ...string[]] {
  const words = (env.EDITOR || env.VISUAL || "vi").split(/\s+/).filter((word) => word !== "");
  return words.length === 0 ? ["vi"] : (words as [string, ...string[]]);
}
