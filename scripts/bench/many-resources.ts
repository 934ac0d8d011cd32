import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Host, type Lab, type Stack, whyNoBmc, whyNoLab } from "@quorate/lab";
import { run as build } from "../build.ts";
import {
  configure,
  createLab,
  fenceDevices,
  nvpairs,
  seconds,
  until,
  untilAllOnline,
} from "./lab-cluster.ts";

/** The agents alone take minutes of processor time. */
const PHASE_MS_MAX = 900_000;

/** Where `ocf:pacemaker:Dummy` notes that it runs. */
const STATE_DIRECTORY = "/run";

type Phase = "probe" | "start" | "fail over" | "stop";

/**
 * So many resources on three hosts of the lab, with Quorate and with the distribution's Pacemaker, one after the other: `many-resources [COUNT [STACK]]`.
 * Where they run is seen in what their agents note, not asked of the cluster.
 */
export async function benchManyResources([count = "1000", only]: readonly string[]): Promise<number> {
  const reason = whyNoLab() || whyNoBmc;
  if (reason !== "") {
    console.log(`no lab on this machine: ${reason}`);
    return 1;
  }
  if ((await build()) !== 0) return 1;
  const results = new Map<Stack, ReadonlyMap<Phase, number>>();
  for (const stack of ["quorate", "pacemaker"] as const)
    if (only === undefined || only === stack) results.set(stack, await measure(stack, Number(count)));
  for (const [stack, phases] of results)
    console.log(
      `${stack.padEnd(10)} ${[...phases].map(([phase, ms]) => `${phase} ${seconds(ms)}`).join(", ")}`,
    );
  return 0;
}

async function measure(stack: Stack, count: number): Promise<ReadonlyMap<Phase, number>> {
  const lab = await createLab(stack);
  const phases = new Map<Phase, number>();
  const time = async (phase: Phase, act: () => Promise<void>) => {
    const startMs = performance.now();
    await act();
    phases.set(phase, performance.now() - startMs);
    console.log(`${stack.padEnd(10)} ${phase} ${seconds(phases.get(phase)!)}`);
  };
  const [first] = lab.hosts as [Host];
  const setRole = (role: string) =>
    first.must(["crm_attribute", "--type", "rsc_defaults", "--name", "target-role", "--update", role]);
  const untilRunning = (wanted: number) =>
    until(`${wanted} resources to run`, () => runningOn(lab) === wanted, { timeoutMs: PHASE_MS_MAX });
  // The reference's was seen to give up before its time, for a reason that is not known.
  const settle = () =>
    until(
      "the cluster to be at rest",
      async () =>
        (await first.run(["crm_resource", "--wait", `--timeout=${PHASE_MS_MAX / 1000}`])).status === 0,
      { timeoutMs: PHASE_MS_MAX },
    );
  try {
    for (const host of lab.hosts) await host.untilUp();
    await untilAllOnline(lab);
    await time("probe", async () => {
      await configure(lab, configurationOf(lab, count));
      await sleep(1000);
      await settle();
    });
    await time("start", async () => {
      await setRole("Started");
      await untilRunning(count);
    });
    await settle();
    await time("fail over", async () => {
      await lab.hosts[2]!.crash();
      await untilRunning(count);
    });
    await lab.hosts[2]!.untilUp();
    await untilAllOnline(lab);
    await settle();
    await time("stop", async () => {
      await setRole("Stopped");
      await untilRunning(0);
    });
    return phases;
  } finally {
    await lab.destroy();
  }
}

function runningOn(lab: Lab): number {
  let count = 0;
  for (const host of lab.hosts) {
    if (host.state !== "up") continue;
    try {
      count += readdirSync(host.path(STATE_DIRECTORY)).filter((name) => name.startsWith("Dummy-")).length;
    } catch {
      // It has not booted as far as that, or has just crashed.
    }
  }
  return count;
}

function configurationOf(lab: Lab, count: number): string {
  const resources = Array.from(
    { length: count },
    (_, index) =>
      `<primitive id="r${index}" class="ocf" provider="pacemaker" type="Dummy"><operations><op id="r${index}-monitor" name="monitor" interval="60s"/></operations></primitive>`,
  );
  return `<crm_config><cluster_property_set id="cib-bootstrap-options">${nvpairs("option", { "stonith-enabled": "true" })}</cluster_property_set></crm_config>
<resources>${fenceDevices(lab)}${resources.join("")}</resources>
<rsc_defaults><meta_attributes id="rsc_defaults-options">${nvpairs("rsc_defaults-options", { "target-role": "Stopped", "resource-stickiness": "1" })}</meta_attributes></rsc_defaults>`;
}
