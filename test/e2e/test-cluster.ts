import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ControlRequest,
  type Layout,
  Playground,
  type PlaygroundNode,
  type Reaper,
  startReaper,
} from "@quorate/playground";
import { ClusterUnderTest } from "../cluster-under-test.ts";
import { Watcher } from "./watcher.ts";

const repositoryRoot = join(import.meta.dirname, "../..");

/** A playground of real daemons under test. */
export class TestCluster extends ClusterUnderTest {
  readonly playground: Playground;
  readonly watcher: Watcher;
  readonly events: string[];

  readonly #reaper: Reaper;

  private constructor(playground: Playground, events: string[], reaper: Reaper) {
    super();
    this.#reaper = reaper;
    this.playground = playground;
    this.events = events;
    this.watcher = new Watcher(playground.layout.directory, "web");
  }

  /** Starts three nodes (or those named), gives them a configuration and waits until `web` runs, if it has that. */
  static async start(
    configuration: (layout: Layout) => string,
    nodeNames: readonly string[] = ["node1", "node2", "node3"],
  ): Promise<TestCluster> {
    const events: string[] = [];
    const startMs = performance.now();
    // Empty and ours, so that the playground takes it.
    const directory = mkdtempSync(join(tmpdir(), "q-"));
    const quorate = join(repositoryRoot, "bin/quorate");
    const reaper = startReaper([process.execPath, quorate, "playground", "--reap", "--directory", directory]);
    const playground = await Playground.start({
      directory,
      nodeNames,
      binDirectory: join(repositoryRoot, "bin"),
      agentsDirectory: join(repositoryRoot, "agents"),
      logLevel: "info",
      onEvent: (message) => events.push(`${((performance.now() - startMs) / 1000).toFixed(2)}s ${message}`),
      onStopRequest: () => {},
    });
    const cluster = new TestCluster(playground, events, reaper);
    try {
      await cluster.until("a DC with quorum and all nodes online", 20_000, async () => {
        const nodes = await cluster.ask("node1", "node.list", {});
        const status = await cluster.ask("node1", "node.status", {});
        return status.dc !== null && status.isQuorate && nodes.every(({ isOnline }) => isOnline);
      });
      const text = configuration(playground.layout);
      await cluster.change("node1", "cib_modify", "configuration", text, ["can-create"]);
      if (text.includes('id="web"')) {
        await cluster.until("web to run", 30_000, async () => cluster.watcher.nodes.length === 1);
      }
      await cluster.untilIdle();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async stop(): Promise<void> {
    await this.watcher.stop();
    await this.playground.stop();
    rmSync(this.playground.layout.directory, { recursive: true, force: true });
    this.#reaper.dismiss();
  }

  node(name: string): PlaygroundNode {
    return this.playground.layout.nodes.find((node) => node.name === name)!;
  }

  protected override socketOf(node: string): string {
    return this.node(node).socket;
  }

  /** Breaks or mends something, as the supervisor's control socket would. */
  async do(request: ControlRequest): Promise<void> {
    const reply = await this.playground.carryOut(request);
    if (!reply.ok) throw new Error(reply.error);
  }

  /** Events and the ends of the logs, for a failed test. */
  override describe(): string {
    const logs = this.playground.layout.nodes.map(({ name, logFile }) => {
      const lines = readFileSync(logFile, "utf8").trimEnd().split("\n");
      return `--- ${name}\n${lines.slice(-25).join("\n")}`;
    });
    const seen = this.watcher.sightings.map(
      ({ atMs, nodes }) => `${(atMs / 1000).toFixed(2)}s [${nodes.join(" ")}]`,
    );
    return [`events:`, ...this.events.slice(-20), `web: ${seen.join(" ")}`, ...logs].join("\n");
  }
}
