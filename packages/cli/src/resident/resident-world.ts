import { statSync } from "node:fs";
import { basename } from "node:path";
import type { ApiClient, MethodName, Methods } from "@quorate/api";
import { pathFrom, processWorld } from "../process/process-world.ts";
import { FileError, type World } from "../world.ts";
import type { CommandRequest } from "./protocol.ts";

/** The command needs what only a process of its own has: standard input, a terminal, signals, other programs. */
class Declined extends Error {
  override readonly name = "Declined";
}

export interface ResidentWorld {
  readonly world: World;
  /** Whether it asked for what it cannot have here before it did anything: then nothing that it says counts. */
  readonly isDeclined: boolean;
}

/** A text that is longer takes seconds and hundreds of megabytes, which are not to be the daemon's. */
const TEXT_LENGTH_MAX = 16 * 1024 * 1024;

/**
 * The world of a command that runs in the process that is always there. Until it changes something, it can still be declined as a whole; after that, what
 * it cannot have here is an error, for what it has begun must not be done twice. Without `hasFiles` it has no files either.
 */
export function residentWorld(
  request: CommandRequest,
  output: { stdout(text: string): void; stderr(text: string): void },
  { hasFiles }: { readonly hasFiles: boolean },
): ResidentWorld {
  const programName = basename(request.program);
  const own = processWorld(programName, request.directory);
  let isDeclined = false;
  let hasBegun = false;
  const decline = (): never => {
    if (hasBegun) throw new FileError(`${programName} asked too late for what only a process of its own has`);
    isDeclined = true;
    throw new Declined();
  };
  const usePlainFile = (path: string): void => {
    if (!hasFiles || isSpecial(pathFrom(request.directory, path))) decline();
  };
  const world: World = {
    env: request.env,
    programName,
    ...output,
    readStdin: decline,
    readFile: (path) => {
      usePlainFile(path);
      const text = own.readFile(path);
      return text.length > TEXT_LENGTH_MAX ? decline() : text;
    },
    writeFile: (path, text) => {
      usePlainFile(path);
      hasBegun = true;
      own.writeFile(path, text);
    },
    writePieces: (path, pieces) => {
      usePlainFile(path);
      hasBegun = true;
      own.writePieces(path, pieces);
    },
    createKey: decline,
    writeOwnFile: decline,
    withPrivateFile: decline,
    removeFile: decline,
    listFiles: decline,
    listFolders: decline,
    changedMs: decline,
    fileExists: (path) => {
      if (!hasFiles) decline();
      return own.fileExists(path);
    },
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
    sleep: decline,
    openAgents: async () =>
      (await import("../agents/installed-agents.ts")).installedAgents(request.env.QUORATE_ROOT ?? ""),
    groupsOf: (user) => own.groupsOf(user),
    resolvesName: (name) => own.resolvesName(name),
    nowMs: () => own.nowMs(),
    connectDaemon: async (root) => {
      if (isDeclined) throw new Declined();
      return watched(await own.connectDaemon(root), () => {
        hasBegun = true;
      });
    },
  };
  return {
    world,
    get isDeclined() {
      return isDeclined;
    },
  };
}

/** Directories, pipes and devices: to read or write them may take forever. What cannot be looked at is told by whoever uses it. */
function isSpecial(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
  } catch {
    return false;
  }
}

/** Tells before the daemon is asked for anything that would not be the same when it is done again. */
function watched(client: ApiClient, begin: () => void): ApiClient {
  return {
    request: (method, params, options) => {
      if (!isQuestion(method, params)) begin();
      return client.request(method, params, options);
    },
    on: (event, listener) => client.on(event, listener),
    onLost: (listener) => client.onLost(listener),
    close: () => client.close(),
  };
}

const QUESTIONS: ReadonlySet<MethodName> = new Set<MethodName>([
  "node.status",
  "node.list",
  "node.state",
  "quorum.status",
  "quorum.links",
  "attributes.query",
  "fencing.history",
  "fencing.devices",
  "fencing.targets",
]);

function isQuestion<M extends MethodName>(method: M, params: Methods[M]["params"]): boolean {
  if (method !== "cib.request") return QUESTIONS.has(method);
  return (params as Methods["cib.request"]["params"]).operation === "cib_query";
}
