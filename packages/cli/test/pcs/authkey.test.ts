import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { main as pcs } from "../../src/commands/pcs.ts";
import { main as cluster } from "../../src/pcs/quorate-cluster.ts";
import { processWorld } from "../../src/process/process-world.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-authkey-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(main: typeof pcs, ...argv: string[]): Promise<{ status: number; printed: string }> {
  let printed = "";
  const print = (text: string) => {
    printed += text;
  };
  const world = { ...processWorld("quorate cluster"), stdout: print, stderr: print };
  return { status: await main(argv, world), printed };
}

test("a key is random, for its owner alone, and never printed", async () => {
  const keys = [join(folder, "one"), join(folder, "other")];
  for (const key of keys) {
    const { status, printed } = await run(cluster, "authkey", key);
    expect(status).toBe(0);
    expect(statSync(key)).toMatchObject({ size: 256, mode: 0o100400 });
    expect(printed).toContain(key);
    expect(printed).not.toContain(readFileSync(key, "latin1").slice(0, 8));
  }
  expect(readFileSync(keys[0]!)).not.toEqual(readFileSync(keys[1]!));
  expect(readdirSync(folder)).toEqual(["one", "other"]);
});

test("a key that is there is replaced only when that is wanted", async () => {
  const key = join(folder, "key");
  await run(cluster, "authkey", key);
  const first = readFileSync(key);
  expect(await run(cluster, "authkey", key)).toMatchObject({ status: 1 });
  expect(readFileSync(key)).toEqual(first);
  expect(await run(cluster, "authkey", key, "--overwrite")).toMatchObject({ status: 0 });
  expect(readFileSync(key)).not.toEqual(first);
});

test.each([
  ["quorate cluster", cluster, []],
  ["pcs cluster", pcs, ["cluster"]],
] as const)("%s setup writes corosync.conf and the key, or neither", async (_, main, words) => {
  const [conf, key] = [join(folder, "corosync.conf"), join(folder, "authkey")];
  const line = [...words, "setup", "lab", "n1", "addr=192.0.2.1", "n2", "addr=192.0.2.2"];
  const options = [`--corosync_conf=${conf}`, `--authkey=${key}`];
  expect(await run(main, ...line, ...options)).toMatchObject({ status: 0 });
  expect(readFileSync(conf, "utf8")).toContain("two_node: 1");
  expect(statSync(key)).toMatchObject({ size: 256, mode: 0o100400 });
  rmSync(conf);
  expect(await run(main, ...line, ...options)).toMatchObject({ status: 1 });
  expect(readdirSync(folder)).toEqual(["authkey"]);
});

test("quorate cluster tells how it is called", async () => {
  expect((await run(cluster, "--help")).printed).toContain("Usage: quorate cluster COMMAND");
  expect((await run(cluster, "setup", "--help")).printed).toContain("Usage: quorate cluster setup");
  expect((await run(cluster, "--version")).printed).toContain("Quorate");
  expect((await run(pcs, "--version")).printed).toBe("0.11.5\n");
  expect(await run(cluster, "setpu")).toMatchObject({
    status: 1,
    printed: expect.stringContaining("'setup'"),
  });
});
