import { basename } from "node:path";
import { processWorld } from "../process/process-world.ts";
import { FileError, type World } from "../world.ts";
import type { CommandRequest } from "./protocol.ts";

/** The command needs what only a process of its own has: files below where it was called, standard input, a terminal, signals. */
class Declined extends Error {
  override readonly name = "Declined";
}

export interface ResidentWorld {
  readonly world: World;
  /** Whether it asked for what it cannot have here before it did anything: then nothing that it says counts. */
  readonly isDeclined: boolean;
}

/**
 * The world of a command that runs in the process that is always there. Until it speaks to the daemon, it can still be declined as a whole; after that, what
 * it cannot have here is an error, for what it has begun must not be done twice.
 */
export function residentWorld(
  request: CommandRequest,
  output: { stdout(text: string): void; stderr(text: string): void },
): ResidentWorld {
  const programName = basename(request.program);
  const own = processWorld(programName);
  let isDeclined = false;
  let hasBegun = false;
  const decline = (): never => {
    if (hasBegun) throw new FileError(`${programName} asked too late for what only a process of its own has`);
    isDeclined = true;
    throw new Declined();
  };
  const world: World = {
    env: request.env,
    programName,
    ...output,
    readStdin: decline,
    readFile: decline,
    writeFile: decline,
    writePieces: decline,
    createKey: decline,
    writeOwnFile: decline,
    withPrivateFile: decline,
    removeFile: decline,
    listFiles: decline,
    changedMs: decline,
    fileExists: decline,
    writeArchive: decline,
    runAgent: decline,
    isInteractive: () => request.isInteractive,
    ask: decline,
    runForeground: decline,
    startDetached: decline,
    runOwn: decline,
    runProgram: decline,
    filterText: decline,
    holdSignals: decline,
    openManagement: decline,
    openAgents: async () =>
      (await import("../agents/installed-agents.ts")).installedAgents(request.env.QUORATE_ROOT ?? ""),
    groupsOf: (user) => own.groupsOf(user),
    resolvesName: (name) => own.resolvesName(name),
    nowMs: () => own.nowMs(),
    connectDaemon: (root) => {
      if (isDeclined) throw new Declined();
      hasBegun = true;
      return own.connectDaemon(root);
    },
  };
  return {
    world,
    get isDeclined() {
      return isDeclined;
    },
  };
}
