import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Host, Lab } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestLab, whySkipped } from "./test-lab.ts";

let lab: Lab;
let host: Host;

describe.skipIf(whySkipped !== "")(`quorated on a Corosync in trouble${whySkipped}`, () => {
  beforeAll(async () => {
    lab = await createTestLab({
      hosts: ["n1", "n2"],
      stack: "quorate",
      quoratedSettings: { timing: "playground" },
    });
    host = lab.hosts[0]!;
    await untilLog(host, /S_IDLE|S_NOT_DC/);
  });
  afterAll(() => lab?.destroy());

  test("a polite request to stop Corosync is refused while the node is in the cluster", async () => {
    const asked = await host.run(["corosync-cfgtool", "-H"]);
    expect(asked.stderr).toContain("Could not shutdown (error = 10)");
    await untilLog(host, /warning: refused to let Corosync stop while this node is in the cluster/);
    expect((await host.service("corosync", "status")).status).toBe(0);
  });

  test("a Corosync that stands still: it is said, the daemon can be ended, and comes back", async () => {
    const corosync = await pidOf(host, "corosync");
    await host.must(["kill", "-STOP", corosync]);
    await untilLog(host, /error: Corosync has delivered no message of this node for \d+ s/);
    const daemon = await servicePid(host);
    await host.must(["kill", "-TERM", daemon]);
    await untilLog(host, /Initiating controller shutdown sequence/);
    await host.must(["kill", "-TERM", daemon]);
    await until(async () => (await host.run(["kill", "-0", daemon])).status !== 0, "the daemon ends");
    await host.must(["kill", "-CONT", corosync]);
    await untilLog(host, /starting, version.*starting, version.*(S_NOT_DC|S_IDLE)/s);
  });

  test("a killed Corosync: exit status 102, and the daemon waits for the next one", async () => {
    await host.service("corosync", "kill");
    await untilLog(host, /critical: ending: the cluster layer is lost/);
    await until(async () => /quorated ended with status 102/.test(services(host)), "its status is 102");
    await host.service("corosync", "start");
    await untilLog(host, /the cluster layer is lost.*S_PENDING.*(S_NOT_DC|S_IDLE)/s);
  });

  test("a request that does not ask stops Corosync, and the daemon with it", async () => {
    await host.must(["corosync-cfgtool", "-H", "--force"]);
    await untilLog(host, /(the cluster layer is lost.*){2}/s);
  });
});

function services(of: Host): string {
  return readLog(of, "services.log");
}

function readLog(of: Host, name: string): string {
  try {
    return readFileSync(join(of.logDirectory, name), "utf8");
  } catch {
    return "";
  }
}

async function untilLog(of: Host, expected: RegExp): Promise<void> {
  await until(
    async () => expected.test(readLog(of, "quorated.log")),
    `the log of ${of.name} has ${expected}`,
  );
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`within a minute it did not come true: ${what}`);
    await pause(200);
  }
}

async function pidOf(of: Host, program: string): Promise<string> {
  return (await of.must(["pidof", program])).trim();
}

async function servicePid(of: Host): Promise<string> {
  return (await of.must(["cat", "/run/lab/services/quorated/pid"])).trim();
}
