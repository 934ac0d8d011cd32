import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../src/index.ts";
import { BUDGET, FIRST_SEED, REMOTE_BUDGET } from "./kit/budget.ts";
import { FOUND, foundPlan } from "./kit/found.ts";
import { SABOTAGES, type Sabotage } from "./kit/sabotages.ts";

type Simulator = Pick<typeof import("../src/index.ts"), "drawPlan" | "runPlan">;

const packages = fileURLToPath(new URL("../../", import.meta.url));
let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "quorate-sabotage-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The simulator with one safety rule taken out of a copy of the source: nothing in the product can switch it off. */
async function sabotaged({ name, file, edits }: Sabotage): Promise<Simulator> {
  const outfile = join(directory, `${name.replaceAll(/\W+/g, "-")}.mjs`);
  await build({
    entryPoints: [join(packages, "simulator/src/index.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    outfile,
    external: ["koffi"],
    plugins: [
      {
        name: "sabotage",
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (path !== join(packages, file)) return null;
            let contents = readFileSync(path, "utf8");
            for (const [rule, without] of edits) {
              if (contents.split(rule).length !== 2)
                throw new Error(
                  `${file} does not hold this once, so that the rule cannot be taken out: ${rule}`,
                );
              contents = contents.replace(rule, () => without);
            }
            return { contents, loader: "ts" };
          }),
      },
    ],
  });
  return (await import(pathToFileURL(outfile).href)) as Simulator;
}

function* plansFor(
  { foundSeed, remoteSeed }: Sabotage,
  drawPlan: Simulator["drawPlan"],
): Generator<Plan, void, void> {
  if (foundSeed !== undefined) {
    yield foundPlan(FOUND.find(({ seed }) => seed === foundSeed)!);
    return;
  }
  const hasRemote = remoteSeed !== undefined;
  const budget = hasRemote ? REMOTE_BUDGET : BUDGET;
  const offset = (remoteSeed ?? FIRST_SEED) - FIRST_SEED;
  for (let count = 0; count < budget; count += 1)
    yield drawPlan(FIRST_SEED + ((offset + count) % budget), { hasRemote });
}

describe("without a safety rule, the invariants break within the normal number of runs", () => {
  test.each(SABOTAGES)("$name", { timeout: 900_000 }, async (sabotage) => {
    const { drawPlan, runPlan } = await sabotaged(sabotage);
    const problems: string[] = [];
    for (const plan of plansFor(sabotage, drawPlan)) {
      problems.push(...runPlan(plan).problems.map((problem) => `seed ${plan.seed}: ${problem}`));
      if (problems.length > 0) break;
    }
    expect(problems.join("\n")).toMatch(sabotage.breaks);
  });
});
