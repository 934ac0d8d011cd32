import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repositoryRoot } from "./steps.ts";

/** Where Debian's Pacemaker has the programs that other tools call by their path. */
const PROGRAM_PLACES = ["/usr/sbin", "/usr/lib/pacemaker"];
/** Debian's pcs checks results against it, Debian's crm reads configurations by the other. */
const RESULT_SCHEMA = "/usr/share/pacemaker/api/api-result.rng";
const CIB_SCHEMA = "/usr/share/pacemaker/pacemaker-4.0.rng";
/** What dpkg calls the package's own file as long as ours stands in its place. */
const SUFFIX = ".pacemaker";
/** These stay the distribution's: both can be used side by side. */
const NOT_DISPLACED: ReadonlySet<string> = new Set(["pcs", "crm"]);

export interface Displaced {
  /** A machine's root, `/` for this machine. */
  readonly root: string;
  /** Where the commands are, as the machine will find them. */
  readonly bin: string;
}

/**
 * Debian's pcs and crmsh call Pacemaker's commands by their path. Puts ours there, by `dpkg-divert`, so that an upgrade of the package
 * leaves them alone; Pacemaker's own stay beside them as `NAME.pacemaker`. May be repeated.
 * @returns the paths that are ours now
 * @throws Error when dpkg refuses
 */
export function displacePacemaker({ root, bin }: Displaced): readonly string[] {
  const names = readdirSync(join(root, bin)).filter((name) => !NOT_DISPLACED.has(name));
  const paths = PROGRAM_PLACES.flatMap((place) => names.map((name) => join(place, name)));
  const taken = paths.filter((path) => isThere(root, path));
  for (const path of taken) {
    divert(root, path);
    rmSync(join(root, path), { force: true });
    symlinkSync(join(bin, path.slice(dirname(path).length + 1)), join(root, path));
  }
  // Also where the package has none yet: its next version may.
  for (const path of [RESULT_SCHEMA, CIB_SCHEMA]) divert(root, path);
  writeSchema(join(root, RESULT_SCHEMA), "--results-rng");
  writeSchema(join(root, CIB_SCHEMA), "--rng");
  return [...taken, RESULT_SCHEMA, CIB_SCHEMA];
}

/** Gives the paths back to Debian's Pacemaker. */
export function restorePacemaker(root: string): void {
  const listed = dpkgDivert(root, "--list", `*${SUFFIX}`);
  for (const [, path] of listed.matchAll(/local diversion of (\S+) to /g)) {
    rmSync(join(root, path!), { force: true });
    dpkgDivert(root, "--local", "--rename", "--remove", path!);
  }
}

/** The package's file, or ours in its place. */
function isThere(root: string, path: string): boolean {
  return (
    existsSync(join(root, path + SUFFIX)) ||
    lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined
  );
}

function divert(root: string, path: string): void {
  if (existsSync(join(root, path + SUFFIX))) return;
  dpkgDivert(root, "--local", "--rename", "--divert", path + SUFFIX, "--add", path);
}

function writeSchema(file: string, option: string): void {
  const quorate = join(repositoryRoot, "bin/quorate");
  const { status, stdout, stderr } = spawnSync(process.execPath, [quorate, "schema", option], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`quorate schema ${option}: ${stderr}`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stdout);
}

function dpkgDivert(root: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync("dpkg-divert", ["--root", root, ...args], {
    encoding: "utf8",
  });
  if (error !== undefined)
    throw new Error(`dpkg-divert: ${error.message}; --displace-pacemaker is for Debian`);
  if (status !== 0) throw new Error(`dpkg-divert ${args.join(" ")}: ${stderr.trim()}`);
  return stdout;
}
