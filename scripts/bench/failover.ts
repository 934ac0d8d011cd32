import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Host, type Lab, type Stack, whyNoBmc, whyNoLab } from "@quorate/lab";
import { run as build } from "../build.ts";
import {
  configure,
  createLab,
  fenceDevices,
  nvpairs,
  seconds,
  status,
  until,
  untilAllOnline,
} from "./lab-cluster.ts";

/** What is promised: Quorate's share of the reference's time. */
const OWN_PART_RATIO_MAX = 0.5;
const COLD_START_RATIO_MAX = 1 / 3;

const ADDRESS = "10.77.0.50";

/** One loss of the active host, in ms. */
interface Round {
  /** From the crash to the address on another host. */
  readonly totalMs: number;
  /** From the membership change, as Corosync's log on the new host has it, to the address there. */
  readonly ownMs: number;
}

/** A lab with one of the two cluster managers, and what was measured in it. */
interface Contestant {
  readonly stack: Stack;
  readonly lab: Lab;
  readonly rounds: Round[];
  coldStartMs: number;
}

/**
 * Quorate and the distribution's Pacemaker with the same `corosync.conf`, agents, fence device and configuration, in turn, so that a busy moment of
 * the machine meets both: `failover [ROUNDS]`. Exit status 1 when Quorate takes more than its share.
 */
export async function benchFailover([count = "10"]: readonly string[]): Promise<number> {
  const reason = whyNoLab() || whyNoBmc;
  if (reason !== "") {
    console.log(`no lab on this machine: ${reason}`);
    return 1;
  }
  if ((await build()) !== 0) return 1;
  const contestants: Contestant[] = [];
  try {
    for (const stack of ["quorate", "pacemaker"] as const) {
      const lab = await createLab(stack, { isStackStartedAtBoot: false });
      contestants.push({ stack, lab, rounds: [], coldStartMs: 0 });
    }
    for (const contestant of contestants) await start(contestant);
    for (let round = 1; round <= Number(count); round++)
      for (const contestant of contestants) {
        const result = await lose(contestant);
        contestant.rounds.push(result);
        console.log(
          `${String(round).padStart(3)} ${contestant.stack.padEnd(10)} total ${seconds(result.totalMs)}, after the membership change ${seconds(result.ownMs)}`,
        );
      }
  } finally {
    for (const { lab } of contestants) await lab.destroy();
  }
  return report(contestants[0]!, contestants[1]!);
}

/** Starts the cluster manager on all hosts at once, on a Corosync that already runs; then gives it its configuration. */
async function start(contestant: Contestant): Promise<void> {
  const { stack, lab } = contestant;
  const daemon = stack === "quorate" ? "quorated" : "pacemaker";
  await Promise.all(lab.hosts.map((host) => host.service("corosync", "start")));
  await until(`${stack}: quorum`, async () => {
    const { stdout } = await lab.hosts[0]!.run(["corosync-quorumtool", "-s"]);
    return /Total votes:\s+3/.test(stdout);
  });
  const startMs = performance.now();
  await Promise.all(lab.hosts.map((host) => host.service(daemon, "start")));
  await until(`${stack}: a DC`, async () => /Current DC: node\d/.test(await status(lab.hosts[0]!)));
  contestant.coldStartMs = performance.now() - startMs;
  console.log(`    ${stack.padEnd(10)} cold start to a DC ${seconds(contestant.coldStartMs)}`);
  await untilAllOnline(lab);
  await configure(lab, configuration(lab));
  // From now on a host that was fenced comes back by itself.
  for (const host of lab.hosts) await host.must(["cp", "/etc/lab/start-stack", "/etc/lab/boot"]);
  await until(`${stack}: the address`, async () => holder(lab) !== undefined);
  await sleep(5000);
}

/** Crashes the host that has the address and waits for it on another one; then for the fenced host to be back. */
async function lose({ stack, lab }: Contestant): Promise<Round> {
  const victim = holder(lab)!;
  const startWallMs = Date.now();
  await victim.crash();
  await until(`${stack}: the address elsewhere`, async () => holder(lab) !== undefined, { pauseMs: 5 });
  const endWallMs = Date.now();
  const changeMs = membershipChange(holder(lab)!, startWallMs);
  await victim.untilUp();
  await untilAllOnline(lab);
  await sleep(5000);
  return { totalMs: endWallMs - startWallMs, ownMs: endWallMs - changeMs };
}

function holder(lab: Lab): Host | undefined {
  const pattern = new RegExp(`-- ${ADDRESS.replaceAll(".", "\\.")}\n\\s*/32 host LOCAL`);
  return lab.hosts.find((host) => {
    try {
      return pattern.test(readFileSync(`/proc/${host.initPid}/net/fib_trie`, "utf8"));
    } catch {
      return false;
    }
  });
}

/** When Corosync on a host formed the first membership without the lost host, as wall-clock ms. */
function membershipChange(host: Host, afterMs: number): number {
  const log = readFileSync(join(host.logDirectory, "corosync/corosync.log"), "utf8");
  for (const [, time] of log.matchAll(
    /^(\w+ +\d+ [\d:.]+) .*A new membership \(.*\) was formed\. Members left/gm,
  )) {
    const atMs = Date.parse(`${new Date(afterMs).getFullYear()} ${time}`);
    if (atMs >= afterMs) return atMs;
  }
  throw new Error(`no membership change in the log of ${host.name}`);
}

function configuration(lab: Lab): string {
  return `<crm_config><cluster_property_set id="cib-bootstrap-options">${nvpairs("option", { "stonith-enabled": "true" })}</cluster_property_set></crm_config>
<resources>${fenceDevices(lab)}
<primitive id="address" class="ocf" provider="heartbeat" type="IPaddr2">
<instance_attributes id="address-p">${nvpairs("address", { ip: ADDRESS, cidr_netmask: "24", nic: "eth0" })}</instance_attributes>
<operations><op id="address-monitor" name="monitor" interval="10s" timeout="60s"/></operations>
</primitive></resources>`;
}

function report(quorate: Contestant, reference: Contestant): number {
  const rows: [string, number, number, number | null][] = [
    ["cold start to a DC", quorate.coldStartMs, reference.coldStartMs, COLD_START_RATIO_MAX],
    ["crash to running elsewhere", medianOf(quorate, "totalMs"), medianOf(reference, "totalMs"), null],
    [
      "of that, after the membership change",
      medianOf(quorate, "ownMs"),
      medianOf(reference, "ownMs"),
      OWN_PART_RATIO_MAX,
    ],
  ];
  console.log(`\nmedian of ${quorate.rounds.length} rounds${" ".repeat(20)}Quorate   Pacemaker   ratio`);
  let isWithin = true;
  for (const [what, ours, theirs, limit] of rows) {
    const ratio = ours / theirs;
    if (limit !== null) isWithin &&= ratio <= limit;
    const promise = limit === null ? "" : ` (limit ${limit.toFixed(2)})`;
    console.log(
      `${what.padEnd(40)}${seconds(ours).padStart(9)}${seconds(theirs).padStart(12)}${ratio.toFixed(2).padStart(8)}${promise}`,
    );
  }
  return isWithin ? 0 : 1;
}

function medianOf({ rounds }: Contestant, field: keyof Round): number {
  const sorted = rounds.map((round) => round[field]).sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)]!;
}
