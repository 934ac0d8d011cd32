import { createInterface } from "node:readline";
import { connectToCorosync } from "../../../packages/membership/src/index.ts";
import { LocalClient } from "../../../packages/membership/test/contract/client.ts";
import { realClock } from "../../../packages/membership/test/real-clock.ts";

/**
 * One client in a process of its own on the host of its node. Arguments: number, node. Each line of standard input is a command; standard
 * output gets the events as they happen and the counters after each command, as JSON lines.
 */
const [number = "", node = ""] = process.argv.slice(2);
const engine = await connectToCorosync({ clock: realClock, log: () => {} });
const client = new LocalClient(engine, Number(number), Number(node), () => process.exit());
const { history } = client;

/** Events are taken out as they are told, so that a long run needs no memory. */
function tell(): void {
  const events = history.events.splice(0);
  const { acceptedCount, joinCount, leaveCount, damaged } = history;
  const counters = { acceptedCount, joinCount, leaveCount };
  const { isConnected, waitingCount } = client;
  process.stdout.write(`${JSON.stringify({ events, counters, damaged, isConnected, waitingCount })}\n`);
}

setInterval(() => {
  client.retry();
  tell();
}, 20);

createInterface({ input: process.stdin }).on("line", (line) => {
  const [command, ...parameters] = line.split(" ");
  if (command === "send") client.send(Number(parameters[0]), Number(parameters[1]));
  else if (command === "leave") client.leave();
  else if (command === "rejoin") client.rejoin();
  tell();
});
