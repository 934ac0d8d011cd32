import type { ApiClient, ApiErrorCode } from "@quorate/api";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";

/**
 * Runs `use` with a connection to the daemon of this node (below `QUORATE_ROOT` when that is set) and closes it. What the daemon refuses, and
 * a daemon that is not there, is told on standard error with its exit status.
 */
export async function withDaemon(world: World, use: (daemon: ApiClient) => Promise<number>): Promise<number> {
  let daemon: ApiClient | null = null;
  try {
    daemon = await world.connectDaemon(world.env.QUORATE_ROOT ?? "");
    return await use(daemon);
  } catch (error) {
    const code = apiErrorCode(error);
    if (code === null) throw error;
    const mend =
      code === "connectionLost" && daemon === null
        ? "; start it, or set QUORATE_ROOT to the root of a running one"
        : "";
    world.stderr(`${world.programName}: ${(error as Error).message}${mend}\n`);
    return EXIT_OF_ERROR[code];
  } finally {
    daemon?.close();
  }
}

const EXIT_OF_ERROR: Readonly<Record<ApiErrorCode, number>> = {
  badRequest: ExitCode.usage,
  unknownMethod: ExitCode.notSupported,
  notFound: ExitCode.noSuch,
  refused: ExitCode.unsafe,
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
