import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  bashCompletion,
  type Main,
  type Manual,
  manPage,
  manPageName,
  manualsOf,
  QUORATE_COMMANDS,
} from "@quorate/cli";
import { PACEMAKER_REMOTED, QUORATED } from "@quorate/daemon";
import type { ServiceDescription } from "@quorate/host";
import { QUORATE_PCSD } from "@quorate/management";
import { repositoryRoot } from "./steps.ts";

const CLI = join(repositoryRoot, "packages/cli");

/** Where the build leaves what it makes of the tables of the commands. */
export const MANUALS = join(repositoryRoot, "dist/man/man8");
export const COMPLETIONS = join(repositoryRoot, "dist/completions");

/** The manuals of one program in `bin/`: its own first, then those of sub-commands that have a page of their own. */
export interface ProgramManuals {
  readonly program: string;
  readonly manuals: readonly Manual[];
}

/** Of all programs, from the tables that they carry. */
export async function programManuals(): Promise<readonly ProgramManuals[]> {
  const files = readdirSync(join(CLI, "src/commands"))
    .filter((file) => file.endsWith(".ts"))
    .sort();
  const programs: ProgramManuals[] = [];
  for (const file of files) {
    const { main }: { main: Main } = await import(pathToFileURL(join(CLI, "src/commands", file)).href);
    programs.push({ program: file.slice(0, -".ts".length), manuals: await manualsOf(main) });
  }
  for (const manual of OTHER_MANUALS) programs.push({ program: manual.name, manuals: [manual] });
  return programs;
}

function serviceManual(service: ServiceDescription): Manual {
  const { name, summary, usage, options, settingsFile, settings, remark, signals, exitStatus } = service;
  const option = { isArgumentOptional: false, choices: [] };
  return {
    name,
    summary,
    usage: [usage],
    options: options.map((each) => ({ ...option, ...each, names: [each.name], heading: "Options" })),
    commands: [],
    examples: [],
    sections: [
      {
        heading: "CONFIGURATION",
        text: `Lines KEY = VALUE in ${settingsFile}, below the root:`,
        entries: Object.entries(settings),
      },
      ...(remark === "" ? [] : [{ heading: "USE", text: remark, entries: [] }]),
      { heading: "SIGNALS", text: signals, entries: [] },
      { heading: "EXIT STATUS", text: exitStatus, entries: [] },
    ],
  };
}

/** Of programs that are no commands. */
export const OTHER_MANUALS: readonly Manual[] = [
  serviceManual(QUORATED),
  serviceManual(QUORATE_PCSD),
  {
    name: PACEMAKER_REMOTED.name,
    summary: PACEMAKER_REMOTED.summary,
    usage: ["[OPTION]..."],
    options: [],
    commands: [],
    examples: [],
    sections: [
      { heading: "USE", text: PACEMAKER_REMOTED.use, entries: [] },
      { heading: "EXIT STATUS", text: PACEMAKER_REMOTED.exitStatus, entries: [] },
    ],
  },
  QUORATE_COMMANDS,
];

/** Writes manual pages and completions below `dist/`; returns how many pages. */
export async function writeManuals(): Promise<number> {
  const programs = await programManuals();
  const engine = readFileSync(join(CLI, "completion/engine.bash"), "utf8");
  const { version } = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8"));
  const pages = programs.flatMap(({ manuals }) => manuals);
  const names = programs.map(({ program }) => program).filter((program) => !program.startsWith("pacemaker-"));
  writeFolder(
    MANUALS,
    pages.map((manual) => [manPageName(manual), manPage(manual, `Quorate ${version}`, names)]),
  );
  writeFolder(
    COMPLETIONS,
    programs.map(({ program, manuals }) => [program, bashCompletion(manuals, engine)]),
  );
  return pages.length;
}

/** The folder holds these files and no others; at no time is it missing. */
function writeFolder(folder: string, files: readonly (readonly [name: string, text: string])[]): void {
  mkdirSync(folder, { recursive: true });
  const wanted = new Set(files.map(([name]) => name));
  for (const name of readdirSync(folder)) if (!wanted.has(name)) rmSync(join(folder, name));
  for (const [name, text] of files) {
    const temporary = join(dirname(folder), `.${name}.${process.pid}.tmp`);
    writeFileSync(temporary, text);
    renameSync(temporary, join(folder, name));
  }
}
