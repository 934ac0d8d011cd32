import { whyNoLab } from "@quorate/lab";
import { type BenchCluster, corosyncCluster, embeddedCluster } from "./engine/cluster.ts";
import type { FloodResult, Latency } from "./engine/messages.ts";

const NODES = 3;
const ROUND_TRIPS = 2000;
const FLOODS = [
  { bytes: 256, count: 20_000 },
  { bytes: 65_536, count: 500 },
] as const;

/** Latency and throughput of both engines between processes. Exit status 1 when nodes disagree about the order. */
export async function benchEngine(): Promise<number> {
  let isAgreed = await measure("embedded, loopback TCP", await embeddedCluster(NODES));
  const reason = whyNoLab();
  if (reason === "")
    isAgreed = (await measure("Corosync, hosts of the lab", await corosyncCluster(NODES))) && isAgreed;
  else console.log(`Corosync: not measured here: ${reason}`);
  return isAgreed ? 0 : 1;
}

async function measure(name: string, cluster: BenchCluster): Promise<boolean> {
  try {
    console.log(`${name}, ${NODES} nodes`);
    const [first] = cluster.clients;
    for (const [label, command] of [
      ["own message back", "self"],
      ["another node's answer", "ping"],
    ] as const) {
      first!.tell(`${command} ${ROUND_TRIPS} 100`);
      const { p50Ms, p99Ms } = await first!.answer<Latency>();
      console.log(`  ${label.padEnd(24)}p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`);
    }
    let isAgreed = true;
    for (const { bytes, count } of FLOODS) {
      const results = await flood(cluster, count, bytes);
      const slowestMs = Math.max(...results.map(({ elapsedMs }) => elapsedMs));
      const perSecond = (results[0]!.deliveredCount / slowestMs) * 1000;
      const hashes = new Set(results.map(({ orderHash }) => orderHash));
      isAgreed &&= hashes.size === 1;
      console.log(
        `  ${`${bytes} bytes, all send`.padEnd(24)}${Math.round(perSecond)} messages/s and ${((perSecond * bytes) / 1e6).toFixed(1)} MB/s delivered at each node; order ${hashes.size === 1 ? "equal" : "DIFFERS"} (${[...hashes].join(" ")})`,
      );
    }
    return isAgreed;
  } finally {
    await cluster.close();
  }
}

/** All nodes at once. */
export function flood(cluster: BenchCluster, count: number, bytes: number): Promise<FloodResult[]> {
  for (const client of cluster.clients) client.tell(`flood ${count} ${bytes}`);
  return Promise.all(cluster.clients.map((client) => client.answer<FloodResult>()));
}
