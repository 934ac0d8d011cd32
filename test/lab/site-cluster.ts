import { expect } from "vitest";
import { LabCluster } from "./lab-cluster.ts";
import { prepareSite, SITE_ADDRESS, SITE_LAB, siteConfiguration, watchSite } from "./site.ts";
import { reaches } from "./test-lab.ts";

/** From a failure to the site on another host: detection, a BMC that answers slowly on two busy cores, four agents. */
export const RECOVERY_MS_MAX = 120_000;

/** A cluster of the lab that runs the site, and what is expected of it whatever happens to its hosts. */
export class SiteCluster {
  readonly cluster: LabCluster;

  private constructor(cluster: LabCluster) {
    this.cluster = cluster;
  }

  /** One vote each; a failure is noticed equally fast whatever their number. */
  static async start(hosts: readonly string[]): Promise<SiteCluster> {
    const cluster = await LabCluster.start({
      ...SITE_LAB,
      hosts,
      corosync: { tokenMs: 2000, totem: { token_coefficient: 0 } },
    });
    const site = new SiteCluster(cluster);
    try {
      await prepareSite(cluster.lab.hosts);
      watchSite(cluster);
      await cluster.configure(
        siteConfiguration(cluster.lab.description, (name) => cluster.host(name).bmc.address),
      );
      await site.#untilSettled();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return site;
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }

  /** Nothing ran twice; then everything is repaired, and the site runs again. */
  async check(): Promise<void> {
    for (const watcher of this.cluster.watchers) expect(watcher.violations, watcher.what).toEqual([]);
    await this.cluster.mend();
    await this.#untilSettled();
  }

  /** The host that the whole site runs on; undefined while there is none. */
  active(): string | undefined {
    const hosts = this.cluster.watchers.map((watcher) => watcher.hosts);
    return hosts.every((each) => each.length === 1 && each[0] === hosts[0]![0]) ? hosts[0]![0] : undefined;
  }

  async untilElsewhere(than: string): Promise<void> {
    await this.cluster.until(`the site elsewhere than on ${than}`, RECOVERY_MS_MAX, async () => {
      const now = this.active();
      return now !== undefined && now !== than;
    });
  }

  /** What is done to the active host gets it fenced once, by its BMC, before the site runs elsewhere. */
  async expectFencedAndRecovered(harm: (host: string) => Promise<unknown>): Promise<string> {
    const { cluster } = this;
    const victim = this.active()!;
    const via = cluster.other(victim);
    const before = await cluster.successfulFencings(via, victim);
    const cutsBefore = this.powerCuts(victim);
    await harm(victim);
    await cluster.until(`the site to leave ${victim}`, RECOVERY_MS_MAX, async () => this.active() !== victim);
    // On slow machines the victim may have booted and joined before anything was started, and is as good a place as any then.
    await cluster.until("the site to run again", RECOVERY_MS_MAX, async () => this.active() !== undefined);
    // Requests that were merged leave a record each; how often it was fenced, the BMC knows.
    expect(await cluster.successfulFencings(via, victim)).toBeGreaterThan(before);
    expect(this.powerCuts(victim) - cutsBefore).toBeLessThanOrEqual(1);
    expect(await reaches(cluster.host(via), SITE_ADDRESS)).toBe(true);
    return victim;
  }

  /** How often the BMC of a host was told to cut its power. */
  powerCuts(host: string): number {
    return this.cluster.host(host).console().split("bmc: set power 0").length - 1;
  }

  async #untilSettled(): Promise<void> {
    await this.cluster.until("the site to run", RECOVERY_MS_MAX, async () => this.active() !== undefined);
    await this.cluster.untilIdle(this.cluster.names[0], RECOVERY_MS_MAX);
  }
}
