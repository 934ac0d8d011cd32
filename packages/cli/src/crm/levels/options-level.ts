import { COLOR_SCHEME, SETTINGS } from "../settings/setting-table.ts";
import { findSetting } from "../settings/settings.ts";
import type { Level, ShellCommand } from "../shell/level.ts";
import type { Shell } from "../shell/shell.ts";

/** What a person prefers. Typed with its level a change is kept for good; in a session until it ends, or until `save`. */
export const optionsLevel: Level = {
  name: "options",
  help: "Your preferences: editor, colors, how strict and how patient the shell is",
  levels: {},
  deprecated: {},
  commands: {
    ...settingCommands(),
    colorscheme: {
      usage: "COLOR[,COLOR ...]",
      help: "Colors of keywords, names of objects, names of values, values, scores and references, in this order",
      atLeast: 1,
      run: setColors,
    },
    reset: {
      usage: "",
      help: "Take back all that was set",
      run: (shell) => {
        shell.settings.reset();
        return keep(shell);
      },
    },
    save: {
      usage: "",
      help: "Keep what was set, in .config/crm/crm.conf of your home",
      run: (shell) => {
        shell.settings.save();
        return true;
      },
    },
    set: {
      usage: "OPTION VALUE",
      help: "Set any option by the name that `show all` has for it, and keep it",
      atLeast: 2,
      run: (shell, [key, value]) => {
        if (!setOne(shell, "set", key!, value!)) return false;
        shell.settings.save();
        return true;
      },
    },
    show: {
      usage: "[all|OPTION]",
      help: "Show what is set, everything, or one option",
      atMost: 1,
      run: show,
    },
  },
};

/** A command for each option that has one. */
function settingCommands(): Record<string, ShellCommand> {
  const commands: Record<string, ShellCommand> = {};
  for (const { key, command, choices, kind, help } of SETTINGS) {
    if (command === undefined) continue;
    commands[command] = {
      usage: choices?.join("|") ?? (kind === "boolean" ? "yes|no" : kind === "program" ? "PROGRAM" : "VALUE"),
      help,
      atLeast: 1,
      run: (shell, [value]) => setOne(shell, command, key, value!) && keep(shell),
    };
  }
  return commands;
}

/** The command of a person who types no other is meant for good. */
function keep(shell: Shell): boolean {
  if (!shell.isSession) shell.settings.save();
  return true;
}

function setOne(shell: Shell, command: string, name: string, value: string): boolean {
  const setting = findSetting(name);
  const refusal = shell.settings.set(setting?.key ?? name, value);
  if (refusal !== null) {
    shell.messages.error(`options.${command}: ${refusal}`);
    return false;
  }
  if (setting?.isIdle !== undefined)
    shell.messages.aside(`${setting.key} is kept, but changes nothing here: ${setting.isIdle}`);
  return true;
}

function setColors(shell: Shell, [text]: readonly string[]): boolean {
  const colors = text!.split(",");
  if (colors.length > COLOR_SCHEME.length) {
    shell.messages.error(`options.colorscheme: Expected at most ${COLOR_SCHEME.length} colors`);
    return false;
  }
  for (const [index, color] of colors.entries())
    if (!setOne(shell, "colorscheme", COLOR_SCHEME[index]!, color)) return false;
  return keep(shell);
}

const ALL_BY_KEY = SETTINGS.toSorted((one, other) => (one.key < other.key ? -1 : 1));

function show(shell: Shell, [name]: readonly string[]): boolean {
  const { settings, messages } = shell;
  const one = name === undefined || name === "all" ? null : findSetting(name);
  if (name !== undefined && name !== "all" && one === null) {
    messages.error(`options.show: there is no option ${name}; \`show all\` lists them`);
    return false;
  }
  const shown = one !== null ? [one] : name === "all" ? ALL_BY_KEY : settings.chosen();
  for (const { key } of shown) messages.print(`${key} = ${settings.get(key)}`);
  messages.print("");
  return true;
}
