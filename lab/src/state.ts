import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DEFAULTS, type LabDescription } from "./description.ts";

/** All labs of the machine, one directory each. A lab is its directory and its control group; nothing else is kept. */
const LABS = "/var/tmp/quorate-labs";

export function labDirectory(name: string): string {
  return join(LABS, name);
}

export function labNames(): string[] {
  return existsSync(LABS)
    ? readdirSync(LABS)
        .filter((name) => !name.startsWith("."))
        .sort()
    : [];
}

/** @returns null when there is no such lab */
export function readDescription(name: string): LabDescription | null {
  try {
    const text = readFileSync(join(labDirectory(name), "lab.json"), "utf8");
    return { ...DEFAULTS, ...(JSON.parse(text) as LabDescription) };
  } catch {
    return null;
  }
}

/** @throws Error when a lab of this name exists */
export function writeDescription(description: LabDescription): void {
  mkdirSync(LABS, { recursive: true, mode: 0o700 });
  // Renamed into place: a lab's directory has its description from the first moment.
  const draft = mkdtempSync(join(LABS, ".new-"));
  writeFileSync(join(draft, "lab.json"), `${JSON.stringify(description, null, 2)}\n`);
  try {
    renameSync(draft, labDirectory(description.name));
  } catch (error) {
    rmSync(draft, { recursive: true });
    if (!["EEXIST", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    const mend = `use another name, or: npm run lab -- down ${description.name}`;
    throw new Error(`a lab named ${description.name} exists; ${mend}`);
  }
}

/**
 * The machine's hierarchy of control groups of version 2, which may lie below the older ones.
 * @returns null when the machine has none that can freeze and kill
 */
export function cgroupRoot(): string | null {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  for (const line of mounts) {
    const [, directory, type] = line.split(" ");
    if (type === "cgroup2" && directory !== undefined) return directory;
  }
  return null;
}

export function labCgroup(name: string): string {
  return join(cgroupRoot() ?? "/sys/fs/cgroup", `quorate-lab-${name}`);
}

/** Identifies a process beyond its end: PIDs come back, its start time does not. */
export function processToken(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${pid}:${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
  } catch {
    return null;
  }
}
