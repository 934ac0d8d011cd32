import type { ApiClient } from "@quorate/api";
import { FileError, type World } from "../world.ts";
import { CibError, type CibSession } from "./cib-session.ts";
import { type CibSource, cibSource } from "./cib-source.ts";
import { DaemonError, useDaemon } from "./daemon.ts";
import { LiveCib } from "./live-cib.ts";

export interface CibSettings {
  /** Whose rights the requests have. Default: the user in `CIB_user`, else the caller. */
  readonly user?: string | null;
  /** How long a request may take. Default 30 s. */
  readonly timeoutMs?: number | null;
}

/** `daemon` is null when the CIB is a file. */
type Use<T> = (cib: CibSession, daemon: ApiClient | null) => Promise<T>;

/**
 * Runs `use` on a CIB. A file is written back when it was changed.
 * @throws CibError, DaemonError or FileError, each with the exit status of a command that cannot go on
 */
export function useCib<T>(
  world: World,
  source: CibSource,
  use: Use<T>,
  settings: CibSettings = {},
): Promise<T> {
  const user = settings.user ?? userOf(world);
  if (source.kind === "live") {
    return useDaemon(world, (daemon) => use(new LiveCib(world, daemon, { ...settings, user }), daemon));
  }
  return useFile(world, source.path, user, use);
}

function userOf({ env }: World): string | null {
  const user = env.CIB_user ?? "";
  return user === "" ? null : user;
}

async function useFile<T>(world: World, path: string | null, user: string | null, use: Use<T>): Promise<T> {
  const { FileCib } = await import("./file-cib.ts");
  const cib = FileCib.open(world, path, user);
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
  settings: CibSettings = {},
): Promise<number> {
  try {
    return await useCib(world, cibSource(world.env), use, settings);
  } catch (error) {
    if (!(error instanceof CibError || error instanceof DaemonError || error instanceof FileError))
      throw error;
    if (error instanceof CibError) tellReason(world, error);
    const message = error instanceof CibError ? describe(error) : error.message;
    world.stderr(`${world.programName}: ${message}\n`);
    return error.exitCode;
  }
}

/** In the form of log lines, which scripts that compare what the classic tools say leave out. */
function tellReason(world: World, { reason }: CibError): void {
  for (const line of reason?.split("\n") ?? []) world.stderr(`${world.programName}\terror: ${line}\n`);
}

function describeError(error: CibError): string {
  return `Error performing operation: ${error.message}`;
}
