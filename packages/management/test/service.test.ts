import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LEASE_MS } from "../src/protocol/contract.ts";
import { CONF, PASSWORD, TestService } from "./service.ts";

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
});
afterEach(() => service.stop());

const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
const modeOf = (path: string) => statSync(path).mode & 0o777;
const pathOf = (path: string) => join(service.root, path);

describe("logins", () => {
  test("the right password gets a token, which no file of the host holds", async () => {
    const target = await service.login();
    expect(await service.ask(target, "host.state", {})).toMatchObject({ clusterName: null });
    expect(readFileSync(service.paths.tokens, "utf8")).not.toContain(target.token);
    expect(modeOf(service.paths.tokens)).toBe(0o600);
    expect(modeOf(service.paths.key)).toBe(0o600);
  });

  test.each([
    ["a wrong password", "wrong", "hacluster"],
    ["another user", PASSWORD, "root"],
  ])("%s is refused, and leaves a line without the password", async (_, password, user) => {
    await expect(service.login(password, user)).rejects.toMatchObject({
      code: "unauthorized",
      message: "node1: Username and/or password is incorrect",
    });
    expect(service.audit).toMatchObject([
      { who: user, from: "127.0.0.1", what: "auth.login", outcome: "refused" },
    ]);
    expect(JSON.stringify(service.audit)).not.toContain(password);
  });

  test("after five wrong passwords an address waits, and the right one is not tried either", async () => {
    for (let count = 0; count < 5; count++)
      await expect(service.login("wrong")).rejects.toMatchObject({ code: "unauthorized" });
    await expect(service.login()).rejects.toMatchObject({
      code: "tooManyLogins",
      message: expect.stringContaining("wait 60 s"),
    });
    service.nowMs += 60_000;
    expect((await service.login()).token).not.toBeNull();
  });

  test("a token that was given back is of no use", async () => {
    const target = await service.login();
    await service.ask(target, "auth.logout", {});
    await expect(service.ask(target, "host.state", {})).rejects.toMatchObject({ code: "unauthorized" });
  });

  test.each([
    ["no token", null],
    ["an invented token", "A".repeat(43)],
  ])("%s lets nobody in", async (_, token) => {
    await expect(
      service.ask({ ...service.stranger, token }, "cluster.stop", { service: "quorated" }),
    ).rejects.toMatchObject({
      code: "unauthorized",
    });
    expect(service.programs).toEqual([]);
  });

  test.each(["", "{", "null", '{"format":2,"tokens":[]}'])(
    "a file of tokens that holds %j lets nobody in, is told with its mend, and stays",
    async (content) => {
      const target = await service.login();
      writeFileSync(service.paths.tokens, content);
      const problem = {
        code: "failed",
        message: expect.stringContaining("tokens.json is not usable; remove it"),
      };
      await expect(service.ask(target, "host.state", {})).rejects.toMatchObject(problem);
      await expect(service.login()).rejects.toMatchObject(problem);
      expect(readFileSync(service.paths.tokens, "utf8")).toBe(content);
    },
  );

  test("a host that shows another certificate is sent nothing", async () => {
    const target = await service.login();
    const fingerprint = target.fingerprint!.replace(/^../, (pair) => (pair === "00" ? "11" : "00"));
    await expect(service.ask({ ...target, fingerprint }, "auth.logout", {})).rejects.toMatchObject({
      code: "wrongHost",
    });
    expect(await service.ask(target, "host.state", {})).toMatchObject({ hasCorosyncConf: false });
  });
});

describe("files", () => {
  test("what may be written is written with its mode, and leaves a line without its content", async () => {
    const target = await service.login();
    const key = Buffer.alloc(256, 7);
    await service.ask(target, "file.write", {
      files: [
        { kind: "corosync authkey", content: base64(key) },
        { kind: "corosync.conf", content: base64(CONF) },
      ],
    });
    expect(readFileSync(pathOf("/etc/corosync/corosync.conf"), "utf8")).toBe(CONF);
    expect(readFileSync(pathOf("/etc/corosync/authkey"))).toEqual(key);
    expect(modeOf(pathOf("/etc/corosync/authkey"))).toBe(0o400);
    expect(readdirSync(pathOf("/etc/corosync")).sort()).toEqual(["authkey", "corosync.conf"]);
    expect(service.audit.slice(-2)).toMatchObject([
      {
        who: "hacluster",
        what: "file.write",
        detail: { files: [{ kind: "corosync authkey" }, { kind: "corosync.conf" }] },
        outcome: "begun",
      },
      { outcome: "done" },
    ]);
    expect(JSON.stringify(service.audit)).not.toContain(base64(key).slice(0, 20));
  });

  test.each([
    [
      "a corosync.conf that Corosync would refuse",
      "corosync.conf",
      CONF.replace("192.0.2.1", "").replace("version: 2", "version: 9"),
    ],
    ["no corosync.conf at all", "corosync.conf", "root::0:0:::\n"],
    ["a key that is too short", "corosync authkey", "short"],
  ] as const)("%s is refused, and nothing is written", async (_, kind, content) => {
    const target = await service.login();
    const files = [
      { kind: "pacemaker authkey", content: base64(Buffer.alloc(256)) },
      { kind, content: base64(content) },
    ] as const;
    await expect(service.ask(target, "file.write", { files })).rejects.toMatchObject({ code: "badRequest" });
    expect(existsSync(pathOf("/etc/corosync"))).toBe(false);
    expect(existsSync(pathOf("/etc/pacemaker"))).toBe(false);
  });

  test.each(["../../etc/passwd", "/etc/passwd", "tokens", "__proto__"])(
    "a file %s cannot be named",
    async (kind) => {
      const target = await service.login();
      const files = [{ kind: kind as "corosync.conf", content: base64(CONF) }];
      await expect(service.ask(target, "file.write", { files })).rejects.toMatchObject({
        code: "badRequest",
      });
      await expect(service.ask(target, "file.read", { kind: kind as "corosync.conf" })).rejects.toMatchObject(
        {
          code: "badRequest",
        },
      );
    },
  );

  test("hosts are learnt and forgotten, in a file that only its owner reads", async () => {
    const target = await service.login();
    const host = {
      name: "node2",
      address: "node2",
      port: 2224,
      token: target.token!,
      fingerprint: target.fingerprint!,
    };
    await service.ask(target, "hosts.learn", { hosts: [host] });
    expect(JSON.parse(readFileSync(service.paths.knownHosts, "utf8"))).toEqual({ format: 1, hosts: [host] });
    expect(modeOf(service.paths.knownHosts)).toBe(0o600);
    expect(JSON.stringify(service.audit)).not.toContain(target.token);
    await service.ask(target, "hosts.forget", { names: ["node2"] });
    expect(JSON.parse(readFileSync(service.paths.knownHosts, "utf8"))).toEqual({ format: 1, hosts: [] });
    await expect(
      service.ask(target, "hosts.learn", { hosts: [{ ...host, name: "node2; reboot" }] }),
    ).rejects.toMatchObject({ code: "badRequest" });
  });
});

describe("the cluster of the host", () => {
  test("is destroyed with its files, after its services have stopped, and the service's own files stay", async () => {
    const target = await service.login();
    const content = base64(CONF);
    await service.ask(target, "file.write", { files: [{ kind: "corosync.conf", content }] });
    await service.ask(target, "cluster.destroy", {});
    expect(existsSync(pathOf("/etc/corosync/corosync.conf"))).toBe(false);
    expect(service.programs.filter((line) => !line.endsWith("status"))).toEqual([
      "service quorated stop",
      "service corosync stop",
      "update-rc.d corosync disable",
      "update-rc.d quorated disable",
      "sbd -h",
      "update-rc.d sbd disable",
    ]);
    expect(await service.ask(target, "host.state", {})).toMatchObject({ hasCorosyncConf: false });
  });

  test("is destroyed with what is its own and nothing else, and links are not followed", async () => {
    const target = await service.login();
    const gone = [
      "etc/corosync/corosync.conf",
      "etc/corosync/authkey",
      "etc/pacemaker/authkey",
      "var/lib/quorate/cib/cib.xml",
      "var/lib/quorate/cib/old/cib.1",
      "var/lib/corosync/ringid_1",
    ];
    const kept = [
      "etc/corosync/uidgid.d/web",
      "etc/quorate/quorated.conf",
      "elsewhere/input.bz2",
      "var/lib/corosync/other",
      "var/lib/pcsd/pcs_settings.conf",
    ];
    for (const path of [...gone, ...kept]) {
      mkdirSync(dirname(pathOf(path)), { recursive: true });
      writeFileSync(pathOf(path), "x");
    }
    symlinkSync(pathOf("elsewhere"), pathOf("var/lib/quorate/pengine"));
    const own = readdirSync(service.paths.stateDirectory);
    await service.ask(target, "cluster.destroy", {});
    expect(gone.filter((path) => existsSync(pathOf(path)))).toEqual([]);
    expect(kept.filter((path) => !existsSync(pathOf(path)))).toEqual([]);
    expect(readdirSync(pathOf("var/lib/quorate"))).toEqual(["pcsd"]);
    expect(readdirSync(service.paths.stateDirectory)).toEqual(own);
  });

  test("that does not stop is not destroyed", async () => {
    const target = await service.login();
    const content = base64(CONF);
    await service.ask(target, "file.write", { files: [{ kind: "corosync.conf", content }] });
    service.answer = (line) => ({ status: line.endsWith("stop") ? 1 : 0, output: "it hangs" });
    await expect(service.ask(target, "cluster.destroy", {})).rejects.toMatchObject({
      code: "failed",
      message: "node1: unable to stop quorated: it hangs",
    });
    expect(existsSync(pathOf("/etc/corosync/corosync.conf"))).toBe(true);
    expect(service.audit.at(-1)).toMatchObject({ what: "cluster.destroy", outcome: "failed" });
  });

  test("that was never set up is not started", async () => {
    const target = await service.login();
    await expect(service.ask(target, "cluster.start", {})).rejects.toThrow("pcs cluster setup");
    expect(service.programs).toEqual([]);
  });
});

describe("a lease", () => {
  test("keeps others from changing the host until it is given back", async () => {
    const [one, other] = [await service.login(), await service.login()];
    const { lease } = await service.ask(one, "lease.take", { purpose: "cluster setup web" });
    await expect(service.ask(other, "lease.take", { purpose: "x" })).rejects.toMatchObject({
      code: "busy",
      message: expect.stringContaining("cluster setup web"),
    });
    await expect(service.ask(other, "cluster.enable", {})).rejects.toMatchObject({ code: "busy" });
    await service.ask(one, "cluster.enable", {}, lease);
    expect(await service.ask(other, "host.state", {})).toBeDefined();
    await service.ask(one, "lease.release", {}, lease);
    await service.ask(other, "cluster.enable", {});
  });

  test("of a command that has died ends by itself, but not while its work goes on", async () => {
    const [one, other] = [await service.login(), await service.login()];
    const { lease } = await service.ask(one, "lease.take", { purpose: "setup" });
    let finish: () => void = () => {};
    service.answer = () =>
      new Promise((resolve) => {
        finish = () => resolve({ status: 0, output: "" });
      });
    const work = service.ask(one, "cluster.stop", { service: "quorated" }, lease);
    await expect.poll(() => service.programs.length).toBe(1);
    service.nowMs += LEASE_MS;
    await expect(service.ask(other, "cluster.enable", {})).rejects.toMatchObject({ code: "busy" });
    service.answer = () => ({ status: 0, output: "" });
    finish();
    await work;
    service.nowMs += LEASE_MS;
    await service.ask(other, "cluster.enable", {});
    const changes = service.programs.length;
    await expect(service.ask(one, "cluster.enable", {}, lease)).rejects.toMatchObject({
      code: "busy",
      message: expect.stringContaining("run the command again"),
    });
    expect(service.programs).toHaveLength(changes);
  });

  test("that nobody used for long, but nobody else needed, still holds", async () => {
    const one = await service.login();
    const { lease } = await service.ask(one, "lease.take", { purpose: "setup" });
    service.nowMs += 2 * LEASE_MS;
    await service.ask(one, "cluster.enable", {}, lease);
  });
});

test("a certificate without its key is made anew; one that does not fit is told with its mend", async () => {
  const { ownCertificate } = await import("../src/certificate/own-certificate.ts");
  const { makeSelfSigned } = await import("../src/certificate/self-signed.ts");
  const first = ownCertificate(service.paths, "node1", new Date());
  expect(ownCertificate(service.paths, "node1", new Date())).toEqual(first);
  writeFileSync(service.paths.key, makeSelfSigned("other", new Date()).key);
  expect(() => ownCertificate(service.paths, "node1", new Date())).toThrow(/Remove both/);
});
