import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claimDirectory, tryClaim } from "../src/claim.ts";
import { serveControl } from "../src/control.ts";
import { layoutOf } from "../src/layout.ts";
import { removePlayground, STAMP_FILE } from "../src/reaper.ts";

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "q-claim-"));
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe("claim of a directory", () => {
  test("only one holds it, whatever the directory is called and whether it exists", async () => {
    const directory = join(parent, "play");
    symlinkSync(parent, join(parent, "link"));
    expect(await tryClaim(directory)).toBe(true);
    expect(await tryClaim(directory)).toBe(false);
    expect(await tryClaim(join(parent, "link/../link/play"))).toBe(false);
    mkdirSync(directory);
    expect(await tryClaim(`${directory}/`)).toBe(false);
    expect(await tryClaim(join(parent, "other"))).toBe(true);
    expect(await tryClaim(join(parent, "x".repeat(200)))).toBe(true);
  });

  test("a playground that runs is the reason to refuse", async () => {
    const directory = join(parent, "play");
    mkdirSync(directory);
    await tryClaim(directory);
    const control = await serveControl(layoutOf(directory, []).controlSocket, async () => ({ ok: true }));
    const result = await claimDirectory(directory);
    expect(result).toMatchObject({
      ok: false,
      reason: expect.stringContaining(`already runs in ${directory}`),
    });
    control.close();
  });

  test("is free again when its holder was killed; until then it is waited for", async () => {
    const directory = join(parent, "play");
    const source = `import(${JSON.stringify(join(import.meta.dirname, "../src/claim.ts"))}).then(({ tryClaim }) => tryClaim(${JSON.stringify(directory)})).then((has) => { console.log(has); setInterval(() => {}, 1000); })`;
    const holder = spawn(process.execPath, ["--import", "tsx", "-e", source], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said = await new Promise<string>((resolve) =>
      holder.stdout.on("data", (chunk) => resolve(String(chunk))),
    );
    expect(said.trim()).toBe("true");
    const claimed = claimDirectory(directory);
    setTimeout(() => holder.kill("SIGKILL"), 300);
    expect(await claimed).toEqual({ ok: true });
  });
});

describe("removing a playground", () => {
  test("one of ours goes, with all that is in it; none is fine", async () => {
    const directory = join(parent, "play");
    mkdirSync(join(directory, "node1/var"), { recursive: true });
    writeFileSync(join(directory, STAMP_FILE), "");
    await removePlayground(directory);
    await removePlayground(directory);
  });

  test.each([
    [
      "a directory with other things",
      (path: string) => void mkdirSync(join(path, "precious"), { recursive: true }),
      "was not made by a playground",
    ],
    ["a file", (path: string) => writeFileSync(path, "precious"), "is no directory"],
  ])("%s stays", async (_, make, message) => {
    const path = join(parent, "mine");
    make(path);
    await expect(removePlayground(path)).rejects.toThrow(`${path} ${message}`);
    await expect(removePlayground(path)).rejects.toThrow("--directory");
  });
});
