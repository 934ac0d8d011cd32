import { commit } from "../configuration/commit.ts";
import { fillRecipes, readRecipes } from "../recipes/recipe.ts";
import {
  composedText,
  readValues,
  type StoredRecipe,
  storedRecipes,
  withUsed,
} from "../recipes/recipe-store.ts";
import type { Level } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";
import { loadText } from "./configure/load-command.ts";

/** What was made ready for common tasks; the same recipes as the templates, run at once. */
export const scriptLevel: Level = {
  name: "script",
  help: "Scripts: common configurations, from a few values, in one step",
  isForAdministrators: true,
  levels: {},
  deprecated: {},
  commands: {
    list: {
      usage: "[all] [names]",
      help: "List the scripts, by category or only their names",
      atMost: 2,
      run: list,
    },
    show: {
      usage: "SCRIPT [all]",
      help: "Show what a script is for, and its parameters; with all, also the optional ones",
      atLeast: 1,
      atMost: 2,
      run: show,
    },
    verify: {
      usage: "SCRIPT [NAME=VALUE ...]",
      help: "Check values, and show what the script would do with them",
      atLeast: 1,
      atMost: null,
      run: (shell, [name, ...words]) => {
        const plan = planOf(shell, "verify", name!, words);
        if (plan === null) return false;
        shell.messages.print(`1. ${STEP}\n\n\t${plan.text.replaceAll("\n", "\n\t")}\n`);
        return true;
      },
    },
    run: {
      usage: "SCRIPT [NAME=VALUE ...] [dry_run=yes|no]",
      help: "Run a script: its resources are added to the configuration",
      atLeast: 1,
      atMost: null,
      run,
    },
    json: {
      usage: "JSON",
      help: 'The same for programs: ["list"], ["show", SCRIPT], ["verify", SCRIPT, {VALUES}] or ["run", SCRIPT, {VALUES}]; answers are JSON, a line each, then "end"',
      atLeast: 1,
      atMost: null,
      isRaw: true,
      run: json,
    },
  },
};

const STEP = "Configure cluster resources";

function list(shell: Shell, args: readonly string[]): boolean {
  const odd = args.find((arg) => arg !== "all" && arg !== "names");
  if (odd !== undefined) {
    shell.messages.error(`script.list: "${odd}" is not known here. Expected [all] [names]`);
    return false;
  }
  const stored = [...storedRecipes(shell).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (args.includes("names")) {
    for (const { name } of stored) shell.messages.print(name);
    return true;
  }
  for (const category of [...new Set(stored.map((recipe) => categoryOf(recipe)))].sort()) {
    const lines = stored
      .filter((recipe) => categoryOf(recipe) === category)
      .map(({ name, summary }) => `${name.padEnd(16)} ${summary}\n`);
    shell.messages.print(`${category}:\n\n${lines.join("")}`);
  }
  return true;
}

function categoryOf({ category }: StoredRecipe): string {
  return category === "" ? "Other" : category;
}

interface Found {
  readonly main: StoredRecipe;
  /** With those that it uses before it. */
  readonly recipes: readonly StoredRecipe[];
}

function find(shell: Shell, name: string): Found | string {
  const stored = storedRecipes(shell);
  const { recipes, unknown } = withUsed(stored, [name]);
  if (unknown === null) return { main: stored.get(name)!, recipes };
  return unknown === name
    ? `Script not found: ${name}. Scripts of crmsh do not run here; \`script list\` lists what does`
    : `${name} uses ${unknown}, which is not there`;
}

function show(shell: Shell, [name, all]: readonly string[]): boolean {
  const found = find(shell, name!);
  if (typeof found === "string" || (all !== undefined && all !== "all")) {
    shell.messages.error(`script.show: ${typeof found === "string" ? found : "Expected SCRIPT [all]"}`);
    return false;
  }
  const { main, recipes } = found;
  shell.messages.print(`${main.name} (${categoryOf(main)})\n${main.summary}\n`);
  for (const recipe of recipes.toReversed()) {
    const shown = recipe.parameters.filter(({ isRequired }) => isRequired || all === "all");
    const prefix = recipe === main ? "" : `${recipe.name}:`;
    const lines = shown.map(
      ({ name, help, isRequired }) =>
        `  ${prefix}${name}${isRequired && !(name === "id" && recipe !== main) ? " (required)" : ""}\n      ${help}\n`,
    );
    shell.messages.print(
      `${recipe === main ? "Values:" : `Values for ${recipe.name}:`}\n\n${lines.join("")}`,
    );
  }
  return true;
}

/** What a script does with values: the text it adds. */
interface Plan {
  readonly summary: string;
  readonly text: string;
}

function planWith(shell: Shell, name: string, words: readonly string[]): Plan | string {
  const found = find(shell, name);
  if (typeof found === "string") return found;
  const read = readValues(words, found.recipes);
  if (!read.ok) return read.message;
  const id = read.values.get("id");
  if (id === undefined || id === "") return "Missing required parameter(s): id";
  const recipes = readRecipes(composedText(found.recipes, found.main.name, id, read.values));
  if (!recipes.ok) return recipes.message;
  const filled = fillRecipes(recipes.recipes);
  if (filled.ok) return { summary: found.main.summary, text: filled.text };
  const missing = filled.missing.map(({ recipe, name }) =>
    recipe === found.main.name ? name : `${recipe}:${name}`,
  );
  return `Missing required parameter(s): ${missing.join(", ")}`;
}

function planOf(shell: Shell, command: string, name: string, words: readonly string[]): Plan | null {
  const plan = planWith(shell, name, words);
  if (typeof plan !== "string") return plan;
  shell.messages.error(`script.${command}: ${plan}`);
  return null;
}

async function run(shell: Shell, [name, ...args]: readonly string[]): Promise<boolean> {
  const dry = args.filter((word) => word.startsWith("dry_run="));
  const words = args.filter((word) => !dry.includes(word));
  const plan = planOf(shell, "run", name!, words);
  if (plan === null) return false;
  shell.messages.info(plan.summary);
  if (dry.some((word) => /=(?:yes|true|1|on)$/.test(word))) {
    shell.messages.print(`** load update\n${plan.text}\n`);
    shell.messages.info(STEP);
    return true;
  }
  return carryOut(shell, plan);
}

/** As `configure load update`, committed at once. */
async function carryOut(shell: Shell, plan: Plan): Promise<boolean> {
  const isGood = (await loadText(shell, "update", plan.text)) && (await commit(shell));
  shell.forgetConfiguration();
  if (isGood) shell.messages.info(STEP);
  return isGood;
}

/** A request of a program, and its answers. */
async function json(shell: Shell, args: readonly string[]): Promise<boolean> {
  const request = readRequest(args.join(" "));
  const answer = request === null ? null : await answerTo(shell, request);
  if (answer === null) {
    shell.messages.error(
      'script.json: Expected ["list"], ["show", SCRIPT], ["verify", SCRIPT, {VALUES}] or ["run", SCRIPT, {VALUES}]',
    );
    return false;
  }
  for (const one of answer.answers) shell.messages.print(JSON.stringify(one));
  shell.messages.print(JSON.stringify("end"));
  return answer.isGood;
}

interface JsonRequest {
  readonly command: string;
  readonly script: string;
  readonly words: readonly string[];
}

function readRequest(text: string): JsonRequest | null {
  // At a prompt people put it in quotes.
  const bare = /^'(.*)'$/s.exec(text.trim())?.[1] ?? text;
  let value: unknown;
  try {
    value = JSON.parse(bare);
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const [command, script = "", values = {}] = value as unknown[];
  if (
    typeof command !== "string" ||
    typeof script !== "string" ||
    typeof values !== "object" ||
    values === null
  )
    return null;
  return { command, script, words: wordsOf(values as Readonly<Record<string, unknown>>, "") };
}

/** Nested objects are about one recipe. */
function wordsOf(values: Readonly<Record<string, unknown>>, prefix: string): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    typeof value === "object" && value !== null
      ? wordsOf(value as Readonly<Record<string, unknown>>, `${name}:`)
      : [`${prefix}${name}=${String(value)}`],
  );
}

interface JsonAnswer {
  readonly isGood: boolean;
  readonly answers: readonly unknown[];
}

async function answerTo(shell: Shell, { command, script, words }: JsonRequest): Promise<JsonAnswer | null> {
  const error = (text: string): JsonAnswer => ({ isGood: false, answers: [{ error: text }] });
  switch (command) {
    case "list": {
      const stored = [...storedRecipes(shell).values()];
      return {
        isGood: true,
        answers: stored.map(({ name, summary, category }) => ({ name, shortdesc: summary, category })),
      };
    }
    case "show": {
      const found = find(shell, script);
      return typeof found === "string" ? error(found) : { isGood: true, answers: [describe(found)] };
    }
    case "verify":
    case "run": {
      const plan = planWith(shell, script, words);
      if (typeof plan === "string") return error(plan);
      if (command === "verify")
        return { isGood: true, answers: [{ shortdesc: STEP, longdesc: "", text: plan.text, nodes: "" }] };
      const isGood = await carryOut(shell, plan);
      return { isGood, answers: [{ shortdesc: STEP, rc: isGood, output: "" }] };
    }
    default:
      return null;
  }
}

function describe({ main, recipes }: Found): unknown {
  return {
    name: main.name,
    shortdesc: main.summary,
    longdesc: "",
    category: main.category,
    steps: recipes.map(({ name, summary, parameters }) => ({
      name: name === main.name ? "" : name,
      shortdesc: summary,
      required: true,
      parameters: parameters.map((parameter) => ({
        name: parameter.name,
        shortdesc: parameter.help,
        longdesc: "",
        required: parameter.isRequired,
        unique: false,
        advanced: !parameter.isRequired,
        type: "string",
        value: "",
        example: "",
      })),
    })),
  };
}
