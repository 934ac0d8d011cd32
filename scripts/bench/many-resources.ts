import { readdirSync } from "node:fs";
import { loadavg } from "node:os";
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
  untilAllOnline,
} from "./lab-cluster.ts";

/** The agents alone take a minute of processor time for each phase. */
const PHASE_MS_MAX = 180_000;
/** What comes after a phase: monitors, and a node that joins again. */
const REST_MS_MAX = 60_000;

/** Where `ocf:pacemaker:Dummy` notes that it runs. */
const STATE_DIRECTORY = "/run";

type Phase = "probe" | "start" | "fail over" | "stop";

interface Measured {
  readonly ms: number;
  /** False: it was waited for so long, and not longer. */
  readonly isComplete: boolean;
  /** What was reached, of what was to be. */
  readonly reached: number;
  readonly wanted: number;
  /** Of the machine, in the last minute: both stacks start fewer actions at a time where it is high. */
  readonly load: number;
}

/**
 * So many resources on three hosts of the lab, with Quorate and with the distribution's Pacemaker, one after the other: `many-resources [COUNT [STACK]]`.
 * Where they run is seen in what their agents note, not asked of the cluster. A phase that takes longer than three minutes is reported with what it
 * reached, and the next begins from there.
 */
export async function benchManyResources([count = "1000", only]: readonly string[]): Promise<number> {
  const reason = whyNoLab() || whyNoBmc;
  if (reason !== "") {
    console.log(`no lab on this machine: ${reason}`);
    return 1;
  }
  if ((await build()) !== 0) return 1;
  const results = new Map<Stack, ReadonlyMap<Phase, Measured>>();
  for (const stack of ["quorate", "pacemaker"] as const)
    if (only === undefined || only === stack) results.set(stack, await measure(stack, Number(count)));
  console.log("");
  for (const [stack, phases] of results)
    console.log(
      `${stack.padEnd(10)} ${[...phases].map(([phase, measured]) => `${phase} ${describe(measured)}`).join(", ")}`,
    );
  return 0;
}

function describe({ ms, isComplete, reached, wanted, load }: Measured): string {
  const time = isComplete ? seconds(ms) : `not within ${seconds(ms)} (${reached}, to be ${wanted})`;
  return `${time} at load ${load.toFixed(1)}`;
}

async function measure(stack: Stack, count: number): Promise<ReadonlyMap<Phase, Measured>> {
  const lab = await createLab(stack);
  const [first] = lab.hosts as [Host];
  const phases = new Map<Phase, Measured>();
  const setRole = (role: string) =>
    first.must(["crm_attribute", "--type", "rsc_defaults", "--name", "target-role", "--update", role]);
  const time = async (
    phase: Phase,
    wanted: number,
    reached: () => number | Promise<number>,
    begin: () => Promise<unknown>,
  ) => {
    const startMs = performance.now();
    // A command that gives up on a busy cluster may have been heard all the same.
    await begin().catch((error: Error) => console.log(`${stack.padEnd(10)} ${error.message}`));
    const isComplete = await isReached(PHASE_MS_MAX, async () => (await reached()) === wanted);
    const ms = performance.now() - startMs;
    const measured = { ms, isComplete, reached: await reached(), wanted, load: loadavg()[0]! };
    phases.set(phase, measured);
    console.log(`${stack.padEnd(10)} ${phase} ${describe(measured)}`);
    if (!(await isReached(REST_MS_MAX, () => isIdle(first))))
      console.log(`${stack.padEnd(10)} and did not come to rest`);
  };
  try {
    for (const host of lab.hosts) await host.untilUp();
    await untilAllOnline(lab);
    await time(
      "probe",
      lab.hosts.length * count,
      () => probesOnRecord(first),
      () => configure(lab, configurationOf(lab, count)),
    );
    const running = () => runningOn(lab);
    await time("start", count, running, () => setRole("Started"));
    await time("fail over", count, running, () => lab.hosts[2]!.crash());
    const isWhole = async () => /Online: \[ node1 node2 node3 \]/.test(await status(first));
    if (!((await isReached(REST_MS_MAX, isWhole)) && (await isReached(REST_MS_MAX, () => isIdle(first)))))
      console.log(`${stack.padEnd(10)} and did not come to rest with all hosts`);
    await time("stop", 0, running, () => setRole("Stopped"));
    return phases;
  } finally {
    await lab.destroy();
  }
}

/** False when it is not within the time. */
async function isReached(msMax: number, isTrue: () => Promise<boolean>): Promise<boolean> {
  const deadlineMs = performance.now() + msMax;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) return false;
    await sleep(250);
  }
  return true;
}

/** Has the DC nothing to do? In three looks, because it is between two things at times. */
async function isIdle(host: Host): Promise<boolean> {
  for (let look = 0; look < 3; look++) {
    await sleep(1000);
    const dc = /^Designated Controller is: (\S+)/.exec(
      (await host.run(["crmadmin", "--dc_lookup"])).stdout,
    )?.[1];
    if (dc === undefined) return false;
    if (!/\bS_IDLE\b/.test((await host.run(["crmadmin", "--status", dc])).stdout)) return false;
  }
  return true;
}

/** How many first looks at the resources the cluster has on record. */
async function probesOnRecord(host: Host): Promise<number> {
  await sleep(750);
  const xpath = "//lrm_rsc_op[starts-with(@id,'r') and @operation='monitor' and @interval='0']";
  const { stdout } = await host.run(["cibadmin", "--query", "--xpath", xpath]);
  return stdout.match(/<lrm_rsc_op\b/g)?.length ?? 0;
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
