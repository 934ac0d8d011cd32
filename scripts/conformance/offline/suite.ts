import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A command on files, with what it must do. `base` null: no CIB is given. */
export interface OfflineCase {
  readonly id: string;
  readonly area: string;
  readonly base: string | null;
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** A name in `after/`; null: the CIB stays as it was. */
  readonly cib_after: string | null;
  readonly files_after?: Readonly<Record<string, string>>;
}

/** A suite of commands on files; its README says what each field means. */
export interface OfflineSuite {
  readonly folder: string;
  readonly cases: readonly OfflineCase[];
  /** Records of `show/`, by the name of the CIB they are about; their form depends on the tool. */
  readonly shows: readonly string[];
}

/** Null when the folder holds another kind of suite. */
export function readOfflineSuite(folder: string): OfflineSuite | null {
  const file = join(folder, "commands.jsonl");
  if (!existsSync(file)) return null;
  const cases = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as OfflineCase);
  const showFolder = join(folder, "show");
  const shows = existsSync(showFolder)
    ? readdirSync(showFolder)
        .filter((name) => name.endsWith(".json"))
        .map((name) => name.slice(0, -".json".length))
        .sort()
    : [];
  return { folder, cases, shows };
}

export function readBase(suite: OfflineSuite, name: string): string {
  return readFileSync(join(suite.folder, "base", `${name}.xml`), "utf8");
}

export function readAfter(suite: OfflineSuite, name: string): string {
  return readFileSync(join(suite.folder, "after", name), "utf8");
}

export function readShow(suite: OfflineSuite, name: string): unknown {
  return JSON.parse(readFileSync(join(suite.folder, "show", `${name}.json`), "utf8"));
}

/** A CIB of the scheduler suite, which stands beside this one. */
export function readSchedulerCib(suite: OfflineSuite, name: string): string {
  return readFileSync(join(suite.folder, "..", "scheduler", "xml", `${name}.xml`), "utf8");
}
