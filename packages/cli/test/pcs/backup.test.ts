import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClusterFiles, restoring } from "@quorate/management";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { processBackupFiles } from "../../src/management/backup-files.ts";
import { printTarball, readTarball } from "../../src/pcs/config/tarball.ts";
import { MemoryWorld } from "../memory-world.ts";
import { confOf } from "./conf-of.ts";
import { FakeHosts } from "./fake-hosts.ts";

const FILES: ClusterFiles = {
  cib: Buffer.from("<cib/>"),
  corosyncConf: Buffer.from(confOf("n1", "n2")),
  corosyncKey: Buffer.alloc(256, 7),
  uidgid: [{ name: "u", content: Buffer.from("uidgid {\n}\n") }],
};

let world: MemoryWorld;
let hosts: FakeHosts;
/** Backups by path; that of a pipe has none. */
let backups: Map<string | null, Buffer>;
let own: Partial<ClusterFiles>;
let restoredHere: unknown[];

beforeEach(() => {
  world = new MemoryWorld();
  hosts = new FakeHosts(world, ["n1", "n2"]);
  hosts.answers.set("host.state", {
    services: { corosync: { isActive: false }, quorated: { isActive: false } },
  });
  backups = new Map();
  own = FILES;
  restoredHere = [];
  Object.assign(world.management!, {
    restoring,
    own: { readFiles: () => own, restore: async (files: unknown) => restoredHere.push(files) },
    backups: {
      read: (path: string | null) => backups.get(path)!,
      write: (path: string | null, tarball: Uint8Array) => backups.set(path, Buffer.from(tarball)),
    },
  });
});

const run = (...words: string[]) => world.run(main, "pcs", "config", ...words);
const archive = (...files: [string, string][]) =>
  Buffer.from(
    printTarball(
      files.map(([name, text]) => ({ name, content: Buffer.from(text) })),
      0,
    ),
  );

describe("pcs config backup", () => {
  test("writes what pcs writes", async () => {
    expect(await run("backup", "b")).toEqual({ status: 0, stdout: "", stderr: "" });
    const found = readTarball(backups.get("b.tar.bz2")!)!;
    expect([...found.keys()]).toEqual([
      "version.txt",
      "cib.xml",
      "corosync_authkey",
      "corosync.conf",
      "uidgid.d/u",
    ]);
    expect(found.get("version.txt")?.toString()).toBe("1");
    await run("backup");
    expect(backups.get(null)).toEqual(backups.get("b.tar.bz2"));
  });

  test("replaces no file but with --force", async () => {
    world.files.set("b.tar.bz2", "");
    const { status, stderr } = await run("backup", "b.tar.bz2");
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "Error: 'b.tar.bz2' already exists, use --force to overwrite\n",
    });
    expect((await run("backup", "b.tar.bz2", "--force")).status).toBe(0);
  });

  test.each([
    ["corosyncConf", "this is no cluster node"],
    ["cib", "the cluster has not run on this node yet"],
  ])("without %s says so", async (field, text) => {
    own = { ...FILES, [field]: undefined };
    expect(await run("backup", "b")).toMatchObject({ status: 1, stderr: expect.stringContaining(text) });
    expect(backups.size).toBe(0);
  });
});

describe("pcs config restore", () => {
  beforeEach(() => run("backup", "b"));

  test("brings the backup to all of its nodes, and with --local to this one", async () => {
    const { status, stderr } = await run("restore", "b.tar.bz2");
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: "n1: Succeeded\nn2: Succeeded\n",
    });
    expect(hosts.done).toEqual(["n1 cluster.restore", "n2 cluster.restore"]);
    expect(hosts.params[1]).toEqual(restoring(FILES));
    backups.set(null, backups.get("b.tar.bz2")!);
    expect(await run("restore", "--local")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(restoredHere).toEqual([FILES]);
  });

  test("changes nothing while the cluster runs anywhere", async () => {
    hosts.answers.set("host.state", { services: { corosync: { isActive: true } } });
    expect(await run("restore", "b.tar.bz2")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Cluster is currently running on node n2."),
    });
    expect(hosts.done).toEqual([]);
  });

  const conf = confOf("n1", "n2");
  test.each<[string, Buffer, string]>([
    ["text", Buffer.from("bla"), "is no whole tarball"],
    ["an archive that is cut off", archive(["version.txt", "1"]).subarray(0, 900), "is no whole tarball"],
    ["a later version", archive(["version.txt", "2"]), "Unsupported version of the backup"],
    ["no version", archive(["cib.xml", "<cib/>"]), "missing files in backup: corosync.conf"],
    ["another version", archive(["version.txt", "abc"]), "holds no version"],
    ["no CIB", archive(["version.txt", "1"], ["corosync.conf", conf]), "missing files in backup: cib.xml"],
    [
      "a broken CIB",
      archive(["version.txt", "1"], ["corosync.conf", conf], ["cib.xml", "<cib>"]),
      "cib.xml:1:",
    ],
    [
      "no CIB in it",
      archive(["version.txt", "1"], ["corosync.conf", conf], ["cib.xml", "<x/>"]),
      "holds <x>",
    ],
    [
      "no nodes",
      archive(["version.txt", "1"], ["corosync.conf", "totem {\n}\n"], ["cib.xml", "<cib/>"]),
      "does not name all nodes",
    ],
  ])("refuses %s", async (_, content, text) => {
    backups.set("bad", content);
    expect(await run("restore", "bad")).toMatchObject({ status: 1, stderr: expect.stringContaining(text) });
    expect(hosts.done).toEqual([]);
  });
});

describe("a backup on the disk", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "quorate-backup-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("is packed for its owner alone, and tar(1) reads it", () => {
    const path = join(folder, "b.tar.bz2");
    processBackupFiles.write(path, archive(["version.txt", "1"], ["uidgid.d/u", "x".repeat(1000)]));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const listed = spawnSync("tar", ["-tvf", path], { encoding: "utf8" });
    expect(listed).toMatchObject({ status: 0, stderr: "" });
    expect(listed.stdout).toMatch(/^-rw------- .* 1 .* version\.txt\n-rw------- .* 1000 .* uidgid\.d\/u\n$/);
  });

  test.each(["-cf", "-czf", "-cjf"])("that tar %s made is read", (option) => {
    writeFileSync(join(folder, "version.txt"), "1");
    const path = join(folder, "b");
    spawnSync("tar", [option, path, "-C", folder, "./version.txt"]);
    expect(readTarball(processBackupFiles.read(path))!.get("version.txt")!.toString()).toBe("1");
    writeFileSync(path, readFileSync(path).subarray(0, 60));
    const cutOff = () => readTarball(processBackupFiles.read(path));
    if (option === "-cf") expect(cutOff()).toBeNull();
    else expect(cutOff).toThrow(/cannot be read/);
  });
});
