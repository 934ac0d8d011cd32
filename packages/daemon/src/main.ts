import { writeSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { isMainThread, workerData } from "node:worker_threads";
import { exitProcess, serveStore, serviceHelp, storeDirectoryOf, systemClock } from "@quorate/host";
import { CorosyncError, type CorosyncProblem } from "@quorate/membership";
import type { Log } from "@quorate/ports";
import { configurationFile, pathsBelow, readConfiguration } from "./configuration.ts";
import { makeDirectory } from "./files.ts";
import { QUORATED } from "./help.ts";
import { LeftRunningError } from "./left-running.ts";
import { lockRunDirectory } from "./lock.ts";
import { type Daemon, startDaemon } from "./quorated.ts";
import { startRemoteDaemon } from "./remote/remote-daemon.ts";
import { readRemoteSettings } from "./remote/settings.ts";
import { VERSION } from "./version.ts";
import { createLog } from "./world/log.ts";
import { serveScheduler } from "./world/scheduler.ts";
import { connectServiceManager, type ServiceManager } from "./world/service-manager.ts";

/**
 * Exit status of the daemon. A service manager must not start it again after `stayDown`.
 */
const ExitStatus = {
  ok: 0,
  usage: 64,
  unavailable: 69,
  software: 70,
  configuration: 78,
  stayDown: 100,
} as const;

const STATUS_OF: Readonly<Record<CorosyncProblem, number>> = {
  unavailable: ExitStatus.unavailable,
  library: ExitStatus.configuration,
  configuration: ExitStatus.stayDown,
};

async function main(argv: readonly string[]): Promise<number> {
  let root: string;
  let isCheck: boolean;
  let isRemote: boolean;
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        root: { type: "string", default: "/" },
        remote: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        version: { type: "boolean", default: false },
      },
    });
    if (values.help || values.version) {
      say(values.help ? serviceHelp(QUORATED) : `Quorate ${VERSION}\n`);
      return ExitStatus.ok;
    }
    root = resolve(values.root);
    isCheck = values.check;
    isRemote = values.remote;
  } catch (error) {
    complain(`${(error as Error).message}\nTry quorated --help`);
    return ExitStatus.usage;
  }
  const result = readConfiguration(root, { isOptional: isRemote });
  if (!result.ok) {
    for (const problem of result.problems) complain(problem);
    return ExitStatus.configuration;
  }
  if (isCheck) {
    say(`${configurationFile(root)} is all right\n`);
    return ExitStatus.ok;
  }
  const { configuration } = result;
  const log = createLog({
    nodeName: configuration.engine.kind === "embedded" ? configuration.engine.nodeName : hostname(),
    threshold: configuration.logLevel,
    wallMs: Date.now,
    write: (line) => writeLine(line),
  });
  const serviceManager = await connectServiceManager(process.env, { clock: systemClock, log });
  const start = isRemote
    ? async () => {
        const settings = readRemoteSettings(root, process.env);
        const ready = (status: string): void => serviceManager.ready(status);
        return startRemoteDaemon({ configuration, settings, log, ready });
      }
    : () => {
        const ready = (clusterName: string, nodeName: string): void =>
          serviceManager.ready(`Node ${nodeName} of cluster ${clusterName}`);
        return startDaemon({ configuration, program: process.argv[1]!, log, ready });
      };
  return runUntilEnd(start, pathsBelow(root).runDirectory, { log, serviceManager });
}

async function runUntilEnd(
  start: () => Promise<Daemon>,
  runDirectory: string,
  { log, serviceManager }: { readonly log: Log; readonly serviceManager: ServiceManager },
): Promise<number> {
  try {
    makeDirectory(runDirectory, 0o755);
  } catch (error) {
    complain((error as Error).message);
    return ExitStatus.configuration;
  }
  makeAgentDirectory(log);
  const lock = await lockRunDirectory(runDirectory);
  if (!lock.ok) {
    complain(lock.reason);
    return ExitStatus.stayDown;
  }
  let daemon: Daemon | null = null;
  let isToEnd = false;
  // From here on others may know of this daemon: told to end while it starts, it leaves in order as soon as it can.
  const shutdown = (): void => {
    isToEnd = true;
    serviceManager.stopping();
    daemon?.shutdown();
  };
  process.on("SIGTERM", shutdown);
  process.on("SIGINT", shutdown);
  process.on("SIGHUP", () => {});
  // The classic signal. A broken pipe raises it, too; trying a disk once more does no harm.
  process.on("SIGPIPE", () => daemon?.enableDiskWrites());
  log("notice", `starting, version ${VERSION}, pid ${process.pid}`);
  try {
    daemon = await start();
  } catch (error) {
    complain((error as Error).message);
    if (error instanceof LeftRunningError) return ExitStatus.stayDown;
    return error instanceof CorosyncError ? STATUS_OF[error.problem] : ExitStatus.configuration;
  }
  if (isToEnd) daemon.shutdown();
  const notice = await daemon.ended;
  const isDown = notice.exitCode === ExitStatus.stayDown;
  const after = isDown ? "; it stays down until somebody starts it" : "";
  log(notice.exitCode === 0 ? "notice" : "critical", `ending: ${notice.reason}${after}`);
  return notice.exitCode;
}

/** Where agents keep their state. The system makes it at boot, which a container has not. Source: the agents' `HA_RSCTMP`, Debian's tmpfiles.d. */
function makeAgentDirectory(log: Log): void {
  try {
    makeDirectory("/run/resource-agents", 0o1755);
  } catch (error) {
    log("warning", `${(error as Error).message}: agents that keep their state there will fail`);
  }
}

function say(text: string): void {
  writeSync(1, text);
}

function complain(text: string): void {
  writeLine(`quorated: ${text}\n`);
}

/** Straight to standard error: a log line must be out before the process can end. */
function writeLine(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // A log that cannot be written (full disk, closed pipe) must not end the node.
  }
}

if (isMainThread) {
  process.on("uncaughtException", (error) => {
    complain(`defect, ending so that the node can be recovered: ${error.stack}`);
    process.exit(ExitStatus.software);
  });
  main(process.argv.slice(2)).then(exitProcess);
} else {
  const storeDirectory = storeDirectoryOf(workerData);
  if (storeDirectory === null) serveScheduler();
  else serveStore(storeDirectory);
}
