import type { Main } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";

/** `pcs`. */
export const main: Main = async (_argv, world) => {
  world.stderr("pcs: nothing is offered yet\n");
  return ExitCode.error;
};
