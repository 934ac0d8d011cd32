import type { Main } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { FileError, type World } from "../world.ts";

/** Runs a command to its end. Resolves to the exit status, also when it hits a defect. */
export async function runMain(main: Main, argv: readonly string[], world: World): Promise<number> {
  try {
    return await main(argv, world);
  } catch (error) {
    world.stderr(`${world.programName}: ${error instanceof Error ? error.message : String(error)}\n`);
    if (world.env.QUORATE_DEBUG !== undefined && error instanceof Error) world.stderr(`${error.stack}\n`);
    return error instanceof FileError ? error.exitCode : ExitCode.software;
  }
}
