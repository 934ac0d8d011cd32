import { basename } from "node:path";
import type { Main } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { FileError } from "../world.ts";
import { processWorld } from "./process-world.ts";

/** Runs a command as this process: the built launchers in `bin/` call it. */
export function launch(main: Main): void {
  const world = processWorld(basename(process.argv[1] ?? "quorate"));
  main(process.argv.slice(2), world).then(
    (status) => {
      process.exitCode = status;
    },
    (error: unknown) => {
      world.stderr(`${world.programName}: ${error instanceof Error ? error.message : String(error)}\n`);
      if (world.env.QUORATE_DEBUG !== undefined && error instanceof Error) world.stderr(`${error.stack}\n`);
      process.exitCode = error instanceof FileError ? error.exitCode : ExitCode.software;
    },
  );
}
