import { describe, expect, test } from "vitest";
import { schedule } from "../../src/schedule.ts";
import { parseCib } from "../generate/decided.ts";
import { cibText, memberState, nodeElements } from "../model/cluster-under-test.ts";

/** 2026-11-28 10:20:00 UTC. */
const NOW_S = 1_795_861_200;

/** What the graph tells the executor about the delay of a monitor with these attributes, in ms; null: nothing. */
function startDelayMs(attributes: string): string | null {
  const cib = cibText({
    options: { "stonith-enabled": "false" },
    nodes: nodeElements("n1"),
    resources: `<primitive id="a" class="ocf" provider="pacemaker" type="Dummy"><operations><op id="a-m" name="monitor" timeout="20s" ${attributes}/></operations></primitive>`,
    status: memberState("1", "n1"),
  });
  const { graph } = schedule(parseCib(cib), { nowS: NOW_S, leavesOutScores: true });
  const monitor = graph.synapses
    .map(({ action }) => action)
    .find(({ operationKey }) => operationKey.startsWith("a_monitor_") && operationKey !== "a_monitor_0");
  if (monitor === undefined) throw new Error("no monitor in the graph");
  return monitor.attributes.get("CRM_meta_start_delay") ?? null;
}

describe("when a recurring operation begins (part 3, 3.2 step 9)", () => {
  test.each([
    ['interval="60s"', null],
    ['interval="60s" start-delay="90s"', "90000"],
    ['interval="60s" start-delay="-5"', "0"],
    // Counted from 00:00, the next full hour is at 11:00; an origin to come counts back.
    ['interval="1h" interval-origin="2026-11-28 00:00:00Z"', "2400000"],
    ['interval="1h" interval-origin="2026-11-27 00:50:00Z"', "1800000"],
    ['interval="1h" interval-origin="2026-11-28 10:20:00Z"', "0"],
    ['interval="1h" interval-origin="2026-11-28 10:30:00Z"', "600000"],
    ['interval="1h" interval-origin="soon"', null],
    ['interval="1h" interval-origin="2026-11-28 00:00:00Z" start-delay="1s"', "1000"],
  ])("%s", (attributes, expected) => expect(startDelayMs(attributes)).toBe(expected));
});
