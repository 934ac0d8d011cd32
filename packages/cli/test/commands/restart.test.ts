import { beforeEach, describe, expect, test } from "vitest";
import { main as crmResource } from "../../src/commands/crm_resource.ts";
import { MemoryCluster } from "../memory-cluster.ts";
import { MemoryWorld } from "../memory-world.ts";

/** One node with `web` running on it; `options` are the properties, `meta` stands in the primitive. */
function cib({ options = "", meta = "" }): string {
  return `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0" have-quorum="1" dc-uuid="1">
  <configuration>
    <crm_config><cluster_property_set id="o"><nvpair id="o1" name="stonith-enabled" value="false"/>${options}</cluster_property_set></crm_config>
    <nodes><node id="1" uname="node1"/></nodes>
    <resources>
      <primitive id="web" class="ocf" provider="pacemaker" type="Dummy">${meta}</primitive>
    </resources>
    <constraints/>
  </configuration>
  <status>
    <node_state id="1" uname="node1" in_ccm="true" crmd="online" join="member" expected="member">
      <lrm id="1"><lrm_resources><lrm_resource id="web" class="ocf" provider="pacemaker" type="Dummy">
        ${operation("start", "0", "1", "0")}
      </lrm_resource></lrm_resources></lrm>
    </node_state>
  </status>
</cib>`;
}

function operation(name: string, rc: string, call: string, status: string): string {
  return `<lrm_rsc_op id="web_last_0" operation="${name}" operation_key="web_${name}_0" interval="0" crm_feature_set="3.20.5" transition-key="1:1:0:5b9dff52-1111-4444-8888-000000000000" transition-magic="${status}:${rc};1:1:0:5b9dff52-1111-4444-8888-000000000000" on_node="node1" call-id="${call}" rc-code="${rc}" op-status="${status}" last-rc-change="1" exec-time="1" queue-time="0" op-digest="f2317cad3d54cec5d7d7aa7d0bf35cf8"/>`;
}

let world: MemoryWorld;
let cluster: MemoryCluster;
const run = (...argv: string[]) => world.run(crmResource, "crm_resource", "-r", "web", "--restart", ...argv);

function begin(text: string): void {
  world = new MemoryWorld();
  cluster = new MemoryCluster(text);
  world.daemon = cluster.answers;
}

/** What the history of `web` says from now on. */
function report(name: string, rc: string, call: string): void {
  cluster.change({
    operation: "cib_modify",
    section: "status",
    data: `<node_state id="1"><lrm id="1"><lrm_resources><lrm_resource id="web">${operation(name, rc, call, "0")}</lrm_resource></lrm_resources></lrm></node_state>`,
  });
}

describe("crm_resource --restart", () => {
  beforeEach(() => begin(cib({})));

  /** A cluster that does what the configuration asks for, as soon as somebody looks. */
  function obey(): string[] {
    const done: string[] = [];
    cluster.beforeQuery = () => {
      const isToStop = cluster.text.includes('value="Stopped"');
      const last = done.at(-1) ?? "start";
      if (isToStop && last === "start") {
        done.push("stop");
        report("stop", "0", "2");
      } else if (!isToStop && last === "stop" && !cluster.text.includes("-INFINITY")) {
        done.push("start");
        report("start", "0", "3");
      }
    };
    return done;
  }

  test("stops, starts, and leaves the configuration as it was", async () => {
    const before = configurationOf(cluster.text);
    const done = obey();
    expect(await run()).toEqual({ status: 0, stdout: "web successfully restarted\n", stderr: "" });
    expect(done).toEqual(["stop", "start"]);
    expect(configurationOf(cluster.text)).toBe(before);
  });

  test("an interruption takes away what holds the resource, and says so", async () => {
    const before = configurationOf(cluster.text);
    let interrupt: (signal: "SIGTERM") => void = () => {};
    world.signal = new Promise((resolve) => {
      interrupt = resolve;
    });
    cluster.beforeQuery = () => {
      if (!cluster.text.includes("cli-restart-web")) return;
      expect(world.signals).toBe("held");
      interrupt("SIGTERM");
    };
    expect(await run()).toMatchObject({
      status: 143,
      stderr: expect.stringContaining("interrupted (SIGTERM)"),
    });
    expect(configurationOf(cluster.text)).toBe(before);
    expect(world.signals).toBe("free");
  });

  test("an interruption while that is taken away ends it, too: nobody waits on", async () => {
    const before = configurationOf(cluster.text);
    const done = obey();
    let interrupt: (signal: "SIGTERM") => void = () => {};
    world.signal = new Promise((resolve) => {
      interrupt = resolve;
    });
    const request = cluster.answers["cib.request"]!;
    world.daemon = {
      ...cluster.answers,
      "cib.request": (params: never) => {
        if ((params as { operation: string }).operation === "cib_delete") interrupt("SIGTERM");
        return request(params);
      },
    };
    expect(await run()).toMatchObject({
      status: 143,
      stdout: "",
      stderr: expect.stringContaining("interrupted (SIGTERM)"),
    });
    expect(done).toContain("stop");
    expect(configurationOf(cluster.text)).toBe(before);
    expect(world.signals).toBe("free");
  });

  test("tells how to take away by hand what could not be", async () => {
    let interrupt: (signal: "SIGINT") => void = () => {};
    world.signal = new Promise((resolve) => {
      interrupt = resolve;
    });
    const request = cluster.answers["cib.request"]!;
    cluster.beforeQuery = () => {
      if (cluster.text.includes("cli-restart-web")) interrupt("SIGINT");
    };
    world.daemon = {
      ...cluster.answers,
      "cib.request": (params: never) =>
        (params as { operation: string }).operation === "cib_delete"
          ? { kind: "unavailable", reason: "no quorum" }
          : request(params),
    };
    expect(await run()).toMatchObject({
      status: 69,
      stderr: expect.stringContaining(
        `cibadmin --delete --xml-text '<meta_attributes id="cli-restart-web"/>'`,
      ),
    });
  });

  test.each([
    [{ kind: "outcomeUnknown", reason: "the DC left" }, 124, "may or may not be in effect"],
    [
      { kind: "notDurable", failures: [{ node: "node1", code: "EIO", message: "disk" }] },
      73,
      "not on every disk",
    ],
  ])("holds nothing stopped after an answer %j to the first change", async (answer, status, text) => {
    const before = configurationOf(cluster.text);
    cluster.answerOnce = answer;
    expect(await run()).toMatchObject({ status, stdout: "", stderr: expect.stringContaining(text) });
    expect(configurationOf(cluster.text)).toBe(before);
  });

  test("keeps a target role that was set", async () => {
    begin(
      cib({
        meta: `<meta_attributes id="m"><nvpair id="m1" name="target-role" value="Started"/></meta_attributes>`,
      }),
    );
    const before = configurationOf(cluster.text);
    const done = obey();
    expect(await run()).toMatchObject({ status: 0 });
    expect(done).toEqual(["stop", "start"]);
    expect(configurationOf(cluster.text)).toBe(before);
  });

  test("a resource that does not come back is no success", async () => {
    obey();
    // Somebody forbids it the node while it is stopped.
    cluster.beforeChange = () =>
      cluster.change({
        operation: "cib_modify",
        section: "constraints",
        data: '<rsc_location id="theirs" rsc="web" node="node1" score="-INFINITY"/>',
      });
    const result = await run();
    expect(result).toMatchObject({ status: 1, stdout: "" });
    expect(result.stderr).toContain("web has stopped, but does not run again");
  });

  test.each([
    ["is-managed", cib({ meta: meta("is-managed", "false") })],
    ["maintenance", cib({ meta: meta("maintenance", "true") })],
    ["maintenance-mode", cib({ options: `<nvpair id="o2" name="maintenance-mode" value="true"/>` })],
  ])("a resource that the cluster may not stop is refused, and nothing is touched (%s)", async (_, text) => {
    begin(text);
    const before = cluster.text;
    const result = await run();
    expect(result).toMatchObject({ status: 107, stdout: "" });
    expect(result.stderr).toContain("the cluster may not stop web");
    expect(cluster.text).toBe(before);
  });
});

function meta(name: string, value: string): string {
  return `<meta_attributes id="m"><nvpair id="m1" name="${name}" value="${value}"/></meta_attributes>`;
}

function configurationOf(text: string): string {
  return text.slice(text.indexOf("<configuration>"), text.indexOf("<status>"));
}
