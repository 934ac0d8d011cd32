import type { AlertRun } from "@quorate/ports";
import { describe, expect, test } from "vitest";
import { attributeUpdate, dummy, fenceDevice, type Machine, SimulatedCluster } from "../../src/index.ts";

const pair = (id: string, name: string, value: string) =>
  `<nvpair id="${id}" name="${name}" value="${value}"/>`;

function ready(alert: string): SimulatedCluster {
  const cluster = SimulatedCluster.ready(
    3,
    { resources: [fenceDevice(), dummy("d1")], more: [["alerts", `<alerts>${alert}</alerts>`]] },
    { rebootMs: 500 },
  );
  for (const node of cluster.nodes) node.alerts.length = 0;
  return cluster;
}

/** The variables of the alerts of one kind on a node, without those that tell the time. */
function told({ alerts }: Machine, kind: string): Record<string, string>[] {
  return alerts
    .filter(({ environment }) => environment.get("CRM_alert_kind") === kind)
    .map(({ environment }) =>
      Object.fromEntries([...environment].filter(([name]) => !name.startsWith("CRM_alert_timestamp"))),
    );
}

describe("alerts: 3 nodes", () => {
  test("a failed resource is told on its node, a lost node and its fencing on every other", () => {
    const cluster = ready('<alert id="a" path="/bin/a"><recipient id="a-1" value="admin"/></alert>');
    const [nodeId] = cluster.activeOn("d1");
    const machine = cluster.node(nodeId!);
    machine.services.breakResource("d1");
    cluster.run(15_000);
    cluster.settle();
    expect(
      told(machine, "resource").map(({ CRM_alert_task, CRM_alert_rc }) => [CRM_alert_task, CRM_alert_rc]),
    ).toEqual([
      ["monitor", "7"],
      ["stop", "0"],
      ["start", "0"],
      ["monitor", "0"],
    ]);
    expect(told(machine, "resource")[0]).toMatchObject({
      CRM_alert_recipient: "admin",
      CRM_alert_node: machine.name,
      CRM_alert_rsc: "d1",
      CRM_alert_interval: "10000",
      CRM_alert_desc: "not running",
      CRM_alert_target_rc: "0",
      CRM_alert_status: "0",
      CRM_alert_version: "test",
    });
    const others = cluster.nodes.filter((node) => node !== machine);
    expect(others.flatMap((node) => told(node, "resource"))).toEqual([]);
    cluster.crash(nodeId!);
    cluster.run(3_000);
    cluster.settle();
    for (const node of others) {
      expect(told(node, "node").map(({ CRM_alert_desc }) => CRM_alert_desc)).toEqual(["lost", "member"]);
      expect(told(node, "node")[0]).toMatchObject({
        CRM_alert_node: machine.name,
        CRM_alert_nodeid: String(nodeId),
      });
      expect(told(node, "fencing")).toMatchObject([
        {
          CRM_alert_node: machine.name,
          CRM_alert_task: "reboot",
          CRM_alert_rc: "0",
          CRM_alert_desc: expect.stringMatching(
            new RegExp(
              `^Operation reboot of ${machine.name} by n. for pacemaker-controld\\.\\d+@n.: OK \\(ref=`,
            ),
          ),
        },
      ]);
    }
    expect(cluster.nodes.flatMap((node) => told(node, "attribute"))).toEqual([]);
  });

  test("only what is selected is told, once, by the node that writes", () => {
    const cluster = ready(
      '<alert id="a" path="/bin/a"><select><select_attributes><attribute id="s" name="mood"/></select_attributes></select>' +
        `<meta_attributes id="m">${pair("t", "timeout", "5s")}${pair("f", "timestamp-format", "%Y %s")}</meta_attributes>` +
        `<instance_attributes id="i">${pair("x", "smtp", "mail")}${pair("y", "to", "all")}</instance_attributes>` +
        `<recipient id="r" value="x"><instance_attributes id="ri">${pair("z", "to", "me")}</instance_attributes></recipient>` +
        `<recipient id="q" value="y"><meta_attributes id="qm">${pair("e", "enabled", "false")}</meta_attributes></recipient></alert>`,
    );
    const update = (name: string) =>
      cluster.controller(2).attributes.update(attributeUpdate(name, "7"), () => {});
    update("mood");
    update("other");
    cluster.run(500);
    const alerts: AlertRun[] = cluster.nodes.flatMap((node) => node.alerts);
    expect(alerts).toHaveLength(1);
    expect(cluster.node(cluster.leader()).alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ alertId: "a", path: "/bin/a", timeoutMs: 5_000 });
    const environment = Object.fromEntries(alerts[0]!.environment);
    expect(environment).toMatchObject({
      smtp: "mail",
      to: "me",
      CRM_alert_kind: "attribute",
      CRM_alert_recipient: "x",
      CRM_alert_node: "n2",
      CRM_alert_nodeid: "2",
      CRM_alert_attribute_name: "mood",
      CRM_alert_attribute_value: "7",
    });
    expect(environment.CRM_alert_timestamp).toBe(
      `${new Date(Number(environment.CRM_alert_timestamp_epoch) * 1000).getFullYear()} ${environment.CRM_alert_timestamp_epoch}`,
    );
    expect(environment.CRM_alert_timestamp_usec).toMatch(/^\d{6}$/);
  });
});
