import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ClusterFiles, restoring } from "../src/machine/cluster-files.ts";
import { OwnCluster } from "../src/machine/own-cluster.ts";
import { CONF, TestService } from "./service.ts";

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
  // Nothing runs here.
  service.answer = (line) => ({ status: line.endsWith(" status") ? 3 : 0, output: "" });
});
afterEach(() => service.stop());

const pathOf = (path: string) => join(service.root, path);
const CIB = "/var/lib/quorate/cib/cib.xml";

function put(path: string, content: string): void {
  mkdirSync(dirname(pathOf(path)), { recursive: true });
  writeFileSync(pathOf(path), content);
}

const FILES: ClusterFiles = {
  cib: Buffer.from("<cib/>"),
  corosyncConf: Buffer.from(CONF),
  corosyncKey: Buffer.alloc(256, 1),
  pacemakerKey: Buffer.alloc(256, 2),
  uidgid: [{ name: "pcs-uidgid-1-", content: Buffer.from("uidgid {\n  uid: 1\n}\n") }],
};

describe("cluster.restore", () => {
  test("puts everything in place, so that a backup holds the same again", async () => {
    put(CIB, "<cib old='1'/>");
    put(`${CIB}.sig`, "0");
    put("/var/lib/quorate/cib/cib.ancestry", "old");
    put("/var/lib/quorate/cib/cib-3.raw", "former");
    const target = await service.login();
    await service.ask(target, "cluster.restore", restoring(FILES));
    expect(new OwnCluster(service.root).readFiles()).toEqual(FILES);
    for (const path of [`${CIB}.sig`, "/var/lib/quorate/cib/cib.ancestry"])
      expect(existsSync(pathOf(path))).toBe(false);
    expect(readFileSync(pathOf("/var/lib/quorate/cib/cib-3.raw"), "utf8")).toBe("former");
    expect(statSync(pathOf(CIB)).mode & 0o777).toBe(0o600);
    expect(statSync(pathOf("/etc/corosync/authkey")).mode & 0o777).toBe(0o400);
    expect(service.audit.at(-1)).toMatchObject({ what: "cluster.restore", outcome: "done" });
    expect(JSON.stringify(service.audit)).not.toContain(Buffer.alloc(256, 1).toString("base64"));
  });

  test.each([
    ["a key that is none", { corosyncKey: Buffer.alloc(3) }, "a key has 128 to 512 bytes"],
    [
      "another configuration than access",
      { uidgid: [{ name: "a", content: Buffer.from(CONF) }] },
      "uidgid.d/a",
    ],
    ["no corosync.conf", { corosyncConf: undefined as never }, "without corosync.conf"],
    [
      "a name that leads elsewhere",
      { uidgid: [{ name: "../a", content: Buffer.alloc(0) }] },
      "a plain file name",
    ],
  ])("%s changes nothing", async (_, wrong, message) => {
    const target = await service.login();
    const request = restoring({ ...FILES, ...wrong });
    await expect(service.ask(target, "cluster.restore", request)).rejects.toMatchObject({
      code: "badRequest",
      message: expect.stringContaining(message),
    });
    expect(new OwnCluster(service.root).readFiles()).toEqual({ uidgid: [] });
  });

  test("a CIB that is not packed, or too much when unpacked, changes nothing", async () => {
    const target = await service.login();
    const bomb = restoring({ ...FILES, cib: Buffer.alloc(65 * 1024 * 1024) });
    for (const cib of [Buffer.from("<cib/>").toString("base64"), bomb.cib])
      await expect(
        service.ask(target, "cluster.restore", { ...restoring(FILES), cib }),
      ).rejects.toMatchObject({
        code: "badRequest",
        message: expect.stringContaining("the CIB was refused"),
      });
    expect(existsSync(pathOf(CIB))).toBe(false);
  });

  test("where the cluster runs nothing is written", async () => {
    service.answer = () => ({ status: 0, output: "" });
    const target = await service.login();
    await expect(service.ask(target, "cluster.restore", restoring(FILES))).rejects.toMatchObject({
      message: expect.stringContaining("the cluster runs here (corosync, quorated)"),
    });
    expect(existsSync(pathOf(CIB))).toBe(false);
  });
});
