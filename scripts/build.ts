import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
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
  const targets = [...commandTargets(), ...daemonTargets()];
  mkdirSync(BIN, { recursive: true });
  const results = await Promise.all(targets.map(bundle));
  const built = new Set([MANIFEST, ...targets.map(({ name }) => name)]);
  replaceWhenChanged(MANIFEST, `${JSON.stringify({ type: "commonjs" })}\n`, 0o644);
  for (const name of readdirSync(BIN)) if (!built.has(name)) rmSync(join(BIN, name), { recursive: true });
  const pageCount = await writeManuals();
  const failedCount = results.filter((isBuilt) => !isBuilt).length;
  const elapsedMs = Math.round(performance.now() - startedMs);
  console.log(
    failedCount === 0
      ? `build: ${targets.length} programs in bin/, ${pageCount} manual pages in dist/ (${elapsedMs} ms)`
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

/** Returns whether it was built; esbuild prints what is wrong. */
async function bundle({ name, entry, directory }: Target): Promise<boolean> {
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
      banner: { js: "#!/usr/bin/env node" },
      logLevel: "error",
    });
    replaceWhenChanged(name, outputFiles[0]!.text, 0o755);
    return true;
  } catch {
    return false;
  }
}

/** A running program never sees half a file, and an unchanged one keeps its time. */
function replaceWhenChanged(name: string, text: string, mode: number): void {
  const path = join(BIN, name);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
}
