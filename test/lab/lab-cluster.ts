import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BMC_PASSWORD, BMC_USER, type Host, type Lab, type LabDescription } from "@quorate/lab";
import { ClusterUnderTest } from "../cluster-under-test.ts";
import { createTestLab } from "./test-lab.ts";
import { Watcher } from "./watcher.ts";

/** Long enough for two busy cores. */
const START_MS_MAX = 90_000;

/** A host that has booted is given this long to start its own daemon. */
const BOOT_PAUSE_MS = 3000;
const BOOT_LOOK_MS = 300;

/** A cluster of real daemons on real Corosync, on the hosts of a lab. */
export class LabCluster extends ClusterUnderTest {
  readonly lab: Lab;
  readonly watchers: Watcher[] = [];
  readonly #startMs = performance.now();

  private constructor(lab: Lab) {
    super();
    this.lab = lab;
  }

  /** Boots hosts with Corosync and Quorate, and waits until all are online; without a cluster (`isClusterSetUp: false`), until all have booted. */
  static async start(wanted: Parameters<typeof createTestLab>[0] = {}): Promise<LabCluster> {
    const cluster = new LabCluster(await createTestLab({ stack: "quorate", ...wanted }));
    if (!cluster.lab.description.isClusterSetUp) return cluster;
    try {
      if (!cluster.lab.description.isStackStartedAtBoot)
        await Promise.all(cluster.lab.hosts.map((host) => host.startStack()));
      await cluster.untilAllOnline();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async stop(): Promise<void> {
    for (const watcher of this.watchers) await watcher.stop();
    await this.lab.destroy();
  }

  host(name: string): Host {
    return this.lab.host(name);
  }

  get names(): readonly string[] {
    return this.lab.description.hosts;
  }

  /** Another host than those named. */
  other(...names: (string | null | undefined)[]): string {
    return this.names.find((name) => !names.includes(name))!;
  }

  /** Watches from now on that something is on one host at most. */
  watch(what: string, has: (host: Host) => boolean): Watcher {
    const watcher = new Watcher(what, this.lab.hosts, has);
    this.watchers.push(watcher);
    return watcher;
  }

  /** Gives the cluster a configuration through `cibadmin` on its first host. */
  async configure(configuration: string): Promise<void> {
    await this.host(this.names[0]!).must(
      ["cibadmin", "--modify", "--allow-create", "--scope", "configuration", "--xml-pipe"],
      {
        input: configuration,
      },
    );
  }

  /** Every host is up and online, as each of them sees it, and there is nothing left to do. */
  async untilAllOnline(): Promise<void> {
    for (const via of this.names)
      await this.until(`all hosts to be online for ${via}`, START_MS_MAX, () => this.#areAllOnline(via));
    await this.untilIdle(this.names[0], START_MS_MAX);
  }

  /**
   * Heals what is cut, gives power to who has none, starts who stays down, and waits until all are online and idle.
   *
   * A lab host boots in a second, so a node that was fenced can be back before its fencing is told; it then ends itself,
   * and stays down until it is started by hand. It may do so after this was called: that is why this keeps looking.
   */
  async mend(): Promise<void> {
    await this.lab.heal();
    for (const host of this.lab.hosts) {
      if (host.state === "frozen") await host.thaw();
      if (host.state === "down") await host.powerCycle();
      if (host.state === "off") await host.powerOn();
    }
    await this.until("every host's daemon to run and stay up", START_MS_MAX, async () => {
      const stopped = await this.#withoutDaemon();
      if (stopped.length === 0) {
        const dc = await this.dc(this.names[0]!);
        const isIdle = dc !== null && (await this.ask(dc, "node.status", {})).state === "S_IDLE";
        return isIdle && (await this.#areAllOnline(this.names[0]!));
      }
      const givenUpMs = performance.now() + BOOT_PAUSE_MS;
      let still = stopped;
      while (still.length > 0 && performance.now() < givenUpMs) {
        await sleep(BOOT_LOOK_MS);
        const now = await this.#withoutDaemon();
        still = still.filter((host) => now.includes(host));
      }
      for (const host of still)
        for (const service of ["corosync", "quorated"]) await host.service(service, "start");
      return false;
    });
    await this.untilAllOnline();
  }

  async #withoutDaemon(): Promise<Host[]> {
    const stopped: Host[] = [];
    for (const host of this.lab.hosts)
      if ((await host.service("quorated", "status")).status !== 0) stopped.push(host);
    return stopped;
  }

  async #areAllOnline(via: string): Promise<boolean> {
    const nodes = await this.ask(via, "node.list", {});
    return (
      nodes.length === this.names.length &&
      nodes.every(({ isOnline }) => isOnline) &&
      (await this.dc(via)) !== null
    );
  }

  protected override socketOf(node: string): string {
    return this.host(node).path("/run/quorate/quorated.sock");
  }

  override describe(): string {
    const logs = this.lab.hosts.map((host) => {
      const end = (file: string, count: number) =>
        existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n") : "";
      return [
        `--- ${host.name} (${host.state})`,
        end(join(host.directory, "console.log"), 5),
        end(join(host.logDirectory, "services.log"), 5),
        end(join(host.logDirectory, "corosync/corosync.log"), 8),
        end(join(host.logDirectory, "quorated.log"), 30),
      ].join("\n");
    });
    return [
      `started at ${(this.#startMs / 1000).toFixed(2)}s, now ${(performance.now() / 1000).toFixed(2)}s`,
      ...this.watchers.map((watcher) => watcher.describe()),
      ...logs,
    ].join("\n");
  }
}

/** A fence device for each host: Debian's agent for IPMI, and the host's management controller. */
export function ipmiDevices(description: LabDescription, bmcOf: (host: string) => string): string {
  return description.hosts
    .map((host) =>
      primitive(
        `fence-${host}`,
        "stonith:fence_ipmilan",
        {
          ip: bmcOf(host),
          username: BMC_USER,
          password: BMC_PASSWORD,
          lanplus: "1",
          cipher: "3",
          power_wait: "0",
          pcmk_host_list: host,
        },
        '<op id="fence-OP" name="monitor" interval="120s" timeout="40s"/>'.replace("OP", `${host}-monitor`),
      ),
    )
    .join("\n");
}

/** A primitive with parameters; `agent` as administrators write it, `ocf:heartbeat:IPaddr2`. */
export function primitive(
  id: string,
  agent: string,
  parameters: Readonly<Record<string, string>>,
  operations: string,
): string {
  const parts = agent.split(":");
  const provider = parts.length === 3 ? ` provider="${parts[1]}"` : "";
  const pairs = Object.entries(parameters).map(
    ([name, value]) => `<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`,
  );
  return `<primitive id="${id}" class="${parts[0]}"${provider} type="${parts.at(-1)}">
  <instance_attributes id="${id}-parameters">${pairs.join("")}</instance_attributes>
  <operations>${operations}</operations>
</primitive>`;
}
