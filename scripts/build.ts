import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { laneOf } from "../packages/cli/src/resident/resident-commands.ts";
import { PACEMAKER_REMOTED } from "../packages/daemon/src/help.ts";
import { writeManuals } from "./manuals.ts";
import { repositoryRoot } from "./steps.ts";

const BIN = join(repositoryRoot, "bin");
/** In `bin/` but no command: Node reads it to know that files without extension are CommonJS. */
const MANIFEST = "package.json";
/** Native or optional: resolved at run time by whoever needs it. */
const EXTERNAL = ["koffi"];

interface Target {
  /** The file in `bin/`. */
  readonly name: string;
  /** Source text of the entry, resolved from `directory`. */
  readonly entry: string;
  readonly directory: string;
}

/**
 * Bundles every command and the daemon to one executable file each in `bin/`. A command bundles only what it
 * uses, so that small ones start fast. Manual pages and completions are made from the commands' tables. Exit status 0 when all were built.
 */
export async function run(): Promise<number> {
  const startedMs = performance.now();
  const targets = [...commandTargets(), ...daemonTargets(), RESIDENT];
  mkdirSync(BIN, { recursive: true });
  const bundles = await Promise.all(targets.map(bundle));
  const resident = bundles.at(-1) ?? "";
  const buildName = createHash("sha256").update(resident).digest("hex").slice(0, 16);
  for (const [index, { name }] of targets.entries()) {
    const text = bundles[index];
    if (text !== null)
      replaceWhenChanged(name, `${launcherOf(name, buildName)}${text!.replace("@BUILD@", buildName)}`, 0o755);
  }
  replaceWhenChanged(PACEMAKER_REMOTED.name, pacemakerRemoted(), 0o755);
  const built = new Set([MANIFEST, PACEMAKER_REMOTED.name, ...targets.map(({ name }) => name)]);
  replaceWhenChanged(MANIFEST, `${JSON.stringify({ type: "commonjs" })}\n`, 0o644);
  for (const name of readdirSync(BIN)) if (!built.has(name)) rmSync(join(BIN, name), { recursive: true });
  const pageCount = await writeManuals();
  const failedCount = bundles.filter((text) => text === null).length;
  const elapsedMs = Math.round(performance.now() - startedMs);
  console.log(
    failedCount === 0
      ? `build: ${built.size - 1} programs in bin/, ${pageCount} manual pages in dist/ (${elapsedMs} ms)`
      : `build: ${failedCount} of ${targets.length} programs could not be built`,
  );
  return failedCount === 0 ? 0 : 1;
}

function commandTargets(): Target[] {
  const directory = join(repositoryRoot, "packages/cli/src");
  return readdirSync(join(directory, "commands"))
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => ({
      name: file.slice(0, -".ts".length),
      entry: `import { launch } from "./process/launch.ts"; import { main } from "./commands/${file}"; launch(main);`,
      directory,
    }));
}

function daemonTargets(): Target[] {
  return Object.entries({ quorated: "daemon", "quorate-pcsd": "management" }).map(([name, room]) => ({
    name,
    entry: 'import "./main.ts";',
    directory: join(repositoryRoot, "packages", room, "src"),
  }));
}

function pacemakerRemoted(): string {
  const text = readFileSync(join(repositoryRoot, "packages/daemon/src/remote/pacemaker-remoted.sh"), "utf8");
  return text.replace("@SUMMARY@", PACEMAKER_REMOTED.summary);
}

/** Null when it cannot be built; esbuild prints what is wrong. */
async function bundle({ name, entry, directory }: Target): Promise<string | null> {
  try {
    const { outputFiles } = await build({
      stdin: { contents: entry, resolveDir: directory, sourcefile: `${name}-entry.ts`, loader: "ts" },
      bundle: true,
      write: false,
      platform: "node",
      format: "cjs",
      target: "node20",
      external: EXTERNAL,
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: "none",
      logLevel: "error",
    });
    return outputFiles[0]!.text;
  } catch {
    return null;
  }
}

const RESIDENT_ROOM = join(repositoryRoot, "packages/cli/src/resident");

/** Runs in the daemon what the launchers hand over. */
const RESIDENT: Target = {
  name: "quorate-commands",
  entry: 'import { runThread } from "./thread.ts"; runThread();',
  directory: RESIDENT_ROOM,
};

const HAND_OVER = readFileSync(join(RESIDENT_ROOM, "hand-over.pl"), "utf8");

/**
 * What stands in front of a program. A command that can be handed over is three programs in one file: the shell, which starts in a millisecond, looks whether there is
 * a daemon of this user, and then has Perl, which belongs to every Debian and starts in five, hand the command over to it; without the one or the other
 * Node.js runs the rest, to which all this is a comment. The program still is what `node PROGRAM` runs.
 */
function launcherOf(name: string, buildName: string): string {
  const lane = laneOf(name);
  if (lane === null) return "#!/usr/bin/env node\n";
  const socket = lane === "short" ? "commands.sock" : "long-commands.sock";
  return `#!/bin/sh
":" /*
node=node
s=\${QUORATE_ROOT-}/run/quorate/${socket}
[ -O "$s" ] && [ -x /usr/bin/perl ] && PERL_BADLANG=0 PERL5OPT= exec /usr/bin/perl -x -- "$0" "$node" "$s" "quorate-commands ${buildName}" "$@"
exec "$node" -- "$0" "$@"
${HAND_OVER}*/;
`;
}

/** A running program never sees half a file, and an unchanged one keeps its time. */
function replaceWhenChanged(name: string, text: string, mode: number): void {
  const path = join(BIN, name);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
}
