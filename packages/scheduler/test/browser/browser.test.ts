import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { describe, expect, it } from "vitest";
import { ALL_FEATURES } from "../generate/facts.ts";
import { generateCib } from "../generate/generate-cib.ts";
import { wholeRun } from "./whole-run.ts";

const CHROMIUM = "/usr/bin/chromium";
const CASE_COUNT = 50;

/** Nothing but the page itself: no sandbox for root, no services that would look for the network. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function bundleForBrowser(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "whole-run.ts")],
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: "quorate",
    target: "es2022",
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}

describe("in a browser", () => {
  it.skipIf(!existsSync(CHROMIUM))(
    `decides ${CASE_COUNT} clusters as in Node.js (skipped without Debian's chromium)`,
    { timeout: 120_000 },
    async () => {
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
      try {
        const page = await browser.newPage();
        await page.addScriptTag({ content: await bundleForBrowser() });
        let length = 0;
        for (let seed = 1; seed <= CASE_COUNT; seed++) {
          const cib = generateCib({ seed, features: ALL_FEATURES });
          const call = `quorate.wholeRun(${JSON.stringify(cib)})`;
          const inBrowser = (await page.evaluate(call)) as string;
          expect(inBrowser, `seed ${seed}`).toBe(wholeRun(cib));
          length += inBrowser.length;
        }
        expect(length).toBeGreaterThan(CASE_COUNT * 1000);
      } finally {
        await browser.close();
      }
    },
  );
});
