import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "@quorate/api";
import { type Host, type Lab, whyNoLab } from "@quorate/lab";
import { run as build } from "../build.ts";
import { configure, createLab, nvpairs, seconds, until, untilAllOnline } from "./lab-cluster.ts";

/** What is promised for joining, changing and asking. */
const LIMIT_MS = 1000;

const SETTLING_MS = 4000;

/** Nothing runs of a template that nobody refers to, so that the size is all that is measured. */
const PARAMETERS_PER_TEMPLATE = 50;

/** Characters before a parameter in the text of the CIB, and the end of its line. */
const INDENTATION = 11;

/**
 * A configuration of so many megabytes on three hosts of the lab: `large-cib [MEGABYTES [ROUNDS]]`. Exit status 1 when a change, a query or the
 * joining of a node takes longer than promised.
 */
export async function benchLargeCib([megabytes = "10", rounds = "5"]: readonly string[]): Promise<number> {
  const reason = whyNoLab();
  if (reason !== "") {
    console.log(`no lab on this machine: ${reason}`);
    return 1;
  }
  if ((await build()) !== 0) return 1;
  const lab = await createLab("quorate");
  try {
    for (const host of lab.hosts) await host.untilUp();
    await untilAllOnline(lab);
    await configure(lab, configurationOf(Number(megabytes) * 1e6), ["--force"]);
    return await measure(lab, Number(rounds));
  } finally {
    await lab.destroy();
  }
}

async function measure(lab: Lab, rounds: number): Promise<number> {
  const [first] = lab.hosts as [Host, Host, Host];
  const size = (await first.must(["cibadmin", "--query"])).length;
  console.log(`the CIB has ${(size / 1e6).toFixed(1)} MB as text`);
  const results = new Map<string, number[]>();
  const time = async (what: string, act: () => Promise<unknown>) => {
    const startMs = performance.now();
    await act();
    const ms = performance.now() - startMs;
    results.set(what, [...(results.get(what) ?? []), ms]);
  };
  const client = await connect({
    socketPath: socketOf(first),
    clientName: "bench",
    timeoutMs: 60_000,
  });
  try {
    for (let round = 1; round <= rounds; round++) {
      const change = `<cluster_property_set id="bench"><nvpair id="bench-round" name="bench-round" value="ROUND"/></cluster_property_set>`;
      await untilIdle(lab);
      await time("change, local API", () =>
        client.request("cib.request", {
          operation: "cib_modify",
          section: "crm_config",
          xpath: null,
          data: change.replace("ROUND", `api-${round}`),
          flags: ["canCreate"],
        }),
      );
      await untilIdle(lab);
      await time("change, cibadmin --modify", () =>
        first.must([
          "cibadmin",
          "--modify",
          "--allow-create",
          "--scope",
          "crm_config",
          "--xml-text",
          change.replace("ROUND", `tool-${round}`),
        ]),
      );
      await untilIdle(lab);
      await time("one value, crm_attribute --query", () =>
        first.must(["crm_attribute", "--query", "--name", "bench-round"]),
      );
      await time("all, cibadmin --query", () => first.must(["cibadmin", "--query"]));
      await time("status, crm_mon -1", () => first.must(["crm_mon", "-1"]));
      const { dc } = await client.request("node.status", {});
      const joining = lab.hosts.find((host) => host !== first && host.name !== dc)!;
      await joining.service("quorated", "stop");
      await until(`${joining.name} to have left`, async () =>
        (await first.run(["crm_mon", "-1"])).stdout.includes(`OFFLINE: [ ${joining.name} ]`),
      );
      await time("join, from the start of the daemon", () => join(joining));
    }
  } finally {
    client.close();
  }
  let isKept = true;
  for (const [what, times] of results) {
    const median = [...times].sort((left, right) => left - right)[Math.floor(times.length / 2)]!;
    isKept &&= median <= LIMIT_MS;
    console.log(`${what.padEnd(36)} ${seconds(median).padStart(8)} (${times.map(seconds).join(", ")})`);
  }
  return isKept ? 0 : 1;
}

/** All have the same configuration, and the DC has decided what follows from it: three hosts share two processors. */
async function untilIdle(lab: Lab): Promise<void> {
  await until("the cluster to be idle", async () => {
    const states = await Promise.all(lab.hosts.map(stateOf));
    return states.filter((state) => state === "S_NOT_DC").length === 2 && states.includes("S_IDLE");
  });
  // Saving the scheduler's input goes on after that.
  await sleep(SETTLING_MS);
}

/** Until the daemon says that it has joined. */
async function join(host: Host): Promise<void> {
  await host.service("quorated", "start");
  await until(`${host.name} to have joined`, async () => (await stateOf(host)) === "S_NOT_DC", {
    pauseMs: 20,
  });
}

/** Of the controller. */
async function stateOf(host: Host): Promise<string> {
  try {
    const client = await connect({ socketPath: socketOf(host), clientName: "bench", timeoutMs: 60_000 });
    const { state } = await client.request("node.status", {});
    client.close();
    return state;
  } catch {
    return "not there yet";
  }
}

function socketOf(host: Host): string {
  return `/proc/${host.initPid}/root/run/quorate/quorated.sock`;
}

function configurationOf(bytes: number): string {
  const templates: string[] = [];
  let size = 0;
  for (let index = 0; size < bytes; index++) {
    const id = `template-${index}`;
    const parameters = Array.from({ length: PARAMETERS_PER_TEMPLATE }, (_, parameter) => [
      `parameter-${parameter}`,
      `a value as long as they are on average ${index}-${parameter}`,
    ]);
    const template = `<template id="${id}" class="ocf" provider="pacemaker" type="Dummy"><instance_attributes id="${id}-p">${nvpairs(`${id}-p`, Object.fromEntries(parameters))}</instance_attributes></template>`;
    templates.push(template);
    // As text, each parameter has a line of its own, indented.
    size += template.length + PARAMETERS_PER_TEMPLATE * INDENTATION;
  }
  return `<crm_config><cluster_property_set id="bench">${nvpairs("bench", { "stonith-enabled": "false" })}</cluster_property_set></crm_config><resources>${templates.join("")}</resources>`;
}
