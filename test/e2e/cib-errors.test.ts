import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestV1 } from "@quorate/cib";
import type { Layout } from "@quorate/playground";
import { parseXml } from "@quorate/xml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectPlainWords, run } from "./programs.ts";
import { TestCluster } from "./test-cluster.ts";

let cluster: TestCluster;

function configuration({ nodes }: Layout): string {
  return `<configuration>
  <crm_config>
    <cluster_property_set id="cib-bootstrap-options">
      <nvpair id="opt-stonith" name="stonith-enabled" value="false"/>
    </cluster_property_set>
  </crm_config>
  <nodes>${nodes.map(({ nodeId, name }) => `<node id="${nodeId}" uname="${name}"/>`).join("")}</nodes>
</configuration>`;
}

function cibDirectory(node: string): string {
  return join(cluster.node(node).root, "var/lib/quorate/cib");
}

function cibFile(node: string): string {
  return join(cibDirectory(node), "cib.xml");
}

function logOf(node: string): string {
  return readFileSync(cluster.node(node).logFile, "utf8");
}

/** Sets a cluster property to a value through a node, as an administrator does. */
function setProperty(node: string, value: string) {
  return run("crm_attribute", ["--name", "probe-value", "--update", value], {
    env: { QUORATE_ROOT: cluster.node(node).root },
  });
}

async function propertyAt(node: string): Promise<string | null> {
  const cib = await cluster.cib(node);
  for (const pair of cib.descendants("nvpair"))
    if (pair.get("name") === "probe-value") return pair.get("value");
  return null;
}

async function untilJoined(node: string): Promise<void> {
  await cluster.until(`${node} to have joined`, 30_000, async () => {
    const nodes = await cluster.ask(node, "node.list", {});
    return (await cluster.dc(node)) !== null && nodes.every(({ isOnline }) => isOnline);
  });
  await cluster.untilIdle(node);
}

/** Stops the daemon in order, lets `meddle` work on its disk, starts it again; gives what it logged since. */
async function restart(node: string, meddle: () => void): Promise<string> {
  const machine = cluster.playground.machines.get(node)!;
  await machine.stopDaemon();
  const before = logOf(node).length;
  meddle();
  await machine.startDaemon();
  await untilJoined(node);
  return logOf(node).slice(before);
}

/** Content of the copies that the node has put aside. */
function archived(node: string): string[] {
  return readdirSync(cibDirectory(node))
    .filter((name) => /^cib\.auto\..*\.xml$/.test(name))
    .map((name) => readFileSync(join(cibDirectory(node), name), "utf8"));
}

/** The file on disk is whole and signed, or is as soon as a write that is under way ends. */
function untilIntact(node: string): Promise<void> {
  return cluster.until(`the file of ${node} to be whole`, 10_000, async () => {
    expectIntact(node);
    return true;
  });
}

/** The file on disk is whole and signed. */
function expectIntact(node: string): void {
  const parsed = parseXml(readFileSync(cibFile(node), "utf8"));
  if (!parsed.ok) throw new Error(parsed.error.message);
  expect(readFileSync(`${cibFile(node)}.sig`, "utf8").trim()).toBe(digestV1(parsed.root));
}

describe("one node, its configuration on disk is damaged", () => {
  beforeAll(async () => {
    cluster = await TestCluster.start(configuration, ["node1"]);
  }, 60_000);

  afterAll(() => cluster?.stop());

  test.each([
    ["broken XML", () => writeFileSync(cibFile("node1"), "<cib><configuration>"), "cib.xml: line 1, column "],
    ["an empty file", () => writeFileSync(cibFile("node1"), ""), "cib.xml: the file is empty"],
    [
      "noise",
      () => writeFileSync(cibFile("node1"), Buffer.from([0, 255, 254, 60, 0])),
      "cib.xml: it is not UTF-8 text",
    ],
    [
      "a change by hand",
      () =>
        writeFileSync(cibFile("node1"), readFileSync(cibFile("node1"), "utf8").replace("newer", "forged")),
      "does not fit its digest",
    ],
    ["an empty signature", () => writeFileSync(`${cibFile("node1")}.sig`, ""), "does not fit its digest"],
  ])("%s: kept aside, the last valid backup is taken", async (_, damage, message) => {
    expect((await setProperty("node1", "older")).status).toBe(0);
    expect((await setProperty("node1", "newer")).status).toBe(0);
    let damaged = "";
    const log = await restart("node1", () => {
      damage();
      damaged = readFileSync(cibFile("node1"), "utf8");
    });
    expect(log).toContain(message);
    expect(log).toMatch(/Keeping the unusable CIB as cib\.auto\.\w+\.xml/);
    expect(log).toMatch(/Loaded CIB from last valid backup cib-\d+\.raw/);
    expect(await propertyAt("node1")).toBe("older");
    expect(archived("node1")).toContain(damaged);
    await untilIntact("node1");
  });

  test("no signature: taken, with a warning", async () => {
    expect((await setProperty("node1", "unsigned")).status).toBe(0);
    const log = await restart("node1", () => rmSync(`${cibFile("node1")}.sig`));
    expect(log).toMatch(/warning: .*cib\.xml\.sig/);
    expect(await propertyAt("node1")).toBe("unsigned");
    await untilIntact("node1");
  });

  test("the file and all backups: starts with an empty configuration and says so; nothing is deleted", async () => {
    const names: string[] = [];
    const log = await restart("node1", () => {
      for (const name of readdirSync(cibDirectory("node1"))) {
        if (!/^cib(-\d+\.raw|\.xml)$/.test(name)) continue;
        names.push(name);
        writeFileSync(join(cibDirectory("node1"), name), "lost");
      }
    });
    expect(log).toContain("Continuing with an empty configuration");
    expect(await propertyAt("node1")).toBeNull();
    expect(archived("node1")).toContain("lost");
    expect((await setProperty("node1", "again")).status).toBe(0);
  });

  test("socket left by a dead daemon: the next one starts", async () => {
    const { socket } = cluster.node("node1");
    await cluster.do({ do: "kill", node: "node1" });
    await cluster.until("the daemon to die", 10_000, async () => {
      return !cluster.playground.machines.get("node1")!.isDaemonRunning;
    });
    expect(existsSync(socket)).toBe(true);
    const tool = await run("crm_mon", ["-1"], { env: { QUORATE_ROOT: cluster.node("node1").root } });
    expect(tool.status).toBe(102);
    expect(tool.stderr).toContain(`no quorated is running at ${socket}`);
    await cluster.do({ do: "start", node: "node1" });
    await untilJoined("node1");
    expect(await propertyAt("node1")).toBe("again");
  });
});

const whyNoMount = reasonAgainstMounts();
const isRoot = process.getuid?.() === 0;

describe("three nodes, the disk of one fails", () => {
  beforeAll(async () => {
    cluster = await TestCluster.start(configuration);
  }, 60_000);

  afterAll(async () => {
    spawnSync("umount", ["--lazy", cibDirectory("node3")]);
    await cluster?.stop();
  });

  test("damaged configuration on one node: kept aside, the cluster's copy is taken", async () => {
    expect((await setProperty("node1", "cluster")).status).toBe(0);
    let forged = "";
    const log = await restart("node3", () => {
      forged = readFileSync(cibFile("node3"), "utf8")
        .replace(/ epoch="\d+"/, ' epoch="9999"')
        .replace('value="cluster"', 'value="forged"');
      writeFileSync(cibFile("node3"), forged);
    });
    expect(log).toContain("does not fit its digest");
    expect(archived("node3")).toContain(forged);
    for (const node of ["node1", "node2", "node3"]) expect(await propertyAt(node)).toBe("cluster");
    await untilIntact("node3");
  });

  /** Restarts node3 with its CIB on a disk of its own. */
  function mountDisk(): Promise<string> {
    const directory = cibDirectory("node3");
    return restart("node3", () => {
      const aside = mkdtempSync(join(tmpdir(), "q-cib-"));
      cpSync(directory, aside, { recursive: true });
      mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", directory);
      cpSync(aside, directory, { recursive: true });
      rmSync(aside, { recursive: true });
    });
  }

  async function expectNotDurable(value: string, code: string): Promise<void> {
    const before = readFileSync(cibFile("node3"), "utf8");
    const change = await setProperty("node1", value);
    expect(change.status).not.toBe(0);
    expect(change.stderr).toContain("node3");
    expect(change.stderr).toContain(code);
    expectPlainWords(change.stderr);
    expect(readFileSync(cibFile("node3"), "utf8")).toBe(before);
    expectIntact("node3");
    await untilIntact("node1");
    const { diskProblem } = await cluster.ask("node3", "node.status", {});
    expect(diskProblem).toContain(code);
    expect(logOf("node3")).toContain(code);
  }

  async function expectDurable(value: string): Promise<void> {
    const change = await setProperty("node1", value);
    expect(change).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(cibFile("node3"), "utf8")).toContain(`value="${value}"`);
    await untilIntact("node3");
  }

  test(`full disk${whyNoMount}: the change is not acknowledged, the daemon stays; mended without a restart`, async ({
    skip,
  }) => {
    skip(whyNoMount !== "");
    await mountDisk();
    await expectDurable("fits");
    const ballast = join(cibDirectory("node3"), "ballast");
    fill(ballast);
    await expectNotDurable("does-not-fit", "ENOSPC");
    // Once the disk failed, nothing is written, so that what is there stays whole.
    rmSync(ballast);
    await expectNotDurable("still-not", "ENOSPC");
    process.kill(Number(/pid (\d+)\n(?![\s\S]*pid \d+\n)/.exec(logOf("node3"))![1]), "SIGPIPE");
    await cluster.until("node3 to write again", 20_000, async () => {
      return (await cluster.ask("node3", "node.status", {})).diskProblem === null;
    });
    await expectDurable("fits-again");
  });

  test(`read-only disk${whyNoMount}: the same; mended by a restart`, async ({ skip }) => {
    skip(whyNoMount !== "");
    await expectDurable("writable");
    mount("-o", "remount,ro", cibDirectory("node3"));
    await expectNotDurable("read-only", "EROFS");
    await restart("node3", () => {});
    await cluster.until("node3 to find its disk read-only again", 20_000, async () => {
      return (await cluster.ask("node3", "node.status", {})).diskProblem?.includes("EROFS") === true;
    });
    expect(await propertyAt("node3")).toBe("read-only");
    await restart("node3", () => mount("-o", "remount,rw", cibDirectory("node3")));
    await expectDurable("writable-again");
  });

  const whyNoPermissions = isRoot ? " (skipped: root may write everywhere)" : "";

  test(`directory without write permission${whyNoPermissions}: the same`, async ({ skip }) => {
    skip(isRoot);
    chmodSync(cibDirectory("node3"), 0o500);
    await expectNotDurable("no-permission", "EACCES");
    chmodSync(cibDirectory("node3"), 0o700);
    await restart("node3", () => {});
    await expectDurable("permission");
  });
});

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync("mount", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`mount ${args.join(" ")}: ${stderr}`);
}

/** Empty when file systems can be mounted here; else why not, for the name of the test. */
function reasonAgainstMounts(): string {
  if (process.getuid?.() !== 0) return " (skipped: only root can mount a small disk)";
  const directory = mkdtempSync(join(tmpdir(), "q-mount-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory]);
  if (status === 0) spawnSync("umount", [directory]);
  rmdirSync(directory);
  return status === 0 ? "" : " (skipped: mounts are not permitted here)";
}

function fill(path: string): void {
  spawnSync("dd", ["if=/dev/zero", `of=${path}`, "bs=4k"]);
}
