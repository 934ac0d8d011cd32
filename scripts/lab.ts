import { runLabCommand } from "../lab/src/main.ts";

/** Hosts on this machine: `lab/README.md`. */
export function run(args: readonly string[]): Promise<number> {
  return runLabCommand(args);
}
