import type { World } from "../../world.ts";
import type { Shell } from "./shell.ts";

/** The person's editor, with its arguments: the one that was chosen, or that of the environment. */
export function editorOf({ env }: World, chosen = ""): readonly [string, ...string[]] {
  const words = (chosen || env.EDITOR || env.VISUAL || "vi").split(/\s+/).filter((word) => word !== "");
  return words.length === 0 ? ["vi"] : (words as [string, ...string[]]);
}

/** A text in the person's editor; null when that failed, which is told. @throws FileError */
export function editText({ world, messages, settings }: Shell, text: string): string | null {
  const [editor, ...options] = editorOf(world, settings.get("core.editor"));
  return world.withPrivateFile(text, (path) => {
    const status = world.runForeground(editor, [...options, path], {});
    if (status === 0) return world.readFile(path);
    messages.error(
      `the editor ${editor} ended with status ${status}; nothing was changed. Set EDITOR, or crm options editor, to another one`,
    );
    return null;
  });
}
