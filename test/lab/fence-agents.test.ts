import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { BMC_PASSWORD, type Host } from "@quorate/lab";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ipmiDevices, LabCluster, primitive } from "./lab-cluster.ts";
import { whySkipped } from "./test-lab.ts";

const WAIT_MS_MAX = 120_000;
const HYPERVISOR_PASSWORD = "hypervisor-secret";
const SERVICE_SECRET = "kept-beside-the-configuration";
/** What shows something of resources and devices. */
const SHOWING = [
  ["cibadmin", "--query"],
  ["crm_mon", "-1", "--inactive", "--show-detail", "--operations", "--timing-details", "--failcounts"],
  ["crm_mon", "--output-as=xml"],
  ["crm_resource", "--resource", "service", "--query-xml"],
  ["crm_resource", "--resource", "service", "--get-parameter", "passwd"],
  ["stonith_admin", "--history", "*", "--verbose"],
  ["pcs", "config"],
  ["crm", "configure", "show"],
  ["ps", "axww"],
];
/** What tells of devices and what they did without showing the configuration: no password, even one that is written there. */
const TELLING = [
  ["crm_mon", "-1", "--inactive", "--show-detail", "--operations", "--show-node-attributes"],
  ["crm_mon", "--output-as=xml"],
  ["stonith_admin", "--history", "*", "--verbose"],
  ["stonith_admin", "--list", "node3"],
  ["stonith_admin", "--list-registered"],
  ["stonith_admin", "--query", "fence-node1"],
  ["stonith_admin", "--metadata", "--agent", "fence_ipmilan"],
  ["stonith_admin", "--fence", "node3", "--plan"],
  ["crm_resource", "--list-operations", "--verbose"],
  ["crm_simulate", "--live-check", "--show-scores"],
  ["pcs", "stonith", "status"],
  [
    "bash",
    "-c",
    "crm_report --from 00:00 --as-directory --dest /tmp/report >&2; cat $(find /tmp/report -type f)",
  ],
];
const GUESTS: Readonly<Record<string, string>> = {
  node1: "CentOS83-1",
  node2: "CentOS83-2",
  node3: "CentOS83-3",
};

describe.skipIf(whySkipped !== "")(
  `Debian's fence agents, unchanged: three nodes, a hypervisor beside them${whySkipped}`,
  () => {
    let cluster: LabCluster;
    let node1: Host;
    let node3: Host;
    let hypervisor: Host;

    beforeAll(async () => {
      cluster = await LabCluster.start({ outsiders: ["hypervisor"] });
      [node1, node3, hypervisor] = ["node1", "node3", "hypervisor"].map((name) => cluster.host(name)) as [
        Host,
        Host,
        Host,
      ];
      await hypervisor.must(["useradd", "--create-home", "--shell", "/bin/bash", "hauser"]);
      await hypervisor.must(["chpasswd"], { input: `hauser:${HYPERVISOR_PASSWORD}\n` });
      await hypervisor.must(["ssh-keygen", "-A"]);
      hypervisor.writeFile("/etc/lab/services/sshd", "COMMAND='/usr/sbin/sshd -D -e'\n");
      const guests = Object.entries(GUESTS).map(
        ([host, guest], index) => `${guest} ${uuid(index)} ${host}\n`,
      );
      hypervisor.writeFile("/etc/vbox-guests", guests.join(""));
      await hypervisor.service("sshd", "start");
    });

    afterAll(() => cluster?.stop());

    afterEach(async () => {
      await cluster.mend();
      await node1.run([
        "cibadmin",
        "--delete",
        "--force",
        "--scope",
        "fencing-topology",
        "--xml-text",
        "<fencing-topology/>",
      ]);
    });

    function uuid(index: number): string {
      return `5f5c2b1e-0000-4000-8000-00000000000${index + 1}`;
    }

    /** Replaces the fence devices and their order. */
    async function useDevices(devices: string, topology = ""): Promise<void> {
      const configuration = `<configuration><crm_config><cluster_property_set id="cib-bootstrap-options"><nvpair id="option-stonith" name="stonith-enabled" value="true"/></cluster_property_set></crm_config>
      <nodes>${cluster.lab.hosts.map(({ nodeId, name }) => `<node id="${nodeId}" uname="${name}"/>`).join("")}</nodes>
      <resources>${devices}</resources><constraints/><fencing-topology>${topology}</fencing-topology></configuration>`;
      await node1.must(["cibadmin", "--replace", "--scope", "configuration", "--xml-pipe"], {
        input: configuration,
      });
      await cluster.untilIdle("node1", WAIT_MS_MAX);
    }

    function hypervisorDevice(id: string): string {
      return primitive(
        id,
        "stonith:fence_vbox",
        {
          ip: hypervisor.address(),
          username: "hauser",
          password: HYPERVISOR_PASSWORD,
          // Slow, on two busy cores.
          login_timeout: "30",
          shell_timeout: "30",
          power_timeout: "60",
          pcmk_host_map: Object.entries(GUESTS)
            .map(([host, guest]) => `${host}:${guest}`)
            .join(";"),
        },
        `<op id="${id}-monitor" name="monitor" interval="120s" timeout="90s"/>`,
      );
    }

    function reboot(target: string) {
      return node1.run(["stonith_admin", "--reboot", target, "--timeout", "120"], { timeoutMs: 200_000 });
    }

    /** How often a host was booted. */
    function boots(host: Host): number {
      return host
        .console()
        .split("chassis: ")
        .filter((line) => line.includes("boots")).length;
    }

    /** Logs of all cluster hosts, and the command lines that run on them now. */
    function expectNowhere(secret: string): void {
      for (const host of cluster.lab.hosts) {
        for (const file of readdirSync(host.logDirectory, { recursive: true, encoding: "utf8" })) {
          const path = join(host.logDirectory, file);
          if (statSync(path).isFile()) expect(readFileSync(path, "utf8").includes(secret), path).toBe(false);
        }
        for (const line of host.commandLines()) expect(line).not.toContain(secret);
      }
    }

    test("fence_vbox by hand over ssh: lists, tells the status, reboots", async () => {
      const agent = (...args: string[]) =>
        node1.run(
          [
            "fence_vbox",
            "--ip",
            hypervisor.address(),
            "--username",
            "hauser",
            "--password",
            HYPERVISOR_PASSWORD,
            "--login-timeout",
            "30",
            "--shell-timeout",
            "30",
            "--power-timeout",
            "60",
            ...args,
          ],
          { timeoutMs: 150_000 },
        );
      const list = await agent("--action", "list");
      expect(list.stdout.trim().split("\n").sort()).toEqual(
        Object.values(GUESTS).map((guest, index) => `${guest},${uuid(index)}`),
      );
      expect((await agent("--action", "status", "--plug", "CentOS83-3")).stdout).toContain("Status: ON");
      const before = boots(node3);
      expect((await agent("--action", "reboot", "--plug", "CentOS83-3")).stdout).toContain(
        "Success: Rebooted",
      );
      await node3.untilUp();
      expect(boots(node3)).toBe(before + 1);
    });

    test("fence_vbox: the host map names the guest, the right host is rebooted", async () => {
      await useDevices(hypervisorDevice("fence-vbox"));
      const before = cluster.lab.hosts.map(boots);
      expect(await reboot("node3")).toMatchObject({ status: 0 });
      expect(cluster.lab.hosts.map(boots)).toEqual([before[0], before[1], before[2]! + 1]);
      expectNowhere(HYPERVISOR_PASSWORD);
    });

    test("fence_ipmilan with a wrong password: the fencing fails and is told so, the host runs on", async () => {
      const devices = ipmiDevices(cluster.lab.description, (name) => cluster.host(name).bmc.address);
      await useDevices(devices.replaceAll("lab-power", "wrong-password"));
      const before = boots(node3);
      const ended = await reboot("node3");
      expect(ended.status).not.toBe(0);
      expect(boots(node3)).toBe(before);
      expect(node3.state).toBe("up");
      const history = await cluster.ask("node1", "fencing.history", { target: "node3" });
      expect(history.map(({ state }) => state)).toContain("failed");
      const told: string[] = [];
      for (const command of TELLING) {
        const { stdout, stderr } = await node1.run(command, { timeoutMs: 60_000 });
        expect(`${stdout}${stderr}`, command.join(" ")).not.toContain("wrong-password");
        told.push(stdout);
      }
      for (const text of [told.at(0), told.at(-1)]) expect(text).toContain("fence-node1");
      expectNowhere("wrong-password");
    });

    test("secrets kept beside the configuration reach the agents, and nothing else", async () => {
      const secret = BMC_PASSWORD;
      const keep = (host: Host, path: string, value: string) => {
        const place = `/var/lib/pacemaker/lrm/secrets/${path}`;
        host.writeFile(place, `${value}\n`, 0o600);
        host.writeFile(`${place}.sign`, `${createHash("md5").update(`${value}\n`).digest("hex")}\n`, 0o600);
      };
      for (const host of cluster.lab.hosts) {
        for (const name of cluster.names) keep(host, `fence-${name}/password`, secret);
        keep(host, "service/passwd", SERVICE_SECRET);
      }
      const devices = ipmiDevices(cluster.lab.description, (name) => cluster.host(name).bmc.address);
      const service = primitive(
        "service",
        "ocf:pacemaker:Dummy",
        { passwd: "lrm://" },
        '<op id="service-monitor" name="monitor" interval="2s" timeout="40s"/>',
      );
      const untilServing = () =>
        cluster.until(
          "the service to run",
          WAIT_MS_MAX,
          async () => (await cluster.activeOn("node1", "service")).length === 1,
        );
      const seen = new Set<string>();
      const watch = setInterval(() => {
        // ipmitool takes the password on its command line: its agent's doing, and the same below any cluster manager.
        for (const host of cluster.lab.hosts)
          for (const line of host.commandLines()) if (!line.includes("ipmitool ")) seen.add(line);
      }, 100);
      try {
        await useDevices(`${devices.replaceAll(secret, "lrm://")}${service}`);
        await untilServing();
        // Without the true password the management controller would refuse.
        expect(await reboot("node3")).toMatchObject({ status: 0 });
        await node1.must(["crm_resource", "--resource", "service", "--refresh"]);
        await untilServing();
        await node1.must(["crm_resource", "--resource", "service", "--restart"], { timeoutMs: 90_000 });
        await node1.run(["crm_resource", "--resource", "service", "--force-check", "-V"]);
        await cluster.mend();
        for (const host of cluster.lab.hosts) {
          const told = [];
          // What they show is the same on each host, and takes its time.
          for (const command of host === node1 ? SHOWING : [])
            told.push(await host.run(command, { timeoutMs: 60_000 }));
          // Everything that the daemon keeps, inputs of the scheduler included, which are compressed.
          told.push(
            await host.run([
              "bash",
              "-c",
              "find /var/lib/quorate /run/quorate /run/resource-agents /tmp -type f -exec sh -c 'bzcat -f <\"$1\"' sh {} \\;",
            ]),
          );
          for (const { stdout, stderr } of told)
            for (const each of [secret, SERVICE_SECRET]) expect(`${stdout}${stderr}`).not.toContain(each);
          expect(told.at(-1)?.stdout).toContain("lrm://");
        }
      } finally {
        clearInterval(watch);
      }
      for (const each of [secret, SERVICE_SECRET]) {
        expectNowhere(each);
        expect([...seen].filter((line) => line.includes(each))).toEqual([]);
      }
      expect([...seen].join()).toContain("fence_ipmilan");
    });

    test("BMC unreachable: the next level of the topology fences", async () => {
      const devices = ipmiDevices(cluster.lab.description, (name) => cluster.host(name).bmc.address);
      await useDevices(
        devices + hypervisorDevice("fence-vbox"),
        '<fencing-level id="level-1" target="node3" index="1" devices="fence-node3"/><fencing-level id="level-2" target="node3" index="2" devices="fence-vbox"/>',
      );
      await node3.bmc.unplug();
      const before = boots(node3);
      expect(await reboot("node3")).toMatchObject({ status: 0 });
      expect(boots(node3)).toBe(before + 1);
      await node3.bmc.plugIn();
    });

    test("a vendor's agent on Debian's fencing library, pcmk_host_check=static-list", async () => {
      const agent = readFileSync(join(import.meta.dirname, "agents/fence_relaybox"), "utf8");
      for (const host of cluster.lab.hosts) {
        host.writeFile("/usr/sbin/fence_relaybox", agent, 0o755);
        host.writeFile("/etc/lab/relay-wiring", "node3\n");
      }
      await useDevices(
        primitive(
          "fence-relay",
          "stonith:fence_relaybox",
          { pcmk_host_list: "node3", pcmk_host_check: "static-list" },
          '<op id="fence-relay-monitor" name="monitor" interval="120s" timeout="60s"/>',
        ),
      );
      const before = boots(node3);
      expect(await reboot("node3")).toMatchObject({ status: 0 });
      await node3.untilUp();
      expect(boots(node3)).toBe(before + 1);
    });
  },
);
