import type { Lab } from "@quorate/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createTestLab, whySkipped } from "./test-lab.ts";

const PASSWORD = "s3cret of the lab";
/** Commands wait for PAM, for Corosync and for resources, on two busy cores. */
const COMMAND_MS_MAX = 120_000;
const FILE = "/var/lib/pcsd/disaster-recovery";

describe.skipIf(whySkipped !== "")(`pcs dr: a cluster of two hosts and one of one host${whySkipped}`, () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await createTestLab({ stack: "quorate", isClusterSetUp: false });
    for (const host of lab.hosts) await host.must(["chpasswd"], { input: `hacluster:${PASSWORD}\n` });
    await authenticate("node1", "node1", "node2", "node3");
    await authenticate("node3", "node3");
    await must("node1", "cluster", "setup", "main", "node1", "node2", "--start", "--wait=90");
    await must("node3", "cluster", "setup", "spare", "node3", "--start", "--wait=90");
  }, COMMAND_MS_MAX * 3);

  afterAll(() => lab?.destroy());

  async function pcs(via: string, ...words: string[]) {
    const { status, stdout, stderr } = await lab
      .host(via)
      .run(["pcs", ...words], { timeoutMs: COMMAND_MS_MAX });
    return { status, stdout, stderr };
  }

  async function must(via: string, ...words: string[]): Promise<string> {
    const { status, stdout, stderr } = await pcs(via, ...words);
    if (status !== 0) throw new Error(`pcs ${words.join(" ")} on ${via} ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** A host that has just booted may not listen yet. */
  function authenticate(via: string, ...names: string[]): Promise<string> {
    return vi.waitFor(() => must(via, "host", "auth", ...names, "-u", "hacluster", "-p", PASSWORD), {
      timeout: COMMAND_MS_MAX,
      interval: 1000,
    });
  }

  const titles = (text: string) => text.match(/^(?:---|Cluster name:).*$/gm);

  test("the sites are paired, and each node tells what it is", { timeout: COMMAND_MS_MAX }, async () => {
    expect((await pcs("node1", "dr", "set-recovery-site", "node2")).stderr).toContain(
      "already a member of local cluster",
    );
    await must("node1", "dr", "set-recovery-site", "node3");
    expect(await must("node2", "dr", "config")).toBe(
      "Local site:\n  Role: Primary\nRemote site:\n  Role: Recovery\n  Nodes:\n    node3\n",
    );
    expect(await must("node3", "dr", "config")).toBe(
      "Local site:\n  Role: Recovery\nRemote site:\n  Role: Primary\n  Nodes:\n    node1\n    node2\n",
    );
  });

  test("the status is that of both clusters, also where one node is down", {
    timeout: COMMAND_MS_MAX,
  }, async () => {
    const both = [
      "--- Local cluster - Primary site ---",
      "Cluster name: main",
      "--- Remote cluster - Recovery site ---",
      "Cluster name: spare",
    ];
    const text = await must("node1", "dr", "status", "--full");
    expect(titles(text)).toEqual(both);
    expect(text).toContain("* Node node2 (2): online");
    await must("node1", "cluster", "stop");
    const { status, stdout, stderr } = await pcs("node1", "dr", "status");
    expect([status, titles(stdout)]).toEqual([0, both]);
    expect(stderr).toContain("Warning: node1: the cluster does not tell its status");
    // It was never let in by the other site.
    const remote = await pcs("node3", "dr", "status");
    expect(remote).toMatchObject({ status: 1, stdout: expect.stringContaining("Cluster name: spare") });
    expect(remote.stderr).toContain("pcs host auth node1 node2");
  });

  test("the pair is dissolved on both sites", { timeout: COMMAND_MS_MAX }, async () => {
    await must("node2", "dr", "destroy");
    for (const host of lab.hosts) {
      expect((await host.run(["ls", FILE])).status).not.toBe(0);
      expect((await pcs(host.name, "dr", "config")).stderr).toContain("Disaster-recovery is not configured");
    }
  });
});
