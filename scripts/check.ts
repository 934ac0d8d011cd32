import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { checkRooms, roomDirectories } from "./check-rooms.ts";
import { repositoryRoot, runStep } from "./steps.ts";

/** Format, lint, types, the dependency rule and unused code. Exit status 0 only when all are clean. */
export async function run(): Promise<number> {
  const failures: string[] = [];
  const step = (name: string, command: string, args: string[]) => {
    if (runStep(command, args) !== 0) failures.push(name);
  };
  step("format and lint", "npx", ["biome", "check", "--error-on-warnings", "."]);
  for (const directory of roomDirectories(repositoryRoot)) {
    const project = join(directory, "tsconfig.json");
    if (existsSync(join(repositoryRoot, project)))
      step(`types of ${basename(directory)}`, "npx", ["tsc", "-p", project]);
  }
  step("types of scripts and tests", "npx", ["tsc", "-p", "tsconfig.json"]);
  const problems = checkRooms(repositoryRoot);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) failures.push("dependency rule");
  step("unused code", "npx", ["knip", "--no-progress", "--no-config-hints"]);
  console.log(failures.length === 0 ? "check: all clean" : `check: failed: ${failures.join(", ")}`);
  return failures.length === 0 ? 0 : 1;
}
