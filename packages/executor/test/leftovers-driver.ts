/** A daemon that dies while its agents run. Not a test itself. */
import { join } from "node:path";
import { createExecutor } from "../src/index.ts";
import { operation } from "./operations.ts";
import { realClock } from "./real-clock.ts";

const [, , runDirectory, pidFile] = process.argv;
const executor = createExecutor({
  clock: realClock,
  log: () => {},
  ocfDirectories: [join(import.meta.dirname, "..", "testdata", "ocf")],
  runDirectory: runDirectory!,
});
for (const resourceId of ["one", "two"])
  executor.execute(
    operation({
      resourceId,
      agent: { class: "ocf", provider: "hostile", type: "has-grandchildren" },
      parameters: new Map([["pidfile", pidFile!]]),
    }),
    () => {},
  );
