import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";

type InProcess = typeof import("./in-process.ts");

/**
 * What is measured in process, bundled as the commands are. Sources that are translated while they are loaded keep the names of all functions
 * for the sake of stack traces, which takes half as much time again.
 *
 * @param folder where the bundle may lie
 */
export async function loadAsShipped(folder: string): Promise<InProcess> {
  const outfile = join(folder, "in-process.cjs");
  await build({
    entryPoints: [join(import.meta.dirname, "in-process.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "error",
  });
  return createRequire(import.meta.url)(outfile) as InProcess;
}
