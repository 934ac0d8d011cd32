import { schedule } from "@quorate/scheduler";
import { SimulatedCluster } from "../cluster/cluster.ts";
import { clone, dummy, fenceDevice, group, promotable, remoteConnection } from "../cluster/configuration.ts";
import { wrongBeliefs } from "../watch/beliefs.ts";
import { inject, repairDisk, setStandby } from "./inject.ts";
import { enableRemote } from "./inject-remote.ts";
import { CONTENT, type Plan, REMOTE, type World } from "./plan.ts";

export interface Outcome {
  /** What is wrong; empty when all is well. */
  readonly problems: readonly string[];
  /** A line for each event; empty when all is well and the log was not asked for. */
  readonly log: readonly string[];
  /** Virtual time that the run took. */
  readonly virtualMs: number;
}

/** Longer than the longest interval between two looks at a resource, with its timeout. */
const MONITORED_MS = 20_000;
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
    problems.push(...recover(cluster, plan.world));
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
  const { remote } = world;
  const members = Array.from({ length: world.nodeCount }, (_, index) => `n${index + 1}`);
  const names = remote === undefined ? members : [...members, REMOTE];
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
        ...(remote === undefined ? [] : [connectionOf(remote)]),
      ],
      more: [
        ...(isRich
          ? ([
              ["fencing-topology", fencingLevels(names)],
              ["constraints", ORDER],
            ] as const)
          : []),
        ...(remote === undefined ? [] : [["constraints", preferences(remote)] as const]),
      ],
    },
    {
      seed,
      exclusive,
      ...(remote === undefined ? {} : { remotes: [REMOTE] }),
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
  for (const { services } of [...cluster.nodes, ...cluster.remotes]) {
    services.durationMs = world.agentMs;
    services.monitorMs = world.monitorMs;
  }
  for (const { disk, nodeId } of cluster.nodes) {
    disk.latencyMs = world.diskMs * nodeId;
  }
  cluster.power.delayMs = world.fenceMs;
  cluster.log.add("world", "begin", JSON.stringify(world));
  return cluster;
}

function connectionOf({ reconnectS }: NonNullable<World["remote"]>): string {
  return remoteConnection(REMOTE, reconnectS === 0 ? {} : { reconnect_interval: `${reconnectS}s` });
}

function preferences({ prefers }: NonNullable<World["remote"]>): string {
  const rules = prefers.map(
    (id) => `<rsc_location id="home-${id}" rsc="${id}" node="${REMOTE}" score="1000"/>`,
  );
  return `<constraints>${rules.join("")}</constraints>`;
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

/** No fault is left; administrators do what is theirs to do, until nothing changes any more. Returns what is wrong before they do it. */
function recover(cluster: SimulatedCluster, world: World): string[] {
  for (const machine of cluster.nodes) {
    machine.services.behaviours.clear();
    repairDisk(machine);
    if (machine.daemon?.clock.isFrozen) cluster.thawDaemon(machine.nodeId);
    cluster.thaw(machine.nodeId);
  }
  cluster.overhearing.clear();
  for (const remote of cluster.remotes) {
    remote.services.behaviours.clear();
    remote.clock.thaw();
    remote.mendLines();
  }
  cluster.power.repairAll();
  cluster.hub.heal();
  cluster.run(15_000);
  startAll(cluster);
  cluster.run(2_000);
  const problems = world.remote === undefined ? [] : problemsBeforeCleanup(cluster, world);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    cluster.settle(SETTLE_LIMIT_MS);
    startAll(cluster);
    const anyone = cluster.running()[0]!.nodeId;
    for (const node of cluster.nodes) setStandby(cluster, anyone, node.nodeId, false);
    for (const _ of cluster.remotes) enableRemote(cluster);
    cluster
      .controller(anyone)
      .cleanup({ kind: "cleanup", resource: null, node: null, operation: null, intervalMs: null }, () => {});
    cluster.run(3_000);
  }
  cluster.settle(SETTLE_LIMIT_MS);
  return problems;
}

/** A cleanup has everything looked for anew, and so hides what was wrong. */
function problemsBeforeCleanup(cluster: SimulatedCluster, { content }: World): string[] {
  cluster.settle(SETTLE_LIMIT_MS);
  cluster.run(MONITORED_MS);
  cluster.settle(SETTLE_LIMIT_MS);
  const { exclusive, everywhere, promotable: promotables } = CONTENT[content];
  return [
    ...wrongBeliefs(cluster, [...exclusive, ...everywhere, ...promotables]),
    ...cluster.watch.attributes.staleIn(cluster.controller(cluster.leader())),
  ];
}

function startAll(cluster: SimulatedCluster): void {
  cluster.start();
  for (const { name } of cluster.remotes) cluster.startRemote(name);
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
    if (cluster.activeOn(id).length !== cluster.nodes.length + cluster.remotes.length)
      problems.push(`${id} is active on [${cluster.activeOn(id).join(" ")}]`);
  for (const { name, servedNode } of cluster.remotes)
    if (servedNode === null) problems.push(`no node is connected to ${name}`);
  for (const id of promotables) {
    const promoted = [...cluster.nodes, ...cluster.remotes].filter(({ services }) =>
      services.promoted.has(id),
    );
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
