import { diffCib, type Patchset } from "@quorate/cib";
import { LiveDocument, schedule } from "@quorate/scheduler";
import { detach, parseXml, XmlElement } from "@quorate/xml";
import { BENCH_TIME_S } from "../../../packages/scheduler/bench/states.ts";
import { median } from "./measured.ts";

/** Processor time in milliseconds. */
export interface LifeCost {
  readonly fullMs: number;
  readonly failedMonitorMs: number;
  readonly attributeMs: number;
}

/** Runs before the rounds that count: a daemon has run for days. */
const WARM_UP = 10;

/** A running cluster in which something changes again and again, as the scheduler's thread of the daemon sees it. */
export function measureLife(text: string, rounds: number): LifeCost {
  const fullMs = medianCpuMs(rounds, () =>
    schedule(parsed(text), { nowS: BENCH_TIME_S, leavesOutScores: true }),
  );
  return {
    fullMs,
    failedMonitorMs: changesMs(text, rounds, failMonitor),
    attributeMs: changesMs(text, rounds, setAttribute),
  };
}

/** Changes one after another; what is measured is to take a change in, and to decide again. */
function changesMs(text: string, rounds: number, change: (cib: XmlElement, round: number) => void): number {
  const live = new LiveDocument(parsed(text));
  live.schedule({ nowS: BENCH_TIME_S, leavesOutScores: true });
  const patchsets: Patchset[] = [];
  let current = parsed(text);
  for (let round = 0; round < WARM_UP + rounds; round++) {
    const next = current.clone();
    change(next, round);
    next.set("num_updates", String(Number(next.get("num_updates") ?? 0) + 1));
    patchsets.push(diffCib(current, next));
    current = next;
  }
  return medianCpuMs(rounds, () => {
    if (!live.apply(patchsets.shift()!)) throw new Error("the change does not fit");
    live.schedule({ nowS: BENCH_TIME_S, leavesOutScores: true });
  });
}

function failMonitor(cib: XmlElement, round: number): void {
  const monitors = [...cib.descendants("lrm_rsc_op")].filter(
    (entry) => entry.get("operation") === "monitor" && entry.get("interval") !== "0",
  );
  const monitor = monitors[(round * 7919) % monitors.length]!;
  const magic = monitor.get("transition-magic") ?? "";
  const failure = new XmlElement("lrm_rsc_op", monitor.attributes);
  failure.set("id", monitor.get("id")!.replace(/_monitor_\d+$/, "_last_failure_0"));
  failure.set("rc-code", "1");
  failure.set("transition-magic", magic.replace(/^0:\d+/, "0:1"));
  failure.set("call-id", "9999");
  monitor.parent!.append(failure);
}

function setAttribute(cib: XmlElement, round: number): void {
  const states = [...cib.descendants("node_state")];
  const state = states[round % states.length]!;
  const uname = state.get("uname")!;
  const set = new XmlElement("instance_attributes", [["id", `status-${uname}`]]);
  set.append(
    new XmlElement("nvpair", [
      ["id", `status-${uname}-ping`],
      ["name", "ping"],
      ["value", String(round)],
    ]),
  );
  const attributes = new XmlElement("transient_attributes", [["id", uname]]);
  attributes.append(set);
  const before = state.first("transient_attributes");
  if (before !== null) detach(before);
  state.append(attributes);
}

function medianCpuMs(rounds: number, act: () => unknown): number {
  const times: number[] = [];
  for (let round = 0; round < WARM_UP + rounds; round++) times.push(cpuMsOf(act));
  return median(times.slice(WARM_UP));
}

/** Processor time that this process takes for something, its helper threads for collection and compilation included. */
export function cpuMsOf(act: () => unknown): number {
  const start = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function parsed(text: string): XmlElement {
  const result = parseXml(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.root;
}
