import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "./programs.ts";
import { TestCluster } from "./test-cluster.ts";

const CLUSTER_MON = "/usr/lib/ocf/resource.d/pacemaker/ClusterMon";

let cluster: TestCluster;
let env: Record<string, string>;
const fileOf = (name: string) => join(cluster.playground.layout.directory, name);
const textOf = (name: string) => (existsSync(fileOf(name)) ? readFileSync(fileOf(name), "utf8") : "");
const isRunning = (pid: number) => existsSync(`/proc/${pid}`);

beforeAll(async () => {
  cluster = await TestCluster.start(
    () => `<configuration>
      <crm_config><cluster_property_set id="options"><nvpair id="opt-stonith" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
      <resources><primitive id="lease" class="ocf" provider="quorate" type="Dummy"/></resources>
    </configuration>`,
    ["node1"],
  );
  env = { QUORATE_ROOT: cluster.node("node1").root };
}, 120_000);

afterAll(async () => {
  await cluster?.stop();
});

describe("crm_mon in the background", { timeout: 90_000 }, () => {
  test("keeps a page up to date, tells a program what ends, and leaves nothing behind when it is ended", async () => {
    writeFileSync(
      fileOf("tell"),
      `#!/bin/sh\necho "$CRM_notify_recipient $CRM_notify_node $CRM_notify_rsc $CRM_notify_task $CRM_notify_rc" >> ${fileOf("told")}\n`,
    );
    chmodSync(fileOf("tell"), 0o755);
    const argv = ["-d", "-p", fileOf("mon.pid"), "--output-as=text", `--output-to=${fileOf("page")}`, "-r"];
    const started = await run("crm_mon", [...argv, "-E", fileOf("tell"), "-e", "me", "-W"], { env });
    expect(started).toEqual({ status: 0, stdout: "", stderr: "" });
    const pid = Number(textOf("mon.pid"));
    expect(isRunning(pid)).toBe(true);
    expect(textOf("page")).toMatch(/lease\s.*Started node1/);

    const stop = ["--resource=lease", "--meta", "--set-parameter=target-role", "--parameter-value=Stopped"];
    await expect(run("crm_resource", stop, { env })).resolves.toMatchObject({ status: 0 });
    await cluster.until("the page to show it stopped", 20_000, async () =>
      /lease\s.*Stopped/.test(textOf("page")),
    );
    await cluster.until(
      "the program to be told",
      20_000,
      async () => textOf("told") === "me node1 lease stop 0\n",
    );

    process.kill(pid, "SIGTERM");
    await cluster.until("the process to be gone", 20_000, async () => !isRunning(pid));
    expect(existsSync(fileOf("mon.pid"))).toBe(false);
  });

  test.skipIf(!existsSync(CLUSTER_MON))(
    "ocf:pacemaker:ClusterMon, unchanged: it runs, a killed one is found and started anew, it stops",
    async () => {
      const resource = `<resources><primitive id="page" class="ocf" provider="pacemaker" type="ClusterMon">
        <instance_attributes id="page-params">
          <nvpair id="page-pid" name="pidfile" value="${fileOf("agent.pid")}"/>
          <nvpair id="page-file" name="htmlfile" value="${fileOf("agent.html")}"/>
          <nvpair id="page-update" name="update" value="5"/>
        </instance_attributes>
        <operations><op id="page-monitor" name="monitor" interval="1s" timeout="20s"/></operations>
      </primitive></resources>`;
      await cluster.change("node1", "cib_modify", "resources", resource, ["can-create"]);
      const isShown = async () => /ClusterMon.*Started/s.test(textOf("agent.html"));
      await cluster.until("the page to show its own resource", 30_000, isShown);
      const first = Number(textOf("agent.pid"));
      process.kill(first, "SIGKILL");
      await cluster.until("another process", 30_000, async () => {
        const pid = Number(textOf("agent.pid"));
        return pid !== 0 && pid !== first && isRunning(pid);
      });
      const second = Number(textOf("agent.pid"));
      await cluster.change("node1", "cib_delete", "resources", '<primitive id="page"/>', []);
      await cluster.until("the process to be gone", 30_000, async () => !isRunning(second));
    },
  );
});
