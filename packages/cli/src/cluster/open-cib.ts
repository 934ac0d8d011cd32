import type { ApiClient } from "@quorate/api";
import { FileError, type World } from "../world.ts";
import { CibError, type CibSession } from "./cib-session.ts";
import { withDaemon } from "./daemon.ts";
import { LiveCib } from "./live-cib.ts";

/** `daemon` is null when the CIB is a file. */
type Use = (cib: CibSession, daemon: ApiClient | null) => Promise<number>;

/**
 * Runs `use` on the CIB that the environment means: the file in `CIB_file`, else the cluster's. A file is written back when it was changed.
 * A refused operation is told as `describe` says, with its exit status.
 */
export function withCib(
  world: World,
  use: Use,
  describe: (error: CibError) => string = describeError,
): Promise<number> {
  const file = world.env.CIB_file;
  if (file === undefined || file === "") {
    return withDaemon(world, (daemon) => orTell(world, describe, () => use(new LiveCib(daemon), daemon)));
  }
  return orTell(world, describe, async () => {
    const { FileCib } = await import("./file-cib.ts");
    const cib = FileCib.open(world, file === "-" ? null : file);
    const status = await use(cib, null);
    cib.save();
    return status;
  });
}

function describeError(error: CibError): string {
  return `Error performing operation: ${error.message}`;
}

async function orTell(
  world: World,
  describe: (error: CibError) => string,
  run: () => Promise<number>,
): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CibError) {
      world.stderr(`${world.programName}: ${describe(error)}\n`);
      return error.exitCode;
    }
    if (error instanceof FileError) {
      world.stderr(`${world.programName}: ${error.message}\n`);
      return error.exitCode;
    }
    throw error;
  }
}
