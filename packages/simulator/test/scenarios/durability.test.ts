import type { CibAnswer } from "@quorate/controller";
import { parseXml, serializeXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { dummy, SimulatedCluster } from "../../src/index.ts";

const option = (name: string) =>
  `<crm_config><cluster_property_set id="cib-bootstrap-options"><nvpair id="o-${name}" name="${name}" value="1"/></cluster_property_set></crm_config>`;

function hasOption(cluster: SimulatedCluster, nodeId: number, name: string): boolean {
  return [...cluster.controller(nodeId).cib.document.descendants("nvpair")].some(
    (pair) => pair.get("name") === name,
  );
}

describe("replicas: 3 nodes", () => {
  test("one that differs is found and replaced by the DC's", () => {
    const cluster = SimulatedCluster.ready(3, {});
    const wrong = cluster.follower();
    cluster.controller(wrong).cib.document.first("status")!.elements()[0]!.set("in_ccm", "tampered");
    expect(cluster.digests()).toHaveLength(2);
    cluster.request(wrong, "cib_modify", { section: "crm_config", data: option("x-0") });
    cluster.clock.advance(3_000);
    expect(cluster.watch.violations.splice(0)).toEqual([expect.stringContaining("different copies")]);
    expect(cluster.digests()).toHaveLength(1);
    expect(cluster.isSettled()).toBe(true);
    expect(cluster.log.lines().some((line) => line.includes("Local CIB differs"))).toBe(true);
  });

  test("a replacement of the whole CIB by an old file does not make the cluster believe its status", () => {
    const cluster = SimulatedCluster.ready(3, { options: { "stonith-enabled": "false" } });
    const old = serializeXml(cluster.controller(1).cib.document);
    cluster.request(1, "cib_modify", { section: "resources", data: `<resources>${dummy("d1")}</resources>` });
    cluster.settle();
    const [active] = cluster.activeOn("d1");
    const starts = cluster.node(active!).services.history.length;
    const parsed = parseXml(old);
    if (!parsed.ok) throw new Error("no XML");
    parsed.root.set("epoch", "99");
    const resources = parsed.root.first("configuration")!.first("resources")!;
    const made = parseXml(dummy("d1"));
    if (made.ok) resources.append(made.root);
    expect(cluster.request(2, "cib_replace", { data: serializeXml(parsed.root) })).toMatchObject({
      code: "ok",
    });
    cluster.settle();
    cluster.run(2_000);
    expect(cluster.activeOn("d1")).toEqual([active]);
    expect(cluster.node(active!).services.history.slice(starts)).not.toContain("d1_start_0");
    expect(cluster.digests()).toHaveLength(1);
  });
});

describe("durability: 3 nodes", () => {
  test("an acknowledged change is on every disk: all nodes may lose power at that moment", () => {
    const cluster = SimulatedCluster.ready(3, {});
    let answer: CibAnswer | null = null;
    cluster.ask(2, "cib_modify", { section: "crm_config", data: option("x-1") }, (given) => {
      answer = given;
    });
    while (answer === null) cluster.run(0.5);
    expect(answer).toMatchObject({ kind: "done", code: "ok" });
    for (const node of cluster.nodes) cluster.crash(node.nodeId);
    for (const survivor of [1, 2, 3]) {
      const files = cluster.node(survivor).disk.files;
      expect(new TextDecoder().decode(files.get("cib.xml")!.content)).toContain("x-1");
    }
    cluster.start();
    cluster.settle();
    expect(hasOption(cluster, 1, "x-1")).toBe(true);
  });

  test("a full disk on one node is reported to the client and heals when told to", () => {
    const cluster = SimulatedCluster.ready(3, {});
    cluster.node(3).disk.writeError = "ENOSPC";
    const answer = cluster.request(1, "cib_modify", { section: "crm_config", data: option("x-2") });
    expect(answer).toMatchObject({ kind: "notDurable", failures: [{ node: "n3", code: "ENOSPC" }] });
    expect(cluster.controller(3).status().diskProblem).toContain("ENOSPC");
    cluster.node(3).disk.writeError = null;
    // Still refused: a disk that failed once is not trusted before somebody looked at it.
    expect(cluster.request(1, "cib_modify", { section: "crm_config", data: option("x-3") })).toMatchObject({
      kind: "notDurable",
    });
    cluster.controller(3).enableDiskWrites();
    cluster.run(200);
    expect(cluster.request(1, "cib_modify", { section: "crm_config", data: option("x-4") })).toMatchObject({
      kind: "done",
      code: "ok",
    });
    expect(new TextDecoder().decode(cluster.node(3).disk.files.get("cib.xml")!.content)).toContain("x-3");
  });

  test("a member that dies before its disk reported does not hold up the answer", () => {
    const cluster = SimulatedCluster.ready(3, {});
    cluster.node(3).disk.latencyMs = 10_000;
    let answer: CibAnswer | null = null;
    cluster.ask(1, "cib_modify", { section: "crm_config", data: option("x-5") }, (given) => {
      answer = given;
    });
    cluster.run(500);
    expect(answer).toBeNull();
    cluster.crash(3);
    cluster.run(2_000);
    expect(answer).toMatchObject({ kind: "done", code: "ok" });
  });

  test("a change is not acknowledged when quorum is lost before the disks of most nodes have it", () => {
    const cluster = SimulatedCluster.ready(3, {});
    cluster.crash(2);
    cluster.settle();
    cluster.node(3).disk.latencyMs = 10_000;
    let answer: CibAnswer | null = null;
    cluster.ask(1, "cib_modify", { section: "crm_config", data: option("x-8") }, (given) => {
      answer = given;
    });
    cluster.run(500);
    expect(answer).toBeNull();
    cluster.crash(3);
    cluster.run(2_000);
    expect(answer).toMatchObject({
      kind: "outcomeUnknown",
      reason: expect.stringContaining("quorum was lost"),
    });
  });

  test("without quorum a change is acknowledged when the disks of those who are there have it", () => {
    const cluster = SimulatedCluster.ready(3, {});
    cluster.crash(2);
    cluster.crash(3);
    cluster.settle();
    expect(cluster.request(1, "cib_modify", { section: "crm_config", data: option("x-9") })).toMatchObject({
      kind: "done",
      code: "ok",
    });
  });

  test("a node whose file was damaged starts from its last backup and takes the cluster's copy", () => {
    const cluster = SimulatedCluster.ready(3, {});
    cluster.request(1, "cib_modify", { section: "crm_config", data: option("x-6") });
    cluster.crash(2);
    const { files } = cluster.node(2).disk;
    const old = files.get("cib.xml")!;
    files.set("cib.xml", { ...old, content: old.content.slice(0, 200) });
    cluster.run(3_000);
    cluster.start(2);
    cluster.settle();
    expect(hasOption(cluster, 2, "x-6")).toBe(true);
    expect([...files.keys()].some((name) => name.startsWith("cib.auto."))).toBe(true);
  });

  test("a node that was away during changes takes the cluster's copy", () => {
    const cluster = SimulatedCluster.ready(3, {});
    const away = cluster.follower();
    cluster.controller(away).shutdown();
    cluster.until("exited", () => cluster.running().length === 2);
    const present = cluster.running()[0]!.nodeId;
    cluster.request(present, "cib_modify", { section: "crm_config", data: option("x-7") });
    cluster.start(away);
    cluster.settle();
    expect(hasOption(cluster, away, "x-7")).toBe(true);
    expect(cluster.digests()).toHaveLength(1);
  });

  test("a change that is too large for the cluster layer is refused, and nobody is lost by it", () => {
    const cluster = SimulatedCluster.ready(3, { options: { "stonith-enabled": "false" } });
    const data = `<cluster_property_set id="large" note="${"x".repeat(33 * 1024 * 1024)}"/>`;
    expect(cluster.request(1, "cib_modify", { section: "crm_config", data })).toMatchObject({
      kind: "done",
      code: "tooLarge",
      reason: expect.stringContaining("at most 32 MiB can be sent"),
    });
    cluster.settle();
    expect(cluster.running()).toHaveLength(3);
  });

  test("a refused change changes nothing and says why", () => {
    const cluster = SimulatedCluster.ready(3, {});
    const before = cluster.digests();
    expect(
      cluster.request(1, "cib_create", {
        section: "nodes",
        data: '<node id="1" uname="n1"/>',
      }),
    ).toMatchObject({ kind: "done", code: "exists" });
    cluster.run(100);
    expect(cluster.digests()).toEqual(before);
  });

  test("status changes are answered without any disk", () => {
    const cluster = SimulatedCluster.ready(3, {});
    for (const node of cluster.nodes) node.disk.latencyMs = 60_000;
    const answer = cluster.request(
      1,
      "cib_modify",
      {
        section: "status",
        data: '<status><tickets><ticket_state id="t" granted="true"/></tickets></status>',
      },
      200,
    );
    expect(answer).toMatchObject({ kind: "done", code: "ok" });
  });
});
