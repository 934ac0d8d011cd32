import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { ROOMS, type Room } from "./rooms.ts";

/**
 * What a pure package must not touch, each with its replacement. A comment may name them.
 */
const IMPURE: readonly [RegExp, string][] = [
  [/\bDate\.now\b/, "Clock.wallMs"],
  [/\bnew Date\(\)/, "Clock.wallMs"],
  [/\bperformance\./, "Clock.monotonicMs"],
  [/\bMath\.random\b/, "Random"],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask)\b/, "Clock.setTimer"],
  [/\bfetch\(/, "a port"],
  [/\b(process|globalThis)\./, "a parameter"],
  [/\b(localeCompare|toLocale\w+)\b/, "a byte-wise comparison"],
];

/** The module named by a line: `import ... from`, the end of one over several lines, `import "..."`, `import("...")`. */
const IMPORT =
  /^(?:import|export)\b.*\bfrom "([^"]+)"|^\} from "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/;

/**
 * The dependency rule: packages import only the rooms that `rooms.ts` allows, only through their doors
 * (no path into another package), only declared libraries; pure packages import no `node:` module and
 * use no clock, chance or timers of their own.
 * @returns one line per violation: `file:line: problem, use X`
 */
export function checkRooms(root: string): string[] {
  const problems: string[] = [];
  for (const directory of roomDirectories(root)) {
    const room = ROOMS[basename(directory)];
    const packageDir = join(root, directory);
    if (room === undefined) {
      problems.push(`${directory}: not in scripts/rooms.ts, add it there and to ARCHITECTURE.md`);
      continue;
    }
    checkManifest(root, directory, room, problems);
    for (const file of sourceFiles(join(packageDir, "src")))
      checkFile(root, packageDir, room, file, problems);
  }
  return problems;
}

/** Where the rooms are, relative to the repository: each package, and the lab, which is not shipped. */
export function roomDirectories(root: string): string[] {
  const packages = readdirSync(join(root, "packages")).sort();
  return [...packages.map((name) => `packages/${name}`), ...(existsSync(join(root, "lab")) ? ["lab"] : [])];
}

function checkManifest(root: string, directory: string, room: Room, problems: string[]): void {
  const file = `${directory}/package.json`;
  const manifest = JSON.parse(readFileSync(join(root, file), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  const allowed = new Set([...room.mayImport.map((other) => `@quorate/${other}`), ...room.libraries]);
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    if (!allowed.has(dependency))
      problems.push(`${file}: depends on ${dependency}, which scripts/rooms.ts does not allow`);
  }
}

function checkFile(root: string, packageDir: string, room: Room, file: string, problems: string[]): void {
  const lines = readFileSync(file, "utf8").split("\n");
  lines.forEach((line, index) => {
    const place = `${relative(root, file)}:${index + 1}`;
    const specifier = IMPORT.exec(line)
      ?.slice(1)
      .find((group) => group !== undefined);
    if (specifier !== undefined) {
      const problem = judgeImport(specifier, dirname(file), packageDir, room);
      if (problem !== null) problems.push(`${place}: ${problem}`);
    }
    if (room.isPure && !/^\s*(\*|\/\/|\/\*)/.test(line)) {
      for (const [pattern, replacement] of IMPURE) {
        const match = pattern.exec(line);
        if (match) problems.push(`${place}: ${match[0]} in a pure package, use ${replacement}`);
      }
    }
  });
}

function judgeImport(specifier: string, fromDir: string, packageDir: string, room: Room): string | null {
  if (specifier.startsWith(".")) {
    const target = resolve(fromDir, specifier);
    return target.startsWith(`${packageDir}/`)
      ? null
      : `imports ${specifier} outside its package, use the package's door`;
  }
  if (isBuiltin(specifier)) return room.isPure ? `imports ${specifier} in a pure package, use a port` : null;
  if (specifier.startsWith("@quorate/")) {
    const [, other = "", ...inside] = specifier.split("/");
    if (inside.length > 0) return `imports ${specifier}, use the door @quorate/${other}`;
    return room.mayImport.includes(other) ? null : `imports ${specifier}, which this room may not know`;
  }
  return room.libraries.includes(
    specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/"),
  )
    ? null
    : `imports library ${specifier}, which scripts/rooms.ts does not allow here`;
}

function sourceFiles(dir: string): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(dir).sort()) {
    const path = join(dir, entry);
    if (statSync(path).isDirectory()) files.push(...sourceFiles(path));
    else if (/\.tsx?$/.test(entry)) files.push(path);
  }
  return files;
}
