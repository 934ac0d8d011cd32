import { quoted } from "../language/write/values.ts";

/** A value that a recipe asks for. */
export interface RecipeParameter {
  readonly name: string;
  /** One sentence without a full stop. */
  readonly help: string;
  readonly isRequired: boolean;
  readonly value: string;
  /** Line of the text on which it stands, from 1. */
  readonly line: number;
}

/** A ready configuration with holes for values, which people fill in a text of this form:
 *
 * ```
 * %name virtual-ip
 * %category Basic
 * %summary An address that moves with the service
 * %use other-recipe
 * %required
 * # Address, for example 192.0.2.10
 * %% ip 192.0.2.10
 * %optional
 * # Length of the network's prefix
 * %% cidr_netmask
 * %generate
 * primitive %{id} IPaddr2 params ip=%{ip}[? cidr_netmask=%{cidr_netmask}]
 * ```
 *
 * `%{name}` is the value of a parameter, `%{recipe.name}` one of a recipe that is used; what stands in `[? … ]` is left out when a value in it is
 * missing. Every recipe has the parameter `id`, the name of what it makes. */
export interface Recipe {
  readonly name: string;
  readonly category: string;
  readonly summary: string;
  readonly uses: readonly string[];
  readonly parameters: readonly RecipeParameter[];
  /** Lines of the crm language with holes. */
  readonly body: readonly string[];
}

export interface RecipeMistake {
  readonly line: number;
  readonly message: string;
}

export type ReadRecipes =
  | { readonly ok: true; readonly recipes: readonly Recipe[] }
  | ({ readonly ok: false } & RecipeMistake);

interface Draft {
  name: string;
  category: string;
  summary: string;
  uses: string[];
  parameters: RecipeParameter[];
  body: string[];
}

/** The recipes of a text, one after the other. */
export function readRecipes(text: string): ReadRecipes {
  const recipes: Draft[] = [];
  let part: "head" | "required" | "optional" | "generate" = "head";
  let comment: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const [, word, rest = ""] = /^%(%|[a-z]+)(?:\s+(.*?))?\s*$/.exec(line) ?? [];
    const recipe = recipes.at(-1);
    if (word === "name") {
      recipes.push({ name: rest, category: "", summary: "", uses: [], parameters: [], body: [] });
      part = "head";
    } else if (recipe === undefined) {
      if (!/^\s*(?:#|$)/.test(line))
        return { ok: false, line: index + 1, message: "a recipe begins with %name and its name" };
    } else if (word === "category") recipe.category = rest;
    else if (word === "summary") recipe.summary = rest;
    else if (word === "use") recipe.uses.push(rest);
    else if (word === "required" || word === "optional" || word === "generate") part = word;
    else if (word === "%") {
      if (part !== "required" && part !== "optional")
        return { ok: false, line: index + 1, message: "parameters stand behind %required or %optional" };
      const [, name = "", value = ""] = /^(\S*)\s*(.*)$/.exec(rest) ?? [];
      if (name === "") return { ok: false, line: index + 1, message: "a parameter has a name" };
      recipe.parameters.push({
        name,
        help: comment.join(" "),
        isRequired: part === "required",
        value,
        line: index + 1,
      });
    } else if (word !== undefined) {
      return { ok: false, line: index + 1, message: `%${word} means nothing here` };
    } else if (part === "generate") recipe.body.push(line);
    if (/^\s*#/.test(line) && part !== "generate") comment.push(line.replace(/^\s*#\s*/, ""));
    else comment = [];
  }
  return { ok: true, recipes };
}

/** A parameter that must have a value and has none. */
export type Missing = Pick<RecipeParameter, "name" | "line"> & { readonly recipe: string };

export type Filled =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly missing: readonly Missing[] };

/** What recipes generate with the values in them, as a crm text; or what is missing. */
export function fillRecipes(recipes: readonly Recipe[]): Filled {
  const missing = recipes.flatMap(({ name: recipe, parameters }) =>
    parameters
      .filter(({ isRequired, value }) => isRequired && value === "")
      .map(({ name, line }) => ({ recipe, name, line })),
  );
  if (missing.length > 0) return { ok: false, missing };
  const values = new Map(
    recipes.flatMap(({ name: recipe, parameters }) =>
      parameters.map(({ name, value }) => [`${recipe}.${name}`, value] as const),
    ),
  );
  const lines = recipes.flatMap(({ name, body }) => body.map((line) => fillLine(line, name, values)));
  return { ok: true, text: lines.filter((line) => line.trim() !== "").join("\n") };
}

function fillLine(line: string, recipe: string, values: ReadonlyMap<string, string>): string {
  const filled = (name: string) => values.get(name.includes(".") ? name : `${recipe}.${name}`) ?? "";
  const holes = /%\{([^}]+)\}/g;
  return line
    .replace(/\[\?(.*?)\]/g, (_, optional: string) =>
      [...optional.matchAll(holes)].every(([, name]) => filled(name!) !== "") ? optional : "",
    )
    .replace(holes, (_, name: string) => quoted(filled(name)));
}

/** A recipe's text with values written behind its parameters; names of other recipes' parameters are left alone. */
export function withValues(text: string, values: ReadonlyMap<string, string>): string {
  let recipe = "";
  return text
    .split("\n")
    .map((line) => {
      recipe = /^%name\s+(\S+)/.exec(line)?.[1] ?? recipe;
      const [, head, name] = /^(%%\s+(\S+))/.exec(line) ?? [];
      const value = name === undefined ? undefined : (values.get(`${recipe}.${name}`) ?? values.get(name));
      return value === undefined ? line : `${head} ${value}`;
    })
    .join("\n");
}
