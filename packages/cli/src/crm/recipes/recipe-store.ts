import { FileError } from "../../world.ts";
import type { Shell } from "../shell/shell.ts";
import { BUILT_IN } from "./built-in.ts";
import { type Recipe, readRecipes, withValues } from "./recipe.ts";

export interface StoredRecipe extends Recipe {
  readonly text: string;
}

/** The recipes there are, by name: those that come with Quorate, and those of the folders that --scriptdir names. */
export function storedRecipes(shell: Shell): ReadonlyMap<string, StoredRecipe> {
  const stored = new Map<string, StoredRecipe>();
  for (const { text, place } of [...BUILT_IN.map((text) => ({ text, place: null })), ...foundTexts(shell)]) {
    const read = readRecipes(text);
    if (!read.ok) shell.messages.error(`${place}:${read.line}: ${read.message}`);
    else for (const recipe of read.recipes) stored.set(recipe.name, { ...recipe, text });
  }
  return stored;
}

function foundTexts({ start, world, messages }: Shell): { readonly text: string; readonly place: string }[] {
  const found: { readonly text: string; readonly place: string }[] = [];
  for (const folder of start.scriptFolders) {
    try {
      for (const name of world.listFiles(folder)) {
        const place = `${folder}/${name}`;
        const text = world.readFile(place);
        // Scripts of other programs may lie there, too.
        if (/^%name\s/m.test(text)) found.push({ text, place });
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      messages.error(error.message);
    }
  }
  return found;
}

/** The recipes of these names with those that they use before them; or the name that no recipe has. */
export function withUsed(
  stored: ReadonlyMap<string, StoredRecipe>,
  names: readonly string[],
): { readonly recipes: readonly StoredRecipe[]; readonly unknown: string | null } {
  const recipes = new Set<StoredRecipe>();
  let unknown: string | null = null;
  const add = (name: string, above: readonly string[]): void => {
    const recipe = stored.get(name);
    if (recipe === undefined) unknown ??= name;
    else if (!above.includes(name)) {
      for (const used of recipe.uses) add(used, [...above, name]);
      recipes.add(recipe);
    }
  };
  for (const name of names) add(name, []);
  return { recipes: [...recipes], unknown };
}

/** A text in which values can be filled in: what is made is called `id`, and what it uses by that and its recipe. */
export function composedText(
  recipes: readonly StoredRecipe[],
  main: string,
  id: string,
  values: ReadonlyMap<string, string>,
): string {
  const ids = recipes.map(({ name }) => [`${name}.id`, name === main ? id : `${id}-${name}`] as const);
  const given = [...values].map(([name, value]) => [name === "id" ? `${main}.id` : name, value] as const);
  const all = new Map([...ids, ...given]);
  return recipes.map(({ text }) => withValues(text, all)).join("\n");
}

/** `NAME=VALUE` words; `RECIPE:NAME=VALUE` is about one recipe only. Null when a word is none, which is told. */
export function readValues(
  words: readonly string[],
  recipes: readonly Recipe[],
):
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly message: string } {
  const values = new Map<string, string>();
  for (const word of words) {
    const [, recipe, name = "", value = ""] = /^(?:([\w-]+):)?([\w-]+)=(.*)$/s.exec(word) ?? [];
    if (name === "") return { ok: false, message: `Expected NAME=VALUE, not "${word}"` };
    const known = recipes.some(
      (one) =>
        (recipe === undefined || one.name === recipe) &&
        one.parameters.some((parameter) => parameter.name === name),
    );
    if (!known)
      return { ok: false, message: `Unknown parameter ${recipe === undefined ? "" : `${recipe}:`}${name}` };
    if (value.includes("\n")) return { ok: false, message: `${name}: a value is one line` };
    values.set(recipe === undefined ? name : `${recipe}.${name}`, value);
  }
  return { ok: true, values };
}
