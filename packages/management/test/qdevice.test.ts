import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CONF, TestService } from "./service.ts";

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
});
afterEach(() => service.stop());

const pathOf = (path: string) => join(service.root, path);
const DB = "/etc/corosync/qdevice/net/nssdb";
const base64 = (text: string) => Buffer.from(text).toString("base64");

function put(path: string, content: string): void {
  mkdirSync(dirname(pathOf(path)), { recursive: true });
  writeFileSync(pathOf(path), content);
}

describe("certificates of a quorum device", () => {
  test("a node begins anew, and asks for one of its own", async () => {
    put(`${DB}/key4.db`, "of another cluster");
    let authority = "";
    service.answer = (line) => {
      const file = /-i -c (\S+)$/.exec(line)?.[1];
      if (file !== undefined) authority = readFileSync(file, "utf8");
      if (line.includes(" -r ")) put(`${DB}/qdevice-net-node.crq`, "request");
      return { status: 0, output: "" };
    };
    const target = await service.login();
    const asked = { clusterName: "web", content: base64("CA") };
    expect(await service.ask(target, "qdevice.request", asked)).toEqual({ content: base64("request") });
    expect(authority).toBe("CA");
    expect(existsSync(pathOf(`${DB}/key4.db`))).toBe(false);
    put(`${DB}/qdevice-net-node.p12`, "key");
    await service.ask(target, "qdevice.certify", { content: base64("signed") });
    expect(existsSync(pathOf(`${DB}/qdevice-net-node.p12`))).toBe(false);
    expect(service.programs.map((line) => line.replace(/\S+\/certificate$/, "FILE"))).toEqual([
      "corosync-qdevice-net-certutil -i -c FILE",
      "corosync-qdevice-net-certutil -r -n web",
      "corosync-qdevice-net-certutil -M -c FILE",
    ]);
    expect(JSON.stringify(service.audit)).not.toContain(base64("signed"));
    await service.ask(target, "qdevice.remove", {});
    expect(existsSync(pathOf(DB))).toBe(false);
  });

  test("the device signs; where there is none it says what to do", async () => {
    const target = await service.login();
    const asked = { clusterName: "web", content: base64("request") };
    for (const ask of [
      () => service.ask(target, "qnetd.authority", {}),
      () => service.ask(target, "qnetd.sign", asked),
    ])
      await expect(ask()).rejects.toMatchObject({
        message: expect.stringContaining("run 'pcs qdevice setup model net --enable --start' on this host"),
      });
    expect(service.programs).toEqual([]);
    put("/etc/corosync/qnetd/nssdb/qnetd-cacert.crt", "CA");
    put("/etc/corosync/qnetd/nssdb/cluster-web.crt", "signed");
    expect(await service.ask(target, "qnetd.authority", {})).toEqual({ content: base64("CA") });
    expect(await service.ask(target, "qnetd.sign", asked)).toEqual({ content: base64("signed") });
  });

  test.each(["../web", "", "-n", "a b"])("a cluster of the name %j is none", async (clusterName) => {
    const target = await service.login();
    await expect(
      service.ask(target, "qdevice.request", { clusterName, content: base64("CA") }),
    ).rejects.toMatchObject({ code: "badRequest" });
    expect(service.programs).toEqual([]);
  });

  test("a tool that is missing is named with its package", async () => {
    service.answer = () => ({ status: 127, output: "" });
    const target = await service.login();
    await expect(service.ask(target, "qdevice.certify", { content: base64("x") })).rejects.toMatchObject({
      message: expect.stringContaining("install the package corosync-qdevice"),
    });
  });
});

test("where the cluster has a quorum device, its client starts when the rest runs, and stops before Corosync", async () => {
  put(
    "/etc/corosync/corosync.conf",
    CONF.replace("votequorum\n", "votequorum\n device {\n model: net\n }\n"),
  );
  put(`${DB}/key4.db`, "key");
  const target = await service.login();
  await service.ask(target, "cluster.start", {});
  await service.ask(target, "cluster.stop", { service: "corosync" });
  await service.ask(target, "cluster.enable", {});
  const changes = service.programs.filter((line) => !/ status$|cfgtool/.test(line));
  expect(changes).toEqual([
    "service corosync start",
    "service quorated start",
    "service corosync-qdevice start",
    "service corosync-qdevice stop",
    "service corosync stop",
    "update-rc.d corosync enable",
    "update-rc.d quorated enable",
    "update-rc.d corosync-qdevice enable",
  ]);
  await service.ask(target, "cluster.destroy", {});
  expect(existsSync(pathOf(DB))).toBe(false);
  expect(service.programs).toContain("update-rc.d corosync-qdevice disable");
});
