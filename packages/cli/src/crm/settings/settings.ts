import { isTrue } from "@quorate/cib";
import { nearestName } from "../../options/nearest-name.ts";
import { FileError, type World } from "../../world.ts";
import { SETTINGS, type Setting, STYLES } from "./setting-table.ts";

const SYSTEM_FILE = "/etc/crm/crm.conf";
const BOOLEAN = /^(yes|true|on|1|no|false|off|0)$/i;

/** Why something cannot be set; null when it was. */
export type Refusal = string | null;

/** What a person prefers: of the host's file, of the person's own, of this session, in this order. */
export class Settings {
  readonly #world: World;
  readonly #host: ReadonlyMap<string, string>;
  /** Of the person's file, and what is to be written there. */
  readonly #own: Map<string, string>;
  /** Of the command line: not written. */
  readonly #passing = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
    this.#host = readFile(world, SYSTEM_FILE);
    this.#own = new Map(readFile(world, ownFile(world)));
  }

  /** As it counts now. */
  get(key: string): string {
    return this.#chosen(key) ?? findSetting(key)?.default ?? "";
  }

  /** Null when nobody has chosen anything. */
  #chosen(key: string): string | null {
    return this.#passing.get(key) ?? this.#own.get(key) ?? this.#host.get(key) ?? null;
  }

  isOn(key: string): boolean {
    return isTrue(this.get(key));
  }

  /** The settings that somebody has chosen, and those that the command line can set. */
  chosen(): readonly Setting[] {
    return SETTINGS.filter(({ key }) => this.#chosen(key) !== null || COMMON.has(key));
  }

  /** For the time of this process. */
  setForNow(key: string, value: string): Refusal {
    return this.#set(this.#passing, key, value);
  }

  /** For good, once it is saved. */
  set(key: string, value: string): Refusal {
    const refusal = this.#set(this.#own, key, value);
    if (refusal === null) this.#passing.delete(key);
    return refusal;
  }

  #set(target: Map<string, string>, key: string, value: string): Refusal {
    const setting = findSetting(key);
    if (setting === null) {
      const nearest = nearestName(
        key,
        SETTINGS.map((entry) => entry.key),
      );
      return `there is no option ${key}${nearest === null ? "; `show all` lists them" : `. Did you mean "${nearest}"?`}`;
    }
    const refusal = refusalOf(setting, value, this.#world);
    if (refusal === null) target.set(key, value);
    return refusal;
  }

  reset(): void {
    this.#own.clear();
    this.#passing.clear();
  }

  /** Writes what was set for good to the person's file. @throws FileError */
  save(): void {
    this.#world.writeOwnFile(ownFile(this.#world), textOf(this.#own));
  }
}

const COMMON: ReadonlySet<string> = new Set(["core.debug", "core.force", "core.wait"]);

/** By its whole name, or by its name in a section that it is the only one of. */
export function findSetting(name: string): Setting | null {
  const word = name.replaceAll("-", "_");
  const found = SETTINGS.filter(({ key }) => key === word || key.slice(key.indexOf(".") + 1) === word);
  return found.length === 1 ? found[0]! : null;
}

function refusalOf(setting: Setting, value: string, world: World): Refusal {
  switch (setting.kind) {
    case "boolean":
      return BOOLEAN.test(value) ? null : `Not a boolean: ${value} (try one of: yes, no)`;
    case "choice":
      return setting.choices!.includes(value) ? null : `${value} not in ${setting.choices!.join(", ")}`;
    case "style":
      // An upper case may go with a color.
      return value.split(",").every((part) => STYLES.includes(part))
        ? null
        : `${value} not in ${STYLES.join(", ")}`;
    case "number":
      return /^\d+$/.test(value) ? null : `${value} is not a whole number`;
    case "program":
      return isProgram(world, value) ? null : `${value} does not exist or is not a program`;
    case "words":
      return value.includes("\n") ? "a value is one line" : null;
  }
}

function isProgram(world: World, value: string): boolean {
  const [program = ""] = value.split(/\s+/);
  if (program.includes("/")) return world.fileExists(program);
  return (world.env.PATH ?? "").split(":").some((folder) => world.fileExists(`${folder}/${program}`));
}

/** The folder of what a person keeps of the shell. */
export function ownFolder({ env }: World): string {
  const base = env.XDG_CONFIG_HOME || `${env.HOME ?? ""}/.config`;
  return `${base}/crm`;
}

function ownFile(world: World): string {
  return `${ownFolder(world)}/crm.conf`;
}

/** Sections in brackets, in each `name = value`; what follows `#` or `;` at the beginning of a line is a comment. */
function readFile(world: World, path: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  if (!world.fileExists(path)) return values;
  let section = "";
  for (const line of readText(world, path).split("\n")) {
    const heading = /^\s*\[([^\]]+)\]\s*$/.exec(line);
    if (heading !== null) section = heading[1]!.trim();
    const entry = /^\s*([^#;\s=:][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (heading === null && entry !== null) values.set(`${section}.${entry[1]!}`, entry[2]!);
  }
  return values;
}

/** A file that this person may not read says nothing. */
function readText(world: World, path: string): string {
  try {
    return world.readFile(path);
  } catch (error) {
    if (error instanceof FileError) return "";
    throw error;
  }
}

function textOf(values: ReadonlyMap<string, string>): string {
  const sections = new Map<string, string>();
  for (const [key, value] of values) {
    const section = key.slice(0, key.indexOf("."));
    const lines = sections.get(section) ?? `[${section}]\n`;
    sections.set(section, `${lines}${key.slice(section.length + 1)} = ${value}\n`);
  }
  return [...sections.values()].join("\n");
}
