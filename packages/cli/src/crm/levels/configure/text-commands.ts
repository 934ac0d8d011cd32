import { FileError } from "../../../world.ts";
import { hidesNothing } from "../../language/write/values.ts";
import { editText } from "../../shell/editor.ts";
import type { Shell } from "../../shell/shell.ts";
import { applyEditedXml, applyText } from "./load-command.ts";
import { selectObjects } from "./selection.ts";
import { configurationText } from "./show-command.ts";

/** `edit [xml] [ID …]`: the objects as text in the person's editor; what comes back takes their place. */
export async function edit(shell: Shell, args: readonly string[]): Promise<boolean> {
  // The text may hold passwords: nobody else can read the file.
  return withText(shell, args, (text) => editText(shell, text));
}

/** `filter PROGRAM [ID …]`: the objects as text, each on one line, through a program; what it prints takes their place. */
export function filter(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [program, ...names] = args as [string, ...string[]];
  return withText(shell, names, (text) => {
    // Lines of XML are further in.
    const lines = text.replaceAll(" \\\n\t", " ");
    const result = shell.world.filterText(program, lines);
    if (result.status === 0) return result.output === lines ? text : result.output;
    shell.messages.error(`${program}: ended with status ${result.status}; nothing was changed`);
    return null;
  });
}

async function withText(
  shell: Shell,
  names: readonly string[],
  change: (text: string) => string | null,
): Promise<boolean> {
  const copy = await shell.configuration();
  const { text, missing } = configurationText(copy, names, { hides: hidesNothing });
  for (const name of missing) shell.messages.error(`object ${name} does not exist`);
  if (missing.length > 0) return false;
  const before = `${text}\n`;
  let after: string | null;
  try {
    after = change(before);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    shell.messages.error(`${error.message}; nothing was changed`);
    return false;
  }
  if (after === null) return false;
  if (after === before) return true;
  const isXml = names[0] === "xml";
  const replaced = selectObjects(copy, isXml ? names.slice(1) : names).objects.map(({ id }) => id);
  return isXml ? applyEditedXml(shell, after, replaced) : applyText(shell, after, replaced);
}

/** `save [xml] FILE`: writes the configuration, or with names before it a part, to a file (`-`: standard output). */
export async function save(shell: Shell, args: readonly string[]): Promise<boolean> {
  const path = args.at(-1)!;
  const copy = await shell.configuration();
  const { text, missing } = configurationText(copy, args.slice(0, -1), { hides: hidesNothing });
  for (const name of missing) shell.messages.error(`object ${name} does not exist`);
  // The order of words is easily mistaken: then nothing is lost that stands in the file.
  if (missing.length > 0 && path !== "-" && shell.world.fileExists(path)) {
    shell.messages.error(`${path} was not written. Write the names first, and the file last`);
    return false;
  }
  const content = text === "" ? "" : `${text}\n`;
  try {
    if (path === "-") shell.world.stdout(content);
    else shell.world.writeFile(path, content);
    return true;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    shell.messages.error(error.message);
    return false;
  }
}
