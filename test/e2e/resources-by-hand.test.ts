import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bin, run, startProgram } from "./programs.ts";
import { TestCluster } from "./test-cluster.ts";

/** Long enough to interrupt a restart while the resource stops. */
const STOP_TAKES_S = 2;

let cluster: TestCluster;
let env: Record<string, string>;

beforeAll(async () => {
  cluster = await TestCluster.start(
    () => `<configuration>
      <crm_config><cluster_property_set id="options"><nvpair id="opt-stonith" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
      <resources><primitive id="lease" class="ocf" provider="quorate" type="Dummy">
        <instance_attributes id="lease-params"><nvpair id="lease-slow" name="op_sleep" value="${STOP_TAKES_S}"/></instance_attributes>
      </primitive></resources>
    </configuration>`,
    ["node1"],
  );
  env = { QUORATE_ROOT: cluster.node("node1").root };
}, 120_000);

afterAll(async () => {
  await cluster?.stop();
});

const isHeld = async () => JSON.stringify(await held()) !== "[]";

/** What a restart put into the configuration. */
async function held(): Promise<string[]> {
  const cib = await cluster.cib("node1");
  return [...cib.descendants()].map(({ id }) => id ?? "").filter((id) => id.startsWith("cli-restart"));
}

const runs = async () => (await cluster.activeOn("node1", "lease")).length === 1;

describe("a restart that is interrupted", { timeout: 120_000 }, () => {
  test.each([
    ["SIGTERM", ["crm_resource", "--restart", "--resource", "lease"]],
    ["SIGINT", ["crm", "resource", "restart", "lease"]],
    ["SIGHUP", ["pcs", "resource", "restart", "lease"]],
  ] as const)("%s: %s takes back what it changed, and the resource runs again", async (signal, command) => {
    await cluster.until("the resource to run", 30_000, runs);
    await cluster.untilIdle();
    const [name, ...args] = command;
    const program = startProgram(bin(name), args, { env });
    await cluster.until("the restart to hold it", 20_000, isHeld);
    program.process.kill(signal);
    const { status, stderr } = await program.ended;
    expect(status).not.toBe(0);
    expect(stderr).toContain(`interrupted (${signal})`);
    expect(await held()).toEqual([]);
    await cluster.untilIdle();
    await cluster.until("the resource to run again", 30_000, runs);
  });

  test("one that could not take it back is named by the next", async () => {
    const program = startProgram(bin("crm_resource"), ["--restart", "--resource", "lease"], { env });
    await cluster.until("the restart to hold it", 20_000, isHeld);
    program.process.kill("SIGKILL");
    await program.ended;
    await cluster.until("the resource to be stopped", 30_000, async () => !(await runs()));
    const { status, stderr } = await run("crm_resource", ["--restart", "--resource", "lease"], { env });
    expect(status).not.toBe(0);
    const mend = /cibadmin (--delete --xml-text) '(<[^']+>)'/.exec(stderr);
    expect(mend, stderr).not.toBeNull();
    await expect(run("cibadmin", [...mend![1]!.split(" "), mend![2]!], { env })).resolves.toMatchObject({
      status: 0,
    });
    expect(await held()).toEqual([]);
    await cluster.until("the resource to run again", 30_000, runs);
  });
});

describe("crm configure rsctest", { timeout: 60_000 }, () => {
  test("starts what runs nowhere, looks at it, and stops it again", async () => {
    await cluster.until("the resource to run", 30_000, runs);
    await expect(run("crm", ["configure", "rsctest", "lease"], { env })).resolves.toMatchObject({
      status: 1,
      stderr: expect.stringContaining("lease runs, or nobody can tell"),
    });
    await expect(run("crm", ["--wait", "resource", "stop", "lease"], { env })).resolves.toMatchObject({
      status: 0,
    });
    const { status, stdout, stderr } = await run("crm", ["configure", "rsctest", "lease"], { env });
    expect(status, stderr).toBe(0);
    expect(stdout.match(/^INFO: .*$/gm)).toEqual([
      "INFO: lease: start succeeded",
      "INFO: lease: check succeeded",
      "INFO: lease: stop succeeded",
    ]);
    expect(await runs()).toBe(false);
  });
});
