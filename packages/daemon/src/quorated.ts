import { createHash } from "node:crypto";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { type ApiServer, type Handlers, serve } from "@quorate/api";
import { CHANGE_RULES, FEATURE_SET } from "@quorate/cib";
import {
  type ClusterNode,
  type ClusterTiming,
  createClusterNode,
  DEFAULT_TIMING,
  type ExitNotice,
} from "@quorate/controller";
import { endLeftoverAgents } from "@quorate/executor";
import { createFencer } from "@quorate/fencer";
import {
  createFileStore,
  sbdWatchdog,
  storeThread,
  systemClock,
  systemLoad,
  systemRandom,
} from "@quorate/host";
import { BUS_LIMITS, Bus, type CorosyncEngine, connectToCorosync, connectToHub } from "@quorate/membership";
import type { Engine, Log } from "@quorate/ports";
import { viewCluster } from "@quorate/scheduler";
import { serializeXml } from "@quorate/xml";
import { visibleEvent } from "./access.ts";
import { readNodeSettings } from "./classic-settings.ts";
import {
  type Configuration,
  configurationFile,
  type EngineConfiguration,
  pathsBelow,
} from "./configuration.ts";
import { makeDirectory, readKey } from "./files.ts";
import { createHandlers, remoteHandlers } from "./handlers.ts";
import { type LeftOperation, LeftRunning, RememberingAgents } from "./left-running.ts";
import { createNodeExecutor } from "./node-executor.ts";
import { TlsRemoteHosts } from "./remote/remote-hosts.ts";
import { readRemoteSettings } from "./remote/settings.ts";
import { VERSION } from "./version.ts";
import { CommandService } from "./world/command-service.ts";
import { clientGroup, groupsOf, openPeerUsers, ownUser } from "./world/peer-users.ts";
import { WorkerScheduler } from "./world/scheduler.ts";

/** The process group of all Quorate daemons of a cluster. */
const GROUP = "quorate";

/** Exit status after which nobody may start the daemon again but a person. */
const STAYS_DOWN = 100;
/** Exit status of a daemon that takes its machine down with it. */
const PANICS = 101;
/** How long Corosync may take to go when this node is to stay down. */
const COROSYNC_STOP_MS = 2_000;

/** For nodes that share a machine: nothing here waits for a network. */
const PLAYGROUND_TIMING: ClusterTiming = {
  ...DEFAULT_TIMING,
  dcDeadtimeMs: 2_000,
  quorumGainedDelayMs: 500,
  digestPingDelayMs: 1_000,
};

export interface DaemonOptions {
  readonly configuration: Configuration;
  /** The file of this program: loaded as a worker, it is the scheduler. */
  readonly program: string;
  readonly log: Log;
  /** Called once, when the node runs and serves its local tools. */
  readonly ready: (clusterName: string, nodeName: string) => void;
}

export interface Daemon {
  /** Leaves the cluster in order; a second call does not wait any longer. */
  shutdown(): void;
  /** Writes the CIB to disk again after a disk problem was mended. */
  enableDiskWrites(): void;
  /** Why the daemon ends; by then it has left the group and closed its sockets. */
  readonly ended: Promise<ExitNotice>;
}

/** When the start of the daemon, which may be that of a whole cluster, is over. */
const WARM_UP_MS = 15_000;

/**
 * One node: the pure core wired to this machine. All that happens after it has started is told in the log and by `ended`.
 * @throws Error when a file or directory it needs cannot be used, CorosyncError when Corosync cannot
 */
export async function startDaemon({ configuration, program, log, ready }: DaemonOptions): Promise<Daemon> {
  const paths = pathsBelow(configuration.root);
  const remoteSettings = readRemoteSettings(configuration.root, process.env);
  const nodeSettings = readNodeSettings(configuration.root, process.env);
  makeDirectory(paths.cibDirectory, 0o750);
  const leftRunning = new LeftRunning(paths.runDirectory, log, () => {
    endLeftoverAgents(paths.runDirectory, log);
    return createNodeExecutor(configuration, paths.runDirectory, log);
  });
  await leftRunning.stopNoted();
  const { engine, corosync } = await openEngine(configuration.engine, log);
  const bus = new Bus({ engine, group: GROUP, clock: systemClock, log, limits: BUS_LIMITS });
  endLeftoverAgents(paths.runDirectory, log);
  const executor = createNodeExecutor(configuration, paths.runDirectory, log);
  const agents = new RememberingAgents(executor);
  const besideExecutor = createNodeExecutor(configuration, paths.runDirectory, log);
  const scheduler = new WorkerScheduler(program, { inputDirectory: paths.inputDirectory, log });
  const warmUp = systemClock.setTimer(WARM_UP_MS, () => scheduler.warmUp());
  const commandServices = (["short", "long"] as const).map(
    (lane) =>
      new CommandService({
        program: join(dirname(program), "quorate-commands"),
        lane,
        socketPath: paths.commandsSockets[lane],
        clock: systemClock,
        log,
      }),
  );
  // Nodes that share a machine must not reset it.
  const watchdog = configuration.engine.kind === "corosync" ? sbdWatchdog() : null;
  let node: ClusterNode | null = null;
  let server: ApiServer | null = null;
  let handlers: Handlers | null = null;
  let remoteHosts: TlsRemoteHosts | null = null;
  let isEnding = false;
  let endUnjoined = (): void => {};

  const ended = new Promise<ExitNotice>((resolve) => {
    const end = async (notice: ExitNotice) => {
      if (isEnding) return;
      isEnding = true;
      if (notice.exitCode === PANICS && watchdog !== null) {
        // First of all: nothing here may outlive what demands the end of this machine.
        log("critical", `resetting this machine: ${notice.reason}`);
        watchdog.panic();
      }
      const drained = executor.drainAlerts();
      remoteHosts?.close();
      executor.cancelAll();
      besideExecutor.close();
      warmUp.cancel();
      scheduler.close();
      for (const service of commandServices) service.close();
      if (notice.exitCode !== 0) {
        executor.close();
        // Not an orderly end: the others must see this daemon vanish, not leave, and at once, whatever its local clients do.
        if (notice.exitCode === STAYS_DOWN && corosync !== null) await stopCorosync(corosync, log);
        engine.close();
        if (notice.exitCode === STAYS_DOWN)
          await leftRunning.stop(managedOf(agents.running, node)).catch((error: Error) => {
            log("critical", `cannot stop what still runs here: ${error.message}`);
          });
        resolve(notice);
        return;
      }
      await Promise.all([server?.close(), drained]);
      executor.close();
      bus.stop(() => resolve(notice));
    };

    endUnjoined = () => void end({ exitCode: 0, reason: "shut down before it had joined" });

    bus.start({
      connected: () => {
        const fencer = createFencer({
          channel: bus.channel("fencer"),
          agents: executor.fenceAgents,
          clock: systemClock,
          random: systemRandom,
          log,
          watchdog,
          fatal: (reason) => void end({ exitCode: STAYS_DOWN, reason }),
        });
        executor.connectFencer(fencer);
        besideExecutor.connectFencer(fencer);
        const { clusterName, localName } = bus.channel("ctl");
        const hosts = new TlsRemoteHosts({
          keyFile: remoteSettings.keyFile,
          clusterName,
          localName,
          log,
          handlers: (remote) => (handlers === null ? null : remoteHandlers(handlers, remote)),
        });
        remoteHosts = hosts;
        node = createClusterNode(
          {
            channels: { cib: bus.channel("cib"), attr: bus.channel("attr"), ctl: bus.channel("ctl") },
            agents,
            remoteHosts: hosts,
            alerts: executor.alerts,
            fencer,
            store: createFileStore(storeThread(program, paths.cibDirectory)),
            scheduler,
            // What nodes that share a machine see of it is the load of all.
            load: configuration.timing === "playground" ? null : systemLoad(),
            clock: systemClock,
            random: systemRandom,
            log,
            md5: (bytes) => createHash("md5").update(bytes).digest("hex"),
          },
          {
            featureSet: FEATURE_SET,
            changeRules: CHANGE_RULES,
            version: VERSION,
            coreCount: cpus().length,
            hasWatchdog: watchdog !== null && watchdog.timeoutMs !== null,
            ...nodeSettings,
            timing: configuration.timing === "playground" ? PLAYGROUND_TIMING : DEFAULT_TIMING,
          },
        );
        node.onExit((notice) => void end(notice));
        const publish: ApiServer["publish"] = (name, data) => {
          server?.publish(name, data);
          hosts.publish(name, data);
        };
        node.cib.subscribe((change) => publish("cib.changed", { patchset: serializeXml(change.patchset) }));
        fencer.subscribe({ completed: (outcome) => publish("fencing.completed", outcome.record) });
        const served = createHandlers({
          node,
          fencer,
          engine,
          links: async () => (await corosync?.links()) ?? [],
          agents: besideExecutor,
          groupsOf,
          version: VERSION,
          featureSet: FEATURE_SET,
          log,
        });
        handlers = served;
        const { cib } = node;
        openPeerUsers(log)
          .then((identify) =>
            serve({
              socketPath: paths.socket,
              handlers: served,
              // Where nobody can be identified, the socket lets nobody else in.
              identify: identify ?? ownUser,
              groupId: identify === null ? null : clientGroup(),
              visibleTo: (caller, name, data) => visibleEvent(caller, name, data, { cib }),
              log: (message) => log("warning", message),
            }),
          )
          .then(
            (listening) => {
              server = listening;
              ready(clusterName, localName);
            },
            (error: Error) =>
              void end({ exitCode: 100, reason: `cannot listen on ${paths.socket}: ${error.message}` }),
          );
        node.start();
      },
      lost: (reason) => void end({ exitCode: 102, reason: describeLoss(reason, configuration, node) }),
    });
  });

  return {
    shutdown: () => {
      if (node !== null) node.shutdown();
      else endUnjoined();
    },
    enableDiskWrites: () => node?.enableDiskWrites(),
    ended,
  };
}

/** What the cluster would have started elsewhere; the rest is somebody else's to stop. */
function managedOf(running: readonly LeftOperation[], node: ClusterNode | null): readonly LeftOperation[] {
  if (node === null || running.length === 0) return running;
  const { primitives } = viewCluster(node.cib.document, Math.floor(systemClock.wallMs() / 1000));
  const unmanaged = new Set(
    primitives
      .filter((primitive) => primitive.unmanaged.length > 0)
      .flatMap(({ id, configuredId }) => [id, configuredId]),
  );
  return running.filter(({ resourceId }) => !unmanaged.has(resourceId));
}

interface OpenEngine {
  readonly engine: Engine;
  /** The same, when it is Corosync. */
  readonly corosync: CorosyncEngine | null;
}

async function openEngine(settings: EngineConfiguration, log: Log): Promise<OpenEngine> {
  if (settings.kind === "corosync") {
    const corosync = await connectToCorosync({ clock: systemClock, log });
    return { engine: corosync, corosync };
  }
  const { host, port, nodeName, keyFile } = settings;
  const key = readKey(keyFile);
  const engine = await connectToHub({ host, port, nodeName, key, clock: systemClock, log });
  return { engine, corosync: null };
}

/** A node that stays down leaves the membership, too: the others must not wait for its daemon. Source: cluster layer, 8. */
async function stopCorosync(corosync: CorosyncEngine, log: Log): Promise<void> {
  log("notice", "stopping Corosync: this node stays down");
  const timeout = new Promise<void>((resolve) => {
    systemClock.setTimer(COROSYNC_STOP_MS, resolve);
  });
  await Promise.race([corosync.stopCorosync(), timeout]);
}

/** Why the connection to the cluster is gone, and what to look at when there never was one. */
function describeLoss(reason: string, { root, engine }: Configuration, node: ClusterNode | null): string {
  if (node !== null || engine.kind === "corosync") return `the cluster layer is lost: ${reason}`;
  return `cannot join the cluster: ${reason}; check that the hub runs, and engine-address, node-name and engine-key-file (${engine.keyFile}) in ${configurationFile(root)}`;
}
