import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  BMC_PASSWORD,
  BMC_USER,
  type Host,
  Lab,
  processToken,
  type Stack,
  whyNoBmc,
  whyNoLab,
} from "@quorate/lab";
import { run as build } from "../build.ts";

/** What is promised: Quorate's share of the reference's time. */
const OWN_PART_RATIO_MAX = 0.5;
const COLD_START_RATIO_MAX = 1 / 3;

const ADDRESS = "10.77.0.50";
const WAIT_MS_MAX = 180_000;

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
      const lab = await Lab.create({
        name: `bench-${process.pid}-${stack}`,
        owner: processToken(process.pid),
        hosts: ["node1", "node2", "node3"],
        stack,
        isStackStartedAtBoot: false,
      });
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
  await lab.hosts[0]!.must(
    ["cibadmin", "--modify", "--allow-create", "--scope", "configuration", "--xml-pipe"],
    {
      input: configuration(lab),
    },
  );
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
  await until(`${stack}: the address elsewhere`, async () => holder(lab) !== undefined, 5);
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

async function untilAllOnline(lab: Lab): Promise<void> {
  for (const host of lab.hosts)
    await until(`${host.name} sees all online`, async () =>
      /Online: \[ node1 node2 node3 \]/.test(await status(host)),
    );
}

async function status(host: Host): Promise<string> {
  return (await host.run(["crm_mon", "-1"])).stdout;
}

function configuration(lab: Lab): string {
  const nvpairs = (id: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values)
      .map(([name, value]) => `<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`)
      .join("");
  const devices = lab.hosts.map(({ name, bmc }) => {
    const id = `fence-${name}`;
    const parameters = {
      ip: bmc.address,
      username: BMC_USER,
      password: BMC_PASSWORD,
      lanplus: "1",
      cipher: "3",
      power_wait: "0",
      pcmk_host_list: name,
    };
    return `<primitive id="${id}" class="stonith" type="fence_ipmilan"><instance_attributes id="${id}-p">${nvpairs(id, parameters)}</instance_attributes></primitive>`;
  });
  return `<configuration>
<crm_config><cluster_property_set id="cib-bootstrap-options">${nvpairs("option", { "stonith-enabled": "true" })}</cluster_property_set></crm_config>
<resources>${devices.join("")}
<primitive id="address" class="ocf" provider="heartbeat" type="IPaddr2">
<instance_attributes id="address-p">${nvpairs("address", { ip: ADDRESS, cidr_netmask: "24", nic: "eth0" })}</instance_attributes>
<operations><op id="address-monitor" name="monitor" interval="10s" timeout="60s"/></operations>
</primitive></resources>
</configuration>`;
}

async function until(what: string, isTrue: () => Promise<boolean>, pauseMs = 100): Promise<void> {
  const deadlineMs = performance.now() + WAIT_MS_MAX;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain for ${what}`);
    await sleep(pauseMs);
  }
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

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
