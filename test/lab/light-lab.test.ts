import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BMC_PASSWORD, BMC_USER, type Host, type Lab, Lab as Labs, whyNoBmc } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { comesToReach, createTestLab, reaches, whySkipped } from "./test-lab.ts";

describe.skipIf(whySkipped !== "")(`light lab: three hosts, nothing on them${whySkipped}`, () => {
  let lab: Lab;
  let [node1, node2, node3]: Host[] = [];

  beforeAll(async () => {
    lab = await createTestLab({ linkCount: 2 });
    [node1, node2, node3] = lab.hosts as [Host, Host, Host];
  });

  afterAll(() => lab?.destroy());

  test("a host has its name, its address, its own processes, memory segments, logs and files", async () => {
    expect(await node1!.must(["hostname"])).toBe("node1\n");
    expect(await node1!.must(["ip", "-br", "address", "show", "eth1"])).toContain("10.77.1.1/24");
    await node1!.must([
      "bash",
      "-c",
      "for place in /etc /var/lib /run /tmp /dev/shm; do echo 1 >$place/mark; done",
    ]);
    for (const place of ["/etc", "/var/lib", "/run", "/tmp", "/dev/shm"]) {
      expect((await node2!.run(["test", "-e", `${place}/mark`])).status).toBe(1);
      expect(existsSync(`${place}/mark`)).toBe(false);
    }
    const processes = (await node1!.must(["ps", "-e", "-o", "pid="])).trim().split("\n");
    expect(processes.length).toBeLessThan(6);
  });

  test("orphans are collected, what is written to the system log is kept", async () => {
    await node1!.must(["bash", "-c", "(sleep 0.1 & sleep 0.1 &) ; logger -t mark hello"]);
    await sleep(500);
    expect(await node1!.must(["ps", "-e", "-o", "stat="])).not.toContain("Z");
    expect(readFileSync(join(node1!.logDirectory, "messages"), "utf8")).toContain("mark: hello");
  });

  test("partition: parts do not reach one another on any link, and the machine room reaches all", async () => {
    await lab.partition([["node1"], ["node2", "node3"]]);
    expect(await reaches(node1!, node2!.address())).toBe(false);
    expect(await reaches(node3!, node1!.address(1))).toBe(false);
    expect(await comesToReach(node2!, node3!.address())).toBe(true);
    expect((await lab.room.run("ping", ["-c", "1", "-W", "1", node1!.address()])).status).toBe(0);
    await lab.heal();
    expect(await comesToReach(node1!, node2!.address())).toBe(true);
  });

  test("one cable of two is cut", async () => {
    await lab.cutLink("node1", "node2", 0);
    expect(await reaches(node1!, node2!.address(0))).toBe(false);
    expect(await comesToReach(node1!, node2!.address(1))).toBe(true);
    expect(await comesToReach(node1!, node3!.address(0))).toBe(true);
    await lab.heal();
  });

  test("freeze and thaw: nothing runs, nothing answers, and it goes on where it was", async () => {
    await node2!.must([
      "bash",
      "-c",
      "(while :; do date +%s%N >/run/beat; sleep 0.05; done) >/dev/null 2>&1 &",
    ]);
    const beat = () => readFileSync(node2!.path("/run/beat"), "utf8");
    while (!existsSync(node2!.path("/run/beat"))) await sleep(10);
    await node2!.freeze();
    expect(node2!.state).toBe("frozen");
    const before = beat();
    await sleep(400);
    expect(beat()).toBe(before);
    expect(await reaches(node1!, node2!.address())).toBe(false);
    await node2!.thaw();
    // It may have been frozen with its file just emptied, and be read in the same moment again.
    await expect.poll(beat, { timeout: 10_000 }).not.toBe(before);
    expect(await comesToReach(node1!, node2!.address())).toBe(true);
  });

  test("power cut: processes, memory and addresses are gone, the disk stays", async () => {
    await node3!.must([
      "bash",
      "-c",
      "echo kept >/var/lib/kept; echo lost >/run/lost; ip address add 10.77.0.77/24 dev eth0",
    ]);
    const sleeper = node3!.run(["sleep", "1000"]);
    await node3!.powerOff();
    expect((await sleeper).status).not.toBe(0);
    expect(node3!.state).toBe("off");
    expect(await reaches(node1!, "10.77.0.77")).toBe(false);
    await node3!.powerOn();
    expect(await node3!.must(["cat", "/var/lib/kept"])).toBe("kept\n");
    expect((await node3!.run(["cat", "/run/lost"])).status).toBe(1);
    expect(await reaches(node1!, "10.77.0.77")).toBe(false);
  });

  test("crash: gone at once, power stays on; a reboot from inside boots again", async () => {
    await node3!.crash();
    expect(node3!.state).toBe("down");
    await node3!.powerCycle();
    const init = node3!.initPid;
    await node3!.run(["reboot", "--force"]);
    for (let tries = 0; node3!.initPid === init || node3!.initPid === null; tries++) {
      if (tries > 300) throw new Error(`node3 does not come back: ${node3!.console()}`);
      await sleep(50);
    }
  });

  test("full disk", async () => {
    await node3!.fillDisk();
    const { status, stderr } = await node3!.run(["bash", "-c", "echo text >/var/lib/file"]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("No space left") });
    await node3!.freeDisk();
    await node3!.must(["bash", "-c", "echo text >/var/lib/file"]);
  });

  test("slow disk: what is written waits, and arrives", async () => {
    const write = async (): Promise<number> => {
      const startMs = performance.now();
      await node3!.must([
        "bash",
        "-c",
        // More than a fast disk takes between two waits.
        "for i in {1..40}; do echo $i >/var/lib/slow.$i; sync /var/lib/slow.$i; done",
      ]);
      return performance.now() - startMs;
    };
    await node3!.slowDisk(400);
    expect(await write()).toBeGreaterThan(500);
    expect(await node3!.must(["cat", "/var/lib/slow.40"])).toBe("40\n");
    await node3!.speedUpDisk();
    await write();
    expect(await node3!.must(["cat", "/var/lib/slow.40"])).toBe("40\n");
  });

  test.each([
    { what: "hangs", harm: (host: Host) => host.hangDisk() },
    { what: "is slow", harm: (host: Host) => host.slowDisk(2000) },
  ])("a disk that $what does not outlive the power of its host", async ({ harm }) => {
    await harm(node3!);
    await sleep(200);
    const writer = node3!.run(["bash", "-c", "while :; do date >/var/lib/written; sleep 0.01; done"]);
    await sleep(300);
    await node3!.powerOff();
    expect((await writer).status).not.toBe(0);
    await node3!.powerOn();
    await node3!.must(["bash", "-c", "echo again >/var/lib/written; sync /var/lib/written"], {
      timeoutMs: 5000,
    });
  });

  test.skipIf(whyNoBmc !== "")(`the management controller switches the power ${whyNoBmc}`, async () => {
    const ipmi = (retries: number, password: string, ...command: string[]) =>
      node1!.run([
        "ipmitool",
        "-I",
        "lanplus",
        "-C",
        "3",
        "-N",
        "2",
        "-R",
        String(retries),
        "-H",
        node2!.bmc.address,
        "-U",
        BMC_USER,
        "-P",
        password,
        ...command,
      ]);
    expect((await ipmi(8, BMC_PASSWORD, "chassis", "power", "status")).stdout).toContain("is on");
    expect((await ipmi(1, "wrong", "chassis", "power", "off")).status).not.toBe(0);
    expect(node2!.state).toBe("up");
    await node2!.freeze();
    expect((await ipmi(8, BMC_PASSWORD, "chassis", "power", "off")).status).toBe(0);
    expect(node2!.state).toBe("off");
    expect((await ipmi(8, BMC_PASSWORD, "chassis", "power", "on")).status).toBe(0);
    await node2!.untilUp();
    expect(await comesToReach(node1!, node2!.address())).toBe(true);
    await node2!.bmc.unplug();
    expect((await ipmi(1, BMC_PASSWORD, "chassis", "power", "status")).status).not.toBe(0);
    await node2!.bmc.plugIn();
    expect((await ipmi(8, BMC_PASSWORD, "chassis", "power", "status")).status).toBe(0);
  });

  test("a second lab with the same addresses beside it; it leaves nothing behind", async () => {
    const other = await createTestLab({ hosts: ["node1"] });
    const { name } = other.description;
    await other.hosts[0]!.must(["ip", "address", "add", "10.77.0.2/24", "dev", "eth0"]);
    await other.hosts[0]!.hangDisk();
    expect(await comesToReach(node1!, node2!.address())).toBe(true);
    const directory = mkdtempSync(join(tmpdir(), "lab-logs-"));
    other.collectLogs(directory);
    expect(readdirSync(join(directory, "node1"))).toContain("console.log");
    rmSync(directory, { recursive: true });
    await other.destroy();
    expect(() => Labs.attach(name)).toThrow("there is no lab");
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(name);
    expect(await comesToReach(node1!, node2!.address())).toBe(true);
  });
});
