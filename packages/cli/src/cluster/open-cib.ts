import type { ApiClient } from "@quorate/api";
import { FileError, type World } from "../world.ts";
import { CibError, type CibSession } from "./cib-session.ts";
import { type CibSource, cibSource } from "./cib-source.ts";
import { DaemonError, useDaemon } from "./daemon.ts";
import { LiveCib } from "./live-cib.ts";

/** `daemon` is null when the CIB is a file. */
type Use<T> = (cib: CibSession, daemon: ApiClient | null) => Promise<T>;

/**
 * Runs `use` on a CIB. A file is written back when it was changed.
 * @throws CibError, DaemonError or FileError, each with the exit status of a command that cannot go on
 */
export function useCib<T>(world: World, source: CibSource, use: Use<T>): Promise<T> {
  if (source.kind === "live") return useDaemon(world, (daemon) => use(new LiveCib(daemon), daemon));
  return useFile(world, source.path, use);
}

async function useFile<T>(world: World, path: string | null, use: Use<T>): Promise<T> {
  const { FileCib } = await import("./file-cib.ts");
  const cib = FileCib.open(world, path);
  const result = await use(cib, null);
  cib.save();
  return result;
}

/**
 * Runs `use` on the CIB that the environment means: the shadow in `CIB_shadow`, the file in `CIB_file`, else the cluster's. A refused
 * operation is told on standard error as `describe` says. Resolves to the exit status.
 */
export async function withCib(
  world: World,
  use: Use<number>,
  describe: (error: CibError) => string = describeError,
): Promise<number> {
  try {
    return await useCib(world, cibSource(world.env), use);
  } catch (error) {
    if (!(error instanceof CibError || error instanceof DaemonError || error instanceof FileError))
      throw error;
    const message = error instanceof CibError ? describe(error) : error.message;
    world.stderr(`${world.programName}: ${message}\n`);
    return error.exitCode;
  }
}

function describeError(error: CibError): string {
  return `Error performing operation: ${error.message}`;
}
