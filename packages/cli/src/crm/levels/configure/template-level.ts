import { FileError } from "../../../world.ts";
import { fillRecipes, readRecipes } from "../../recipes/recipe.ts";
import { composedText, readValues, storedRecipes, withUsed } from "../../recipes/recipe-store.ts";
import { ownFolder } from "../../settings/settings.ts";
import { editText } from "../../shell/editor.ts";
import type { Level } from "../../shell/level.ts";
import type { Shell } from "../../shell/shell.ts";
import { loadText } from "./load-command.ts";

/** Ready configurations with holes for values, each a text in a person's own folder until it is applied. */
export const templateLevel: Level = {
  name: "template",
  help: "Ready configurations: fill values in, look at the result, apply it",
  levels: {},
  deprecated: {},
  commands: {
    list: {
      usage: "[templates|configs]",
      help: "List the templates there are, and the configurations made from them",
      atMost: 1,
      run: list,
    },
    new: {
      usage: "[NAME] TEMPLATE ... [params NAME=VALUE ...]",
      help: "Make a configuration from templates, and use it from now on",
      atLeast: 1,
      atMost: null,
      run: make,
    },
    load: {
      usage: "NAME",
      help: "Use a configuration: edit, show and apply mean this one",
      atLeast: 1,
      run: (shell, [name]) => {
        if (!exists(shell, name!)) return false;
        shell.template = name!;
        return true;
      },
    },
    edit: { usage: "[NAME]", help: "Fill in values in an editor", atMost: 1, run: edit },
    delete: {
      usage: "NAME [force]",
      help: "Delete a configuration; the one in use with force only",
      atLeast: 1,
      atMost: 2,
      run: remove,
    },
    show: {
      usage: "[NAME]",
      help: "Show what a configuration makes, or which values are missing",
      atMost: 1,
      run: (shell, [name]) => {
        const text = generated(shell, name);
        if (text !== null) shell.messages.print(text);
        return text !== null;
      },
    },
    apply: {
      usage: "[update|replace] [NAME]",
      help: "Take what a configuration makes into the configuration that is being edited; replace (the default) in place of what is there, update beside it",
      atMost: 2,
      run: apply,
    },
  },
};

function fileOf(shell: Shell, name: string): string {
  return `${ownFolder(shell.world)}/crmconf/${name}`;
}

function namesOf(shell: Shell): readonly string[] {
  try {
    return shell.world.listFiles(`${ownFolder(shell.world)}/crmconf`);
  } catch (error) {
    // Nobody has made one yet.
    if (error instanceof FileError) return [];
    throw error;
  }
}

function exists(shell: Shell, name: string): boolean {
  if (namesOf(shell).includes(name)) return true;
  shell.messages.error(`${name}: no such config`);
  return false;
}

function list(shell: Shell, [what]: readonly string[]): boolean {
  if (what !== undefined && what !== "templates" && what !== "configs") {
    shell.messages.error(`template.list: "${what}" is not known here. Expected [templates|configs]`);
    return false;
  }
  const templates = [...storedRecipes(shell).values()].map(
    ({ name, summary }) => `${name.padEnd(16)} ${summary}`,
  );
  if (what === undefined) shell.messages.print("Templates:");
  if (what !== "configs") for (const line of templates) shell.messages.print(line);
  if (what === undefined) shell.messages.print("\nConfigurations:");
  if (what !== "templates") for (const name of namesOf(shell)) shell.messages.print(name);
  return true;
}

function make(shell: Shell, args: readonly string[]): boolean {
  const { messages, world } = shell;
  const at = args.indexOf("params");
  const words = at < 0 ? args : args.slice(0, at);
  const [first] = words;
  if (first === undefined) {
    messages.error("template.new: Expected [NAME] TEMPLATE ... [params NAME=VALUE ...]");
    return false;
  }
  const stored = storedRecipes(shell);
  const isUnnamed = words.length === 1;
  const names = isUnnamed ? words : words.slice(1);
  const { recipes, unknown } = withUsed(stored, names);
  if (unknown !== null) {
    messages.error(`there is no template ${unknown}; \`list templates\` lists them`);
    return false;
  }
  const name = isUnnamed ? freeName(shell, first) : first;
  if (!/^[A-Za-z_][\w.-]*$/.test(name)) {
    messages.error(`"${name}" is no name: begin with a letter or _, then letters, digits, - _ and .`);
    return false;
  }
  if (namesOf(shell).includes(name)) {
    messages.error(`config ${name} exists; delete it first`);
    return false;
  }
  const read = readValues(at < 0 ? [] : args.slice(at + 1), recipes);
  if (!read.ok) {
    messages.error(`template.new: ${read.message}`);
    return false;
  }
  for (const recipe of recipes) messages.info(`pulling in template ${recipe.name}`);
  const text = composedText(recipes, names.at(-1)!, name, read.values);
  world.writeOwnFile(fileOf(shell, name), `${instructions(name)}\n${text}`);
  shell.template = name;
  return true;
}

function freeName(shell: Shell, template: string): string {
  const taken = namesOf(shell);
  let number = 0;
  while (taken.includes(`${template}-${number}`)) number++;
  return `${template}-${number}`;
}

function instructions(name: string): string {
  return [
    `# Configuration ${name}`,
    "#",
    "# Write values behind the names in lines that begin with %%. Those below %required must",
    "# have one. What stands below %generate becomes the configuration.",
    "",
  ].join("\n");
}

/** The configuration that is named or in use; null when there is none, which is told. */
function chosen(shell: Shell, name: string | undefined): string | null {
  if (name !== undefined) return exists(shell, name) ? name : null;
  if (shell.template !== null && exists(shell, shell.template)) return shell.template;
  if (shell.template === null) shell.messages.error("please load a config first");
  return null;
}

function edit(shell: Shell, [given]: readonly string[]): boolean {
  const name = chosen(shell, given);
  if (name === null) return false;
  const before = shell.world.readFile(fileOf(shell, name));
  const after = editText(shell, before);
  if (after !== null && after !== before) shell.world.writeOwnFile(fileOf(shell, name), after);
  return after !== null;
}

function remove(shell: Shell, [name, force]: readonly string[]): boolean {
  const isForced = force === "force" || force === "--force" || shell.options.isForced;
  if (force !== undefined && !isForced) {
    shell.messages.error(`template.delete: "${force}" is not known here. Expected NAME [force]`);
    return false;
  }
  if (!exists(shell, name!)) return false;
  if (name === shell.template && !isForced) {
    shell.messages.error(`${name} is in use; load another one, or add force`);
    return false;
  }
  shell.world.removeFile(fileOf(shell, name!));
  if (name === shell.template) shell.template = null;
  return true;
}

/** What a configuration makes, as a crm text; null when something is missing, which is told. */
function generated(shell: Shell, given: string | undefined): string | null {
  const name = chosen(shell, given);
  if (name === null) return null;
  const read = readRecipes(shell.world.readFile(fileOf(shell, name)));
  if (!read.ok) {
    shell.messages.error(`${fileOf(shell, name)}:${read.line}: ${read.message}`);
    return null;
  }
  const filled = fillRecipes(read.recipes);
  if (filled.ok) return filled.text;
  for (const missing of filled.missing)
    shell.messages.error(`${missing.line}: required parameter ${missing.name} not set`);
  return null;
}

async function apply(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [first, second] = args;
  const isMethod = first === "update" || first === "replace";
  if (!isMethod && second !== undefined) {
    shell.messages.error(`template.apply: Expected [update|replace] [NAME]`);
    return false;
  }
  const text = generated(shell, isMethod ? second : first);
  if (text === null) return false;
  return loadText(shell, first === "update" ? "update" : "replace", text);
}
