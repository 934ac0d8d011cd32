import { basename } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { Main } from "../command.ts";
import { processWorld } from "./process-world.ts";
import { runMain } from "./run-main.ts";

/**
 * How much a function must have run before V8 makes fast code of it; its own default is about 130,000. A command is over before most such
 * code pays: on another thread, but on the same processors, it costs a fifth of what `crm_simulate` takes for 8 nodes and 200 resources.
 * The option went with V8 12, that is Node.js 22, which counts calls instead and waits longer by itself.
 */
const RUN_BEFORE_OPTIMIZING = 500_000;
const LAST_V8_WITH_BUDGET = 11;

/** Runs a command as this process: the built launchers in `bin/` call it. */
export function launch(main: Main): void {
  if (Number.parseInt(process.versions.v8, 10) <= LAST_V8_WITH_BUDGET)
    setFlagsFromString(`--interrupt-budget=${RUN_BEFORE_OPTIMIZING}`);
  runMain(main, process.argv.slice(2), processWorld(basename(process.argv[1] ?? "quorate"))).then(
    (status) => {
      process.exitCode = status;
    },
  );
}
