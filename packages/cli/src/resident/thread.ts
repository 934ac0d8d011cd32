import { isMainThread, workerData } from "node:worker_threads";
import { helpText } from "./help.ts";
import type { Lane } from "./resident-commands.ts";
import { serveCommands } from "./serve-commands.ts";

/** The program `quorate-commands`: a thread of the daemon, given the socket and its lane by it. */
export function runThread(): void {
  if (isMainThread) {
    const isHelp = process.argv.includes("--help");
    (isHelp ? process.stdout : process.stderr).write(helpText());
    process.exitCode = isHelp ? 0 : 64;
    return;
  }
  const { commandsSocket, lane } = workerData as { readonly commandsSocket: string; readonly lane: Lane };
  // What it cannot do ends this thread, and is told by the daemon that started it.
  void serveCommands(commandsSocket, lane);
}
