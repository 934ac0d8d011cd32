import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock, systemRandom } from "@quorate/host";
import {
  configureQuorum,
  DEMO_TIMING,
  ENGINE_LIMITS,
  type HubServer,
  QUORUM_DEFAULTS,
  type QuorumSettings,
  type RingSequences,
  startHub,
} from "@quorate/membership";
import { type ControlReply, type ControlRequest, type NodeState, serveControl } from "./control.ts";
import { type Layout, layoutOf, nodeMarker, type PlaygroundNode, playgroundMarker } from "./layout.ts";
import { Machine } from "./machine.ts";
import { removePlayground, STAMP_FILE } from "./reaper.ts";

export interface PlaygroundOptions {
  readonly directory: string;
  /** `node1`, `node2`, ...; their ids are 1, 2, ... */
  readonly nodeNames: readonly string[];
  /** The repository's `bin`: the built commands. */
  readonly binDirectory: string;
  /** The repository's `agents`: the shipped agents. */
  readonly agentsDirectory: string;
  readonly logLevel: string;
  /** What happens to machines and network, for people. */
  readonly onEvent: (message: string) => void;
  /** Asked for through the control socket. */
  readonly onStopRequest: () => void;
}

/**
 * A cluster of real daemons on this machine. It owns the hub of the embedded engine (the network between the nodes) and the machines (the power),
 * so it can cut both.
 */
export class Playground {
  readonly layout: Layout;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly #server: HubServer;
  readonly #options: PlaygroundOptions;
  readonly #isolated = new Set<string>();
  #control: { close(): void } | null = null;

  private constructor(options: PlaygroundOptions, layout: Layout, server: HubServer) {
    this.#options = options;
    this.layout = layout;
    this.#server = server;
    this.machines = new Map(layout.nodes.map((node) => [node.name, this.#createMachine(node.name)]));
  }

  /**
   * Makes the directory (removing what an earlier playground left there) and powers all machines on.
   * @throws Error when the directory belongs to something else or a port or socket cannot be had
   */
  static async start(options: PlaygroundOptions): Promise<Playground> {
    const layout = layoutOf(options.directory, options.nodeNames);
    checkSocketPaths(layout);
    await removePlayground(options.directory);
    mkdirSync(layout.directory, { recursive: true, mode: 0o700 });
    writeFileSync(join(layout.directory, STAMP_FILE), "");
    const key = randomBytes(32);
    writeFileSync(layout.keyFile, key.toString("hex"), { mode: 0o600 });
    const server = await startHub({
      clusterName: "playground",
      nodeList: layout.nodes.map(({ nodeId, name }) => ({ nodeId, name, votes: 1 })),
      quorum: plainMajority(layout),
      timing: DEMO_TIMING,
      limits: ENGINE_LIMITS,
      sequences: ringSequences(),
      clock: systemClock,
      random: systemRandom,
      log: (level, message) => {
        if (level !== "debug" && level !== "info") options.onEvent(`network: ${message}`);
      },
      key,
      port: 0,
      // A machine of the playground has no engine beside its daemon.
      isEngineOfClient: true,
    });
    const playground = new Playground(options, layout, server);
    try {
      for (const node of layout.nodes) playground.#writeConfiguration(node.name);
      playground.#control = await serveControl(layout.controlSocket, (request) =>
        playground.carryOut(request),
      );
      await Promise.all([...playground.machines.values()].map((machine) => machine.powerOn()));
    } catch (error) {
      await playground.stop();
      throw error;
    }
    return playground;
  }

  /** Ends everything and removes every trace. */
  async stop(): Promise<void> {
    this.#control?.close();
    await Promise.all([...this.machines.values()].map((machine) => machine.retire()));
    await this.#server.close();
    await removePlayground(this.layout.directory);
  }

  state(): readonly NodeState[] {
    return [...this.machines].map(([name, machine]) => ({
      name,
      power: machine.power,
      isDaemonRunning: machine.isDaemonRunning,
      isIsolated: this.#isolated.has(name),
    }));
  }

  async carryOut(request: ControlRequest): Promise<ControlReply> {
    switch (request.do) {
      case "list":
        return { ok: true, nodes: [...this.machines.keys()] };
      case "state":
        return { ok: true, state: this.state() };
      case "stop":
        this.#options.onStopRequest();
        return { ok: true };
      case "heal":
        this.#isolated.clear();
        this.#server.hub.heal();
        this.#options.onEvent("network: all cables are plugged in again");
        return { ok: true };
      default:
        return this.#carryOutOnNode(request.do, request.node);
    }
  }

  async #carryOutOnNode(
    action: Extract<ControlRequest, { node: string }>["do"],
    name: string,
  ): Promise<ControlReply> {
    const machine = this.machines.get(name);
    if (machine === undefined) {
      return {
        ok: false,
        error: `there is no node "${name}"; there are ${[...this.machines.keys()].join(", ")}`,
      };
    }
    const say = (what: string) => this.#options.onEvent(`${name}: ${what}`);
    switch (action) {
      case "status":
        return { ok: true, node: name, power: machine.power };
      case "off":
        await machine.powerOff();
        say("power is off");
        return { ok: true, node: name, power: "off", confirmedOff: true };
      case "on":
        await machine.powerOn();
        say("power is on");
        return { ok: true, node: name, power: "on" };
      case "reboot":
        await machine.reboot();
        say("was powered off and on again");
        return { ok: true, node: name, power: "on", confirmedOff: true };
      case "kill":
        if (!machine.killDaemon()) return { ok: false, error: `no daemon runs on ${name}` };
        say("its daemon was killed; what it ran still runs");
        return { ok: true };
      case "start":
        if (!(await machine.startDaemon()))
          return { ok: false, error: `${name} is off, or its daemon runs already` };
        say("its daemon was started");
        return { ok: true };
      case "partition":
        this.#isolated.add(name);
        this.#server.hub.partition(this.#partitions());
        say("its network cable is unplugged");
        return { ok: true };
    }
  }

  /** The connected nodes as one set, each unplugged node alone. */
  #partitions(): number[][] {
    const connected: number[] = [];
    const alone: number[][] = [];
    for (const { nodeId, name } of this.layout.nodes) {
      if (this.#isolated.has(name)) alone.push([nodeId]);
      else connected.push(nodeId);
    }
    return [connected, ...alone];
  }

  #createMachine(name: string): Machine {
    const node = this.layout.nodes.find((candidate) => candidate.name === name)!;
    return new Machine({
      node,
      daemonPath: join(this.#options.binDirectory, "quorated"),
      environment: this.#environmentOf(node),
      onEvent: this.#options.onEvent,
    });
  }

  #environmentOf(node: PlaygroundNode): Record<string, string> {
    const markers = [playgroundMarker(this.layout.directory), nodeMarker(node)];
    return {
      ...Object.fromEntries(markers.map(({ name, value }) => [name, value])),
      PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin",
      LC_ALL: "C",
      HOME: node.root,
      QUORATE_ROOT: node.root,
      HA_RSCTMP: join(node.root, "run/resource-agents"),
    };
  }

  #writeConfiguration(name: string): void {
    const { root } = this.layout.nodes.find((node) => node.name === name)!;
    const { agentsDirectory, binDirectory, logLevel } = this.#options;
    mkdirSync(join(root, "etc/quorate"), { recursive: true });
    const settings = {
      engine: "embedded",
      "node-name": name,
      "engine-address": `127.0.0.1:${this.#server.port}`,
      "engine-key-file": this.layout.keyFile,
      "log-level": logLevel,
      "ocf-roots": `${join(agentsDirectory, "ocf")}:/usr/lib/ocf/resource.d`,
      "fence-agent-directories": `${join(agentsDirectory, "fence")}:/usr/sbin`,
      "bin-directory": binDirectory,
      timing: "playground",
    };
    const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
    writeFileSync(join(root, "etc/quorate/quorated.conf"), lines.join(""));
  }
}

function plainMajority(layout: Layout): QuorumSettings {
  const nodeList = layout.nodes.map(({ nodeId, name }) => ({ nodeId, name, votes: 1 }));
  const result = configureQuorum(QUORUM_DEFAULTS, nodeList);
  if (!result.ok) throw new Error(result.errors.join("; "));
  return result.settings;
}

/** The hub outlives its nodes, so ring numbers need no disk. */
function ringSequences(): RingSequences {
  const sequences = new Map<number, number>();
  return {
    load: (nodeId) => sequences.get(nodeId) ?? 0,
    save: (nodeId, sequence) => sequences.set(nodeId, sequence),
  };
}

/** Bytes of the path of a Unix socket on Linux, without the zero at its end. */
const SOCKET_PATH_BYTES_MAX = 107;

/** @throws Error when the directory's path leaves no room for the sockets below it */
function checkSocketPaths({ directory, controlSocket, nodes }: Layout): void {
  const lengths = [controlSocket, ...nodes.map(({ socket }) => socket)].map((path) =>
    Buffer.byteLength(path),
  );
  const surplus = Math.max(...lengths) - SOCKET_PATH_BYTES_MAX;
  if (surplus <= 0) return;
  throw new Error(
    `${directory} is ${surplus} bytes too long: the path of a socket has at most ${SOCKET_PATH_BYTES_MAX}; name a shorter --directory`,
  );
}
