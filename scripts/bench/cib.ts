import { cpus, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type ApiClient, connect } from "@quorate/api";
import { type Lab, type Stack, whyNoLab } from "@quorate/lab";
import { run as build } from "../build.ts";
import { configure, createLab, nvpairs, until, untilAllOnline } from "./lab-cluster.ts";

/** What is promised: how often more through the local API than the reference's tools, in the same time. */
const API_RATIO_MIN = 20;
/** And our own tools in the same loop. */
const TOOL_RATIO_MIN = 1;

const WRITERS = 4;
/** So many requests are on their way at once in the runs over the API. */
const PIPELINES = [WRITERS, 64, 256] as const;

/** What is written: a setting of the configuration, durable on every host, or a transient attribute. */
type Kind = "configuration" | "attribute";

interface Measurement {
  readonly label: string;
  readonly kind: Kind;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Replicated writes on three hosts of the lab, with Quorate and with the distribution's Pacemaker on the same `corosync.conf`: `cib [SECONDS]`. Each
 * measurement is checked on the third host, which must get the last value of each writer. Exit status 1 when a promise is not kept.
 */
export async function benchCib([seconds = "10"]: readonly string[]): Promise<number> {
  const reason = whyNoLab();
  if (reason !== "") {
    console.log(`no lab on this machine: ${reason}`);
    return 1;
  }
  if ((await build()) !== 0) return 1;
  const durationMs = Number(seconds) * 1000;
  const results = new Map<Stack, readonly Measurement[]>();
  console.log(`${cpus().length} processors, load ${loadOf()} before the start`);
  // One after the other: two clusters at once would take the processors from each other.
  for (const stack of ["pacemaker", "quorate"] as const)
    results.set(stack, await withLab(stack, (lab) => measureAll(stack, lab, durationMs)));
  console.log(`load ${loadOf()} at the end`);
  return report(results.get("quorate")!, results.get("pacemaker")!);
}

async function withLab<T>(stack: Stack, act: (lab: Lab) => Promise<T>): Promise<T> {
  const lab = await createLab(stack);
  try {
    for (const host of lab.hosts) await host.untilUp();
    await untilAllOnline(lab);
    const settings = Array.from({ length: Math.max(...PIPELINES) }, (_, index) => [`bench-${index}`, "0"]);
    await configure(
      lab,
      `<crm_config><cluster_property_set id="bench">${nvpairs("setting", { "stonith-enabled": "false", ...Object.fromEntries(settings) })}</cluster_property_set></crm_config>`,
    );
    await sleep(5000);
    return await act(lab);
  } finally {
    await lab.destroy();
  }
}

async function measureAll(stack: Stack, lab: Lab, durationMs: number): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  const add = (measurement: Measurement) => {
    measurements.push(measurement);
    const { label, kind, perSecond, p50Ms, p99Ms } = measurement;
    console.log(
      `${stack.padEnd(10)} ${kind.padEnd(14)} ${label.padEnd(28)} ${perSecond.toFixed(0).padStart(6)} a second, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms, load ${loadOf()}`,
    );
  };
  for (const kind of ["configuration", "attribute"] as const) add(await throughTools(lab, kind, durationMs));
  if (stack !== "quorate") return measurements;
  // The host's own socket, as a program on the host sees it.
  const socketPath = `/proc/${lab.hosts[0]!.initPid}/root/run/quorate/quorated.sock`;
  const client = await connect({ socketPath, clientName: "bench", timeoutMs: 10_000 });
  try {
    for (const kind of ["configuration", "attribute"] as const)
      for (const concurrency of PIPELINES) add(await throughApi(client, lab, kind, concurrency, durationMs));
  } finally {
    client.close();
  }
  return measurements;
}

/** Four shells on one host, each starting one command after another, as scripts of administrators do. */
async function throughTools(lab: Lab, kind: Kind, durationMs: number): Promise<Measurement> {
  const command =
    kind === "configuration"
      ? `cibadmin --modify --scope crm_config --xml-text "<cluster_property_set id=\\"bench\\"><nvpair id=\\"setting-bench-$w\\" name=\\"bench-$w\\" value=\\"$n\\"/></cluster_property_set>"`
      : 'attrd_updater --name "bench-$w" --update "$n"';
  // Microseconds of each command, a line each, after the number of its writer.
  const script = `
end=$(( \${EPOCHREALTIME/./} + ${durationMs * 1000} ))
for w in ${Array.from({ length: WRITERS }, (_, index) => index).join(" ")}; do (
  n=0
  while now=\${EPOCHREALTIME/./}; [ $now -lt $end ]; do
    n=$((n + 1))
    ${command} >/dev/null || exit 1
    echo "$w $((\${EPOCHREALTIME/./} - now))"
  done
) & done
for job in $(jobs -p); do wait $job || exit 1; done`;
  const startMs = performance.now();
  const output = await lab.hosts[0]!.must(["bash", "-c", script]);
  const lines = output
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number) as [number, number]);
  const elapsedMs = performance.now() - startMs;
  for (let writer = 0; writer < WRITERS; writer++) {
    const count = lines.filter(([ofWriter]) => ofWriter === writer).length;
    await untilArrived(lab, kind, `bench-${writer}`, String(count));
  }
  return summary(
    `tools, ${WRITERS} shells`,
    kind,
    elapsedMs,
    lines.map(([, us]) => us / 1000),
  );
}

/** One connection, so many writers that each wait for the answer to their request before the next. */
async function throughApi(
  client: ApiClient,
  lab: Lab,
  kind: Kind,
  concurrency: number,
  durationMs: number,
): Promise<Measurement> {
  const latencies: number[] = [];
  const last: string[] = [];
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async (_, writer) => {
      for (let count = 1; performance.now() - startMs < durationMs; count++) {
        const value = `${concurrency}-${count}`;
        const sentMs = performance.now();
        await (kind === "configuration"
          ? writeSetting(client, `bench-${writer}`, value)
          : writeAttribute(client, `bench-${writer}`, value));
        latencies.push(performance.now() - sentMs);
        last[writer] = value;
      }
    }),
  );
  const elapsedMs = performance.now() - startMs;
  for (const [writer, value] of last.entries()) await untilArrived(lab, kind, `bench-${writer}`, value);
  return summary(`API, ${concurrency} at once`, kind, elapsedMs, latencies);
}

async function writeSetting(client: ApiClient, name: string, value: string): Promise<void> {
  const reply = await client.request("cib.request", {
    operation: "cib_modify",
    section: "crm_config",
    xpath: null,
    data: `<cluster_property_set id="bench"><nvpair id="setting-${name}" name="${name}" value="${value}"/></cluster_property_set>`,
    flags: [],
  });
  if (reply.kind !== "done" || reply.code !== "ok") throw new Error(`refused: ${JSON.stringify(reply)}`);
}

/** Answered when all hosts have the value; the reference's `attrd_updater` ends before that. */
async function writeAttribute(client: ApiClient, name: string, value: string): Promise<void> {
  await client.request("attributes.update", {
    name,
    isPattern: false,
    value,
    kind: "value",
    node: null,
    delayMs: null,
    isPrivate: false,
    setId: null,
    setType: null,
    wait: "cluster",
  });
}

/** On the third host, asked with its own tools. */
async function untilArrived(lab: Lab, kind: Kind, name: string, value: string): Promise<void> {
  const host = lab.hosts[2]!;
  await until(`${name}=${value} on ${host.name}`, async () => {
    const { stdout } =
      kind === "configuration"
        ? await host.run(["cibadmin", "--local", "--query", "--xpath", `//nvpair[@name='${name}']`])
        : await host.run(["attrd_updater", "--query", "--name", name, "--node", "node1"]);
    return stdout.includes(`value="${value}"`);
  });
}

function summary(label: string, kind: Kind, elapsedMs: number, latencies: readonly number[]): Measurement {
  const sorted = [...latencies].sort((left, right) => left - right);
  const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
  return {
    label,
    kind,
    perSecond: (latencies.length / elapsedMs) * 1000,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

function report(own: readonly Measurement[], reference: readonly Measurement[]): number {
  let isKept = true;
  for (const kind of ["configuration", "attribute"] as const) {
    const theirs = reference.find((measurement) => measurement.kind === kind)!.perSecond;
    const [tools, ...api] = own.filter((measurement) => measurement.kind === kind);
    const best = Math.max(...api.map(({ perSecond }) => perSecond));
    for (const [what, perSecond, ratioMin] of [
      ["our tools", tools!.perSecond, TOOL_RATIO_MIN],
      ["our API", best, API_RATIO_MIN],
    ] as const) {
      const ratio = perSecond / theirs;
      isKept &&= ratio >= ratioMin;
      console.log(
        `${kind}: ${what} ${perSecond.toFixed(0)} a second, Pacemaker's tools ${theirs.toFixed(0)}: ${ratio.toFixed(1)} times as many (promised ${ratioMin})`,
      );
    }
  }
  return isKept ? 0 : 1;
}

function loadOf(): string {
  return loadavg()[0]!.toFixed(1);
}
