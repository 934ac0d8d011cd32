import type { KnownHost } from "@quorate/management";
import { readCorosyncConf, refuseOutdated } from "../../corosync/conf-file.ts";
import { distributeConf } from "../../corosync/distribute.ts";
import type { PcsCall, PcsCommand } from "../../framework/command.ts";
import { clusterNodeNames, Hosts } from "../../hosts/hosts.ts";
import { checkHosts, STOPPED } from "./checks.ts";
import { readSbdWords } from "./plan.ts";
import { settingsFile } from "./settings.ts";
import { breakTies, needsTieBreaker } from "./tie-breaker.ts";
import { changeWatchdogTimeout } from "./watchdog-timeout.ts";

const RESTART = "Cluster restart is required in order to apply these changes.";
const WITHOUT_DEVICES =
  "without a device nothing resets a node that lost quorum or whose quorated hangs: sbd asks Pacemaker's daemons for that, which do not run here; name a device (device=PATH), or see to it with no-quorum-policy=suicide and other fence devices";

export const enable: PcsCommand = {
  usage: [
    "[watchdog=<path>[@<node>]]... [device=<path>[@<node>]]... [<SBD_OPTION>=<value>]... [--no-watchdog-validation]",
  ],
  help: "Have SBD run beside Corosync on all nodes from the cluster's next start on: it resets its node when that is told so through a shared device, or when nobody feeds its watchdog (default: /dev/watchdog). Options: SBD_WATCHDOG_TIMEOUT (default: 5), SBD_DELAY_START (default: no), SBD_STARTMODE (default: always), SBD_TIMEOUT_ACTION; sbd(8) tells of them. At most 3 devices for a node, made with 'pcs stonith sbd device setup'. The watchdogs are looked for, which opens each: that may reset a host whose watchdog cannot be closed again; --no-watchdog-validation leaves it out.",
  options: ["--force", "--no-watchdog-validation", "--request-timeout", "--skip-offline"],
  async run(call) {
    const { reports } = call;
    const document = readCorosyncConf(call);
    const words = readSbdWords(call, clusterNodeNames(call));
    const hasDevices = words.plans.some(({ devices }) => devices.length > 0);
    if (!hasDevices) reports.forceable(WITHOUT_DEVICES);
    reports.check(STOPPED);
    const hosts = await Hosts.of(call);
    const targets = await reachable(call, hosts);
    await hosts.exclusively(targets, "stonith sbd enable", async () => {
      await checkHosts(call, hosts, targets, words.plans);
      if (!hasDevices && needsTieBreaker(document)) {
        refuseOutdated(call, document);
        await breakTies(call, hosts, targets, document);
        await distributeConf(call, hosts, targets, document);
      }
      reports.info("Distributing SBD config...");
      await hosts.all(targets, async (host) => {
        const plan = words.plans.find(({ name }) => name === host.name)!;
        await hosts.ask(host, "file.write", { files: [settingsFile(plan, words.options)] });
        reports.info(`${host.name}: SBD config saved`);
      });
      // A timeout of an earlier SBD may be too short for this one.
      await changeWatchdogTimeout(call, null);
      reports.info("Enabling sbd...");
      await hosts.all(targets, async (host) => {
        await hosts.ask(host, "sbd.enable", {});
        reports.info(`${host.name}: sbd enabled`);
      });
    });
    reports.warn(RESTART);
  },
};

export const disable: PcsCommand = {
  usage: [""],
  help: "Have SBD no longer run on any node from the cluster's next start on. Its settings stay.",
  options: ["--request-timeout", "--skip-offline"],
  async run(call) {
    call.expect(0, 0);
    const { reports } = call;
    const hosts = await Hosts.of(call);
    const targets = await reachable(call, hosts);
    await hosts.exclusively(targets, "stonith sbd disable", async () => {
      // Before SBD is gone: nobody may count on it then.
      await changeWatchdogTimeout(call, "0");
      reports.info("Disabling sbd...");
      await hosts.all(targets, async (host) => {
        await hosts.ask(host, "sbd.disable", {});
        reports.info(`${host.name}: sbd disabled`);
      });
    });
    reports.warn(RESTART);
  },
};

/** All nodes of the cluster, or with `--skip-offline` those that answer. @throws PcsError */
async function reachable(call: PcsCall, hosts: Hosts): Promise<readonly KnownHost[]> {
  const { reports } = call;
  const online: KnownHost[] = [];
  for (const host of hosts.known(clusterNodeNames(call))) {
    try {
      await hosts.ask(host, "host.state", {});
      online.push(host);
    } catch (error) {
      if (call.has("--skip-offline"))
        reports.warn(`Omitting node '${host.name}': ${(error as Error).message}`);
      else reports.error(`${(error as Error).message}, use --skip-offline to override`);
    }
  }
  reports.check(STOPPED);
  return online;
}
