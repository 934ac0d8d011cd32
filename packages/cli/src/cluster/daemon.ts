import type { ApiClient, ApiErrorCode } from "@quorate/api";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";

/** The daemon is not there, or refused; the message says what to do. */
export class DaemonError extends Error {
  override readonly name = "DaemonError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number, cause: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/**
 * Runs `use` with a connection to the daemon of this node (below `QUORATE_ROOT` when that is set) and closes it.
 * @throws DaemonError when the daemon refuses or is not there
 */
export async function useDaemon<T>(world: World, use: (daemon: ApiClient) => Promise<T>): Promise<T> {
  let daemon: ApiClient | null = null;
  try {
    daemon = await world.connectDaemon(world.env.QUORATE_ROOT ?? "");
    return await use(daemon);
  } catch (error) {
    const mend = daemon === null ? "; start it, or set QUORATE_ROOT to the root of a running one" : "";
    throw asDaemonError(error, mend);
  } finally {
    daemon?.close();
  }
}

/** An error of the daemon's client as commands tell it; any other as it is. `mend`: what to do when no daemon is reached. */
export function asDaemonError(error: unknown, mend = ""): unknown {
  const code = apiErrorCode(error);
  if (code === null) return error;
  const message = `${(error as Error).message}${code === "connectionLost" ? mend : ""}`;
  return new DaemonError(message, EXIT_OF_ERROR[code], error);
}

/** As `useDaemon`, for a command that tells what went wrong on standard error. Resolves to the exit status. */
export async function withDaemon(world: World, use: (daemon: ApiClient) => Promise<number>): Promise<number> {
  try {
    return await useDaemon(world, use);
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    world.stderr(`${world.programName}: ${error.message}\n`);
    return error.exitCode;
  }
}

const EXIT_OF_ERROR: Readonly<Record<ApiErrorCode, number>> = {
  badRequest: ExitCode.usage,
  unknownMethod: ExitCode.notSupported,
  notFound: ExitCode.noSuch,
  refused: ExitCode.unsafe,
  forbidden: ExitCode.insufficientPrivileges,
  failed: ExitCode.error,
  notReady: ExitCode.unavailable,
  shuttingDown: ExitCode.unavailable,
  tooLarge: ExitCode.dataError,
  timeout: ExitCode.timeout,
  connectionLost: ExitCode.disconnect,
  internal: ExitCode.software,
};

/** Recognised by its shape, so that commands which never connect do not bundle the client. */
function apiErrorCode(error: unknown): ApiErrorCode | null {
  if (!(error instanceof Error) || error.name !== "ApiError") return null;
  return (error as Error & { code: ApiErrorCode }).code;
}
