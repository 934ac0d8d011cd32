import { corosyncCluster } from "./engine/cluster.ts";
import { flood } from "./engine.ts";

const NODES = 3;
const MESSAGES_DEFAULT = 1_000_000;
const MESSAGE_BYTES = 256;
const ROUNDS = 10;
/** What may be added between the second round, after everything has warmed up, and the last. */
const GROWTH_BYTES_MAX = 24 * 1024 * 1024;

/**
 * Many messages over real Corosync in the lab: no gap, one order, and memory of clients and daemons that stays where it was.
 * @param args how many messages in all, delivered at every node
 */
export async function soakEngine(args: readonly string[]): Promise<number> {
  const total = Number(args[0] ?? MESSAGES_DEFAULT);
  const each = Math.ceil(total / NODES / ROUNDS);
  const cluster = await corosyncCluster(NODES);
  let isGood = true;
  let deliveredCount = 0;
  const clientRss: number[] = [];
  const daemonRss: number[] = [];
  try {
    const startMs = performance.now();
    for (let round = 1; round <= ROUNDS; round++) {
      const results = await flood(cluster, each, MESSAGE_BYTES);
      deliveredCount += results[0]!.deliveredCount;
      const isAgreed = new Set(results.map(({ orderHash }) => orderHash)).size === 1;
      isGood &&= isAgreed;
      clientRss.push(Math.max(...results.flatMap(({ rssBytes }) => rssBytes)));
      daemonRss.push(Math.max(...(await cluster.daemonRssBytes())));
      console.log(
        `round ${round}: ${deliveredCount} delivered at each node, order ${isAgreed ? "equal" : "DIFFERS"}; largest client ${megabytes(clientRss.at(-1)!)}, largest corosync ${megabytes(daemonRss.at(-1)!)}`,
      );
    }
    const seconds = (performance.now() - startMs) / 1000;
    for (const [name, sizes] of [
      ["clients", clientRss],
      ["corosync", daemonRss],
    ] as const) {
      const growth = sizes.at(-1)! - sizes[1]!;
      const isBounded = growth <= GROWTH_BYTES_MAX;
      isGood &&= isBounded;
      console.log(`${name}: ${megabytes(growth)} more than after round 2${isBounded ? "" : ": TOO MUCH"}`);
    }
    console.log(
      `${deliveredCount} messages in ${seconds.toFixed(0)} s, ${Math.round(deliveredCount / seconds)}/s`,
    );
  } finally {
    await cluster.close();
  }
  return isGood ? 0 : 1;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
