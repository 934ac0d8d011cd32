import { isMainThread, workerData } from "node:worker_threads";
import { serveCommands } from "./serve-commands.ts";

const HELP = `quorate-commands: runs short commands (crm_attribute, attrd_updater, ...) inside a node's quorated

quorated starts it by itself as a thread, so that these commands need not start Node.js each time; there is nothing to run
here by hand. Without it they work the same, only slower.
`;

/** The program `quorate-commands`: a thread of the daemon, given the socket by it. */
export function runThread(): void {
  if (isMainThread) {
    const isHelp = process.argv.includes("--help");
    (isHelp ? process.stdout : process.stderr).write(HELP);
    process.exitCode = isHelp ? 0 : 64;
    return;
  }
  const { commandsSocket } = workerData as { readonly commandsSocket: string };
  // What it cannot do ends this thread, and is told by the daemon that started it.
  void serveCommands(commandsSocket);
}
