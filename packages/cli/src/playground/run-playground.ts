import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { claimDirectory, initialConfiguration, Playground, startReaper } from "@quorate/playground";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";
import { EventLog } from "./event-log.ts";
import { freePort } from "./free-port.ts";
import { LiveView } from "./live-view.ts";
import { loadConfiguration } from "./load-configuration.ts";
import { NODE_NAMES } from "./node-names.ts";
import { PlainView } from "./plain-view.ts";

export interface RunOptions {
  readonly directory: string;
  /** Another one is taken when this is not free. */
  readonly webPort: number;
  readonly isPlain: boolean;
}

/** Starts a playground in the foreground, shows it until the user ends it, and removes every trace. */
export async function runPlayground(options: RunOptions, world: World): Promise<number> {
  const binDirectory = dirname(process.argv[1]!);
  const agentsDirectory = join(binDirectory, "../agents");
  for (const needed of [join(binDirectory, "quorated"), agentsDirectory]) {
    if (existsSync(needed)) continue;
    world.stderr(`${world.programName}: ${needed} is missing; build first: npm run build\n`);
    return ExitCode.notInstalled;
  }
  const claim = await claimDirectory(options.directory);
  if (!claim.ok) {
    world.stderr(`${world.programName}: ${claim.reason}\n`);
    return ExitCode.exists;
  }
  const webPort = await freePort(options.webPort);
  const events = new EventLog();
  const ended = new Ending();
  // From here on this process can be killed at any moment: the reaper then cleans up.
  startReaper([process.execPath, process.argv[1]!, "playground", "--reap", "--directory", options.directory]);
  let playground: Playground;
  try {
    playground = await Playground.start({
      directory: options.directory,
      nodeNames: NODE_NAMES,
      binDirectory,
      agentsDirectory,
      logLevel: "info",
      onEvent: (message) => events.add(message),
      onStopRequest: () => ended.request(),
    });
  } catch (error) {
    world.stderr(`${world.programName}: cannot start: ${(error as Error).message}\n`);
    return ExitCode.cannotCreate;
  }
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, () => ended.request());
  const isTerminal = process.stdout.isTTY === true && process.stdin.isTTY === true && !options.isPlain;
  const view = isTerminal
    ? new LiveView({ playground, events, world, webPort, onQuit: () => ended.request() })
    : new PlainView({ playground, events, world, webPort });
  view.start();
  const configuration = initialConfiguration(playground.layout, { webPort });
  const loaded = loadConfiguration(playground.layout, configuration, world, events, () => ended.isRequested);
  await ended.promise;
  await loaded;
  view.stop();
  await playground.stop();
  return ExitCode.ok;
}

/** The one moment at which the playground is to end, whoever asks first. */
class Ending {
  readonly promise: Promise<void>;
  isRequested = false;
  #resolve: () => void = () => {};

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  request(): void {
    this.isRequested = true;
    this.#resolve();
  }
}
