import { schedule } from "@quorate/scheduler";
import { SimulatedCluster } from "../cluster/cluster.ts";
import { clone, dummy, fenceDevice, group, promotable } from "../cluster/configuration.ts";
import { inject, repairDisk, setStandby } from "./inject.ts";
import { CONTENT, type Plan, type World } from "./plan.ts";

export interface Outcome {
  /** What is wrong; empty when all is well. */
  readonly problems: readonly string[];
  /** A line for each event; empty when all is well and the log was not asked for. */
  readonly log: readonly string[];
  /** Virtual time that the run took. */
  readonly virtualMs: number;
}

const SETTLE_LIMIT_MS = 240_000;
/** A cluster at rest may look at itself again, but not find something to do again and again. */
const QUIET_MS = 60_000;
const QUIET_TRANSITIONS_MAX = 3;

/**
 * Carries out a plan, then takes all faults away and demands that the cluster comes to rest: one DC, equal copies, every
 * resource where it belongs, every acknowledged change, and nothing left that the scheduler would do.
 */
export function runPlan(plan: Plan, options: { readonly isLogKept?: boolean } = {}): Outcome {
  let cluster: SimulatedCluster;
  try {
    cluster = readyCluster(plan);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { problems: [text.split("\n")[0] ?? ""], log: text.split("\n"), virtualMs: 0 };
  }
  const problems: string[] = [];
  try {
    plan.steps.forEach(({ afterMs, fault }, index) => {
      cluster.run(afterMs);
      inject(cluster, fault, index);
    });
    cluster.run(1_000);
    recover(cluster);
    problems.push(...problemsAtRest(cluster, plan.world));
  } catch (error) {
    if (cluster.watch.violations.length > 0) problems.push(...cluster.watch.violations);
    else problems.push(error instanceof Error ? firstParagraph(error) : String(error));
  }
  if (problems.length > 0) cluster.log.add("world", "end", `\n${cluster.describe()}`);
  return {
    problems,
    log: problems.length === 0 && !options.isLogKept ? [] : cluster.log.lines(),
    virtualMs: cluster.clock.monotonicMs(),
  };
}

function firstParagraph(error: Error): string {
  const isOurs = error.message.startsWith("not within");
  return isOurs ? (error.message.split("\n")[0] ?? "") : (error.stack ?? error.message);
}

function readyCluster({ seed, world }: Plan): SimulatedCluster {
  const names = Array.from({ length: world.nodeCount }, (_, index) => `n${index + 1}`);
  const { exclusive } = CONTENT[world.content];
  const isRich = world.content === "rich";
  const latency = { minMs: 0, maxMs: world.latencyMs };
  const cluster = SimulatedCluster.ready(
    world.nodeCount,
    {
      options: { "cluster-delay": "5s", "stonith-timeout": "10s" },
      resources: [
        fenceDevice("fencer", names),
        ...(isRich
          ? [
              fenceDevice("fencer2", names),
              dummy("d1"),
              group("web", "ip", "www"),
              clone("ping"),
              promotable("store"),
            ]
          : exclusive.map((id) => dummy(id))),
      ],
      more: isRich
        ? [
            ["fencing-topology", fencingLevels(names)],
            ["constraints", ORDER],
          ]
        : [],
    },
    {
      seed,
      exclusive,
      rebootMs: world.rebootMs,
      respawnMs: 1_000,
      engineTiming: {
        latency,
        lossDetection: { minMs: 300, maxMs: 300 + 2 * world.latencyMs },
        merge: { minMs: 200, maxMs: 300 },
        synchronization: { minMs: 1, maxMs: 1 + world.latencyMs },
        nodeStart: { minMs: 20, maxMs: 50 },
        nodeStop: { minMs: 20, maxMs: 50 },
        clientDeath: { minMs: 0, maxMs: world.latencyMs },
      },
    },
  );
  cluster.watch.latencyMs = world.latencyMs;
  for (const { services, disk, nodeId } of cluster.nodes) {
    services.durationMs = world.agentMs;
    services.monitorMs = world.monitorMs;
    disk.latencyMs = world.diskMs * nodeId;
  }
  cluster.power.delayMs = world.fenceMs;
  cluster.log.add("world", "begin", JSON.stringify(world));
  return cluster;
}

const ORDER =
  '<constraints><rsc_order id="order" first="d1" then="web"/><rsc_colocation id="apart" rsc="web" with-rsc="d1" score="-100"/></constraints>';

function fencingLevels(names: readonly string[]): string {
  const levels = names.flatMap((name) =>
    ["fencer", "fencer2"].map(
      (device, index) =>
        `<fencing-level id="${name}-${index + 1}" target="${name}" index="${index + 1}" devices="${device}"/>`,
    ),
  );
  return `<fencing-topology>${levels.join("")}</fencing-topology>`;
}

/** No fault is left; administrators do what is theirs to do, until nothing changes any more. */
function recover(cluster: SimulatedCluster): void {
  for (const machine of cluster.nodes) {
    machine.services.behaviours.clear();
    repairDisk(machine);
    if (machine.daemon?.clock.isFrozen) cluster.thawDaemon(machine.nodeId);
    cluster.thaw(machine.nodeId);
  }
  cluster.power.repairAll();
  cluster.hub.heal();
  cluster.run(15_000);
  cluster.start();
  cluster.run(2_000);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    cluster.settle(SETTLE_LIMIT_MS);
    cluster.start();
    const anyone = cluster.running()[0]!.nodeId;
    for (const node of cluster.nodes) setStandby(cluster, anyone, node.nodeId, false);
    cluster
      .controller(anyone)
      .cleanup({ kind: "cleanup", resource: null, node: null, operation: null, intervalMs: null }, () => {});
    cluster.run(3_000);
  }
  cluster.settle(SETTLE_LIMIT_MS);
}

function problemsAtRest(cluster: SimulatedCluster, world: World): string[] {
  const problems: string[] = [];
  const { exclusive, everywhere, promotable: promotables } = CONTENT[world.content];
  if (cluster.running().length !== cluster.nodes.length) {
    problems.push(`only ${cluster.running().length} daemons run`);
    return problems;
  }
  if (cluster.digests().length !== 1) problems.push("the copies of the CIB differ");
  for (const id of exclusive)
    if (cluster.activeOn(id).length !== 1)
      problems.push(`${id} is active on [${cluster.activeOn(id).join(" ")}]`);
  for (const id of [...everywhere, ...promotables])
    if (cluster.activeOn(id).length !== cluster.nodes.length)
      problems.push(`${id} is active on [${cluster.activeOn(id).join(" ")}]`);
  for (const id of promotables) {
    const promoted = cluster.nodes.filter(({ services }) => services.promoted.has(id));
    if (promoted.length !== 1)
      problems.push(`${id} is promoted on [${promoted.map(({ name }) => name).join(" ")}]`);
  }
  const leader = cluster.node(cluster.leader());
  const document = leader.daemon!.node.cib.document;
  problems.push(...cluster.watch.acknowledged.missingIn(document));
  problems.push(...attributeProblems(cluster));
  const nowS = Math.floor(leader.clock.wallMs() / 1000);
  const wanted = schedule(document.clone(), { nowS })
    .graph.synapses.map((synapse) => synapse.action)
    .filter((action) => action.element !== "pseudo_event");
  if (wanted.length > 0)
    problems.push(
      `at rest, but the scheduler wants ${wanted.map((action) => action.operationKey).join(" ")}`,
    );
  const before = transitionCount(cluster);
  cluster.run(QUIET_MS);
  const transitions = transitionCount(cluster) - before;
  if (transitions > QUIET_TRANSITIONS_MAX)
    problems.push(`${transitions} transitions within ${QUIET_MS / 1000} s of rest`);
  return problems;
}

function transitionCount(cluster: SimulatedCluster): number {
  return cluster.nodes.reduce((sum, { name }) => sum + cluster.log.count(name, /^Calculated transition/), 0);
}

/** All nodes know the same attributes, and the status section shows them. */
function attributeProblems(cluster: SimulatedCluster): string[] {
  const problems: string[] = [];
  const tables = cluster.running().map(({ daemon }) => {
    const { attributes } = daemon!.node;
    return attributes
      .names()
      .flatMap((name) =>
        (attributes.query(name, null) ?? [])
          .filter(({ value }) => value !== null)
          .map(({ node, value }) => `${name}[${node}]=${value}`),
      )
      .sort();
  });
  if (new Set(tables.map((table) => table.join("\n"))).size !== 1)
    problems.push(`the nodes' attributes differ:\n${tables.map((table) => table.join(" ")).join("\n")}`);
  const states = cluster.controller(cluster.leader()).cib.document.first("status")?.all("node_state") ?? [];
  const shown = states
    .flatMap((state) =>
      [...(state.first("transient_attributes")?.descendants("nvpair") ?? [])].map(
        (pair) => `${pair.get("name")}[${state.get("uname")}]=${pair.get("value")}`,
      ),
    )
    .sort();
  if (shown.join("\n") !== tables[0]?.join("\n"))
    problems.push(`the status section shows ${shown.join(" ")}, the attributes are ${tables[0]?.join(" ")}`);
  return problems;
}
