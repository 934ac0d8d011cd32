import { PLAIN_SIMULATION, schedule, simulate, TextSimulationReport } from "@quorate/scheduler";
import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryCluster } from "../memory-cluster.ts";
import { MemoryWorld } from "../memory-world.ts";

const NODES = ["n1", "n2"];
const NOW_S = 1_700_000_000;

function attributes(kind: string, of: string, values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(
    ([name, value]) => `<nvpair id="${of}-${name}" name="${name}" value="${value}"/>`,
  );
  return `<${kind}_attributes id="${of}-${kind}">${pairs.join("")}</${kind}_attributes>`;
}

function device(id: string, type: string, parameters: Readonly<Record<string, string>>): string {
  return `<primitive id="${id}" class="stonith" type="${type}">${attributes("instance", id, parameters)}${attributes("meta", id, type === "fence_scsi" ? { provides: "unfencing" } : {})}
    <operations><op id="${id}-m" name="monitor" interval="60s" timeout="40s"/></operations></primitive>`;
}

const EMPTY = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0" have-quorum="1" dc-uuid="1">
  <configuration>
    <crm_config/><nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
    <resources>
      ${device("scsi", "fence_scsi", { devices: "/dev/a,/dev/b", pcmk_host_list: "n1 n2" })}
      ${device("ipmi", "fence_ipmilan", { ip: "192.0.2.1", pcmk_host_list: "n1 n2" })}
      ${device("bare", "fence_scsi", { pcmk_host_list: "n1 n2" })}
      <primitive id="off" class="stonith" type="fence_scsi">${attributes("instance", "off", { devices: "/dev/a" })}${attributes("meta", "off", { "target-role": "Stopped" })}</primitive>
      <primitive id="db" class="ocf" provider="pacemaker" type="Dummy"><operations><op id="db-m" name="monitor" interval="10s"/></operations></primitive>
    </resources><constraints/>
  </configuration>
  <status>${NODES.map((node, index) => `<node_state id="${index + 1}" uname="${node}" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="${index + 1}"><lrm_resources/></lrm></node_state>`).join("")}</status>
</cib>`;

function parse(text: string): XmlElement {
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.root;
}

/** What the cluster would do now. */
function plan(cib: XmlElement): string[] {
  const { graph } = schedule(cib.clone(), { nowS: NOW_S });
  return graph.synapses.map(
    ({ action }) => `${action.operation} ${action.operationKey ?? ""} ${action.onNode ?? ""}`,
  );
}

/** The cluster with everything started and nothing left to do. */
function settled(): string {
  const start = parse(EMPTY);
  const report = new TextSimulationReport(
    { out: () => {}, error: () => {} },
    { isQuiet: true, isPlain: false },
  );
  const { graph } = schedule(start.clone(), { nowS: NOW_S });
  const { output } = simulate(start, { ...PLAIN_SIMULATION, clockS: NOW_S }, report);
  const cib = parse(serializeXml(output));
  for (const { action } of graph.synapses) {
    if (action.attributes.get("CRM_meta_stonith_action") !== "on") continue;
    const state = cib
      .first("status")!
      .all("node_state")
      .find((each) => each.get("uname") === action.onNode)!;
    const values = {
      "#node-unfenced": String(NOW_S),
      "#digests-all": action.attributes.get("CRM_meta_digests_all")!,
      "#digests-secure": action.attributes.get("CRM_meta_digests_secure")!,
    };
    state.append(
      parse(
        `<transient_attributes id="${state.id}">${attributes("instance", `status-${state.id}`, values)}</transient_attributes>`,
      ),
    );
  }
  return serializeXml(cib);
}

const RUNNING = settled();

function devicesIn(cib: XmlElement): string {
  const pairs = [...cib.first("configuration")!.descendants("nvpair")];
  return pairs.find((pair) => pair.id === "scsi-devices")!.get("value")!;
}

/** A cluster that tells what it would do after each change, and what the nodes have access to. */
class UnfencingCluster {
  readonly cluster = new MemoryCluster(RUNNING);
  readonly world = new MemoryWorld();
  /** What the cluster would have done at some moment. */
  readonly restarts: string[] = [];
  readonly unfenced: string[] = [];
  refusing = "";

  constructor() {
    const { cluster, world } = this;
    const look = () => this.restarts.push(...plan(cluster.cib));
    const answers = cluster.answers;
    world.daemon = {
      "cib.request": (params: never) => {
        const reply = answers["cib.request"]!(params);
        look();
        return reply;
      },
      "node.list": () => NODES.map((name) => ({ name, isOnline: true })),
      "fencing.fence": ({ target, action }: { readonly target: string; readonly action: string }) => {
        if (target === this.refusing) return { isSuccess: false, reason: "no such device" };
        this.unfenced.push(`${action} ${target} ${devicesIn(cluster.cib)}`);
        return { isSuccess: true, reason: "" };
      },
      "attributes.update": ({ node, name, value }: Readonly<Record<string, string>>) => {
        const state = cluster.cib
          .first("status")!
          .all("node_state")
          .find((each) => each.get("uname") === node)!;
        const pairs = [...state.first("transient_attributes")!.descendants("nvpair")];
        pairs.find((pair) => pair.get("name") === name)!.set("value", value!);
        look();
        return {};
      },
    };
  }

  run(words: string) {
    return this.world.run(main, "pcs", "stonith", "update-scsi-devices", ...words.split(" "));
  }
}

describe("pcs stonith update-scsi-devices", () => {
  test("the cluster has nothing to do before, and would unfence and restart after a plain change", async () => {
    expect(plan(parse(RUNNING))).toEqual([]);
    const cluster = new UnfencingCluster();
    cluster.cluster.cib = parse(RUNNING.replace("/dev/a,/dev/b", "/dev/a,/dev/c"));
    expect(plan(cluster.cluster.cib)).toEqual(
      expect.arrayContaining(["stonith stonith-n1-on n1", "stop scsi_stop_0 n1", "start scsi_start_0 n1"]),
    );
  });

  test.each([
    ["set /dev/a /dev/c", "/dev/a,/dev/c", ["/dev/a,/dev/b,/dev/c"]],
    ["add /dev/c", "/dev/a,/dev/b,/dev/c", ["/dev/a,/dev/b,/dev/c"]],
    ["add /dev/c remove /dev/a", "/dev/b,/dev/c", ["/dev/a,/dev/b,/dev/c"]],
    ["delete /dev/a", "/dev/b", []],
    ["set /dev/b /dev/a", "/dev/a,/dev/b", []],
  ])("%s: nothing is restarted at any moment", async (words, devices, unfencedWith) => {
    const cluster = new UnfencingCluster();
    expect(await cluster.run(`scsi ${words}`)).toMatchObject({ status: 0, stdout: "" });
    expect(cluster.restarts).toEqual([]);
    expect(plan(cluster.cluster.cib)).toEqual([]);
    expect(devicesIn(cluster.cluster.cib)).toBe(devices);
    expect(cluster.unfenced).toEqual(unfencedWith.flatMap((all) => NODES.map((node) => `on ${node} ${all}`)));
    // What they were unfenced with is told once, not with all that was in between.
    const told = [...cluster.cluster.cib.first("status")!.descendants("nvpair")]
      .filter((pair) => pair.get("name") === "#digests-all")
      .map((pair) => pair.get("value")!.match(/scsi:fence_scsi:/g));
    expect(told).toEqual(NODES.map(() => ["scsi:fence_scsi:"]));
  });

  test("a node that gets no access: all is as before, and nothing is restarted", async () => {
    const cluster = new UnfencingCluster();
    cluster.refusing = "n2";
    const { status, stderr } = await cluster.run("scsi set /dev/c");
    expect(status).toBe(1);
    expect(stderr).toContain(
      "Giving the nodes access to the devices...\nn1: Succeeded\nError: n2: no access to the devices: no such device\n",
    );
    expect(stderr).toContain("Error: The devices are as they were before\n");
    expect(cluster.restarts).toEqual([]);
    expect(devicesIn(cluster.cluster.cib)).toBe("/dev/a,/dev/b");
    expect(plan(cluster.cluster.cib)).toEqual([]);
  });

  test("a change that waits to be noticed is noticed afterwards, too", async () => {
    const cluster = new UnfencingCluster();
    cluster.cluster.cib = parse(RUNNING.replace('value="n1 n2"', 'value="n2 n1"'));
    const before = plan(cluster.cluster.cib);
    expect(before).not.toEqual([]);
    await cluster.run("scsi delete /dev/a");
    expect(plan(cluster.cluster.cib)).toEqual(before);
  });

  test.each([
    ["none set /dev/c", "stonith resource 'none' does not exist"],
    ["db set /dev/c", "stonith resource 'db' does not exist"],
    [
      "ipmi set /dev/c",
      "supported agents: 'fence_mpath', 'fence_scsi'\nError: stonith resource 'ipmi' has no option 'devices'",
    ],
    ["bare set /dev/c", "has no option 'devices'"],
    ["off set /dev/c", "is not running"],
    ["scsi add /dev/a", "there already: '/dev/a'"],
    ["scsi remove /dev/c", "not there: '/dev/c'"],
    ["scsi add /dev/c remove /dev/c", "at the same time: '/dev/c'"],
    ["scsi set /dev/c /dev/c", "more than once: '/dev/c'"],
    ["scsi set dev/c", "an absolute path"],
    ["scsi remove /dev/a /dev/b", "no device would be left"],
    ["scsi set /dev/c set /dev/d", "'set' can be given only once"],
    ["scsi set", "You must specify either list of set devices"],
    ["scsi set /dev/c add /dev/d", "You must specify either list of set devices"],
    ["scsi other /dev/c", "Usage: pcs stonith update-scsi-devices"],
    ["scsi set /dev/c -f cib.xml", "Option '-f' is not supported"],
    ["scsi set /dev/c --request-timeout=0", "'0' is not a valid --request-timeout value"],
  ])("%s is refused, and nothing is changed", async (words, message) => {
    const cluster = new UnfencingCluster();
    const result = await cluster.run(words);
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
    expect(serializeXml(cluster.cluster.cib)).toBe(RUNNING);
    expect(cluster.unfenced).toEqual([]);
  });
});
