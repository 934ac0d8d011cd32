import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseRecoverySites, printRecoverySites } from "../src/protocol/recovery-sites.ts";
import { TestService } from "./service.ts";

const SITES = {
  localRole: "PRIMARY",
  remoteSites: [{ role: "RECOVERY", nodes: ["r1", "r2"] }],
} as const;
const TEXT = printRecoverySites(SITES);
const kind = "disaster-recovery config";

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
});
afterEach(() => service.stop());

const path = () => join(service.root, "/var/lib/pcsd/disaster-recovery");
const contentOf = (text: string) => Buffer.from(text).toString("base64");

describe("the file of the sites", () => {
  test("is read as it was written", () => {
    expect(parseRecoverySites(TEXT)).toEqual(SITES);
  });

  test("is written for its owner alone, read, and removed", async () => {
    const target = await service.login();
    await service.ask(target, "file.write", { files: [{ kind, content: contentOf(TEXT) }] });
    expect([readFileSync(path(), "utf8"), statSync(path()).mode & 0o777]).toEqual([TEXT, 0o600]);
    expect(await service.ask(target, "file.read", { kind })).toEqual({ content: contentOf(TEXT) });
    await service.ask(target, "file.remove", { kinds: [kind] });
    expect(existsSync(path())).toBe(false);
    expect(await service.ask(target, "file.read", { kind })).toEqual({ content: null });
  });

  test("goes with the cluster", async () => {
    const target = await service.login();
    service.answer = (line) => ({ status: line.endsWith(" status") ? 3 : 0, output: "" });
    await service.ask(target, "file.write", { files: [{ kind, content: contentOf(TEXT) }] });
    await service.ask(target, "cluster.destroy", {});
    expect(existsSync(path())).toBe(false);
  });

  test.each([
    ["x", "it is not JSON"],
    ["[]", "'local' must have a role"],
    ["{}", "'local' must have a role"],
    [TEXT.replace("PRIMARY", "SPARE"), "one of PRIMARY, RECOVERY"],
    ['{"local":{"role":"PRIMARY"},"remote_sites":[]}', "'remote_sites' must be a list"],
    [TEXT.replace("r1", "../r1"), "each of the 'nodes' must have a name"],
    [TEXT.padEnd(20_000), "longer than"],
  ])("%s is refused", async (text, reason) => {
    const target = await service.login();
    await expect(
      service.ask(target, "file.write", { files: [{ kind, content: contentOf(text) }] }),
    ).rejects.toThrow(reason);
    expect(existsSync(path())).toBe(false);
  });
});

describe("cluster.status", () => {
  test("is what this installation's pcs says", async () => {
    service.answer = (line) => ({ status: 0, output: `said by ${line}` });
    const target = await service.login();
    const ask = (isFull: boolean, hidesInactive: boolean) =>
      service.ask(target, "cluster.status", { isFull, hidesInactive });
    expect(await ask(false, false)).toEqual({ text: "said by /opt/bin/pcs status" });
    expect(await ask(true, true)).toEqual({ text: "said by /opt/bin/pcs status --full --hide-inactive" });
  });

  test("is refused with the reason where there is none", async () => {
    service.answer = () => ({ status: 1, output: "Error: the daemon does not run" });
    await expect(
      service.ask(await service.login(), "cluster.status", { isFull: false, hidesInactive: false }),
    ).rejects.toThrow("the cluster does not tell its status: Error: the daemon does not run");
  });
});
