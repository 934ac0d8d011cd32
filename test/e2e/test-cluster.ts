import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CibReply, connect, type MethodName, type Methods } from "@quorate/api";
import {
  type ControlRequest,
  type Layout,
  Playground,
  type PlaygroundNode,
  type Reaper,
  startReaper,
} from "@quorate/playground";
import { type ClusterView, viewCluster } from "@quorate/scheduler";
import { parseXml, type XmlElement } from "@quorate/xml";
import { Watcher } from "./watcher.ts";

const repositoryRoot = join(import.meta.dirname, "../..");

/** A playground of real daemons under test. */
export class TestCluster {
  readonly playground: Playground;
  readonly watcher: Watcher;
  readonly events: string[];

  readonly #reaper: Reaper;

  private constructor(playground: Playground, events: string[], reaper: Reaper) {
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

  /** One request to the daemon of one node. */
  async ask<M extends MethodName>(
    node: string,
    method: M,
    params: Methods[M]["params"],
  ): Promise<Methods[M]["result"]> {
    const client = await connect({ socketPath: this.node(node).socket, clientName: "e2e", timeoutMs: 5000 });
    try {
      return await client.request(method, params, { timeoutMs: 40_000 });
    } finally {
      client.close();
    }
  }

  /** Changes the CIB through one node; fails unless the change is in effect and durable. */
  async change(
    node: string,
    operation: string,
    section: string | null,
    data: string,
    flags: string[] = [],
  ): Promise<void> {
    const reply = await this.tryChange(node, operation, section, data, flags);
    if (reply.kind !== "done" || reply.code !== "ok")
      throw new Error(`${operation} ${section}: ${JSON.stringify(reply)}`);
  }

  tryChange(
    node: string,
    operation: string,
    section: string | null,
    data: string,
    flags: string[] = [],
  ): Promise<CibReply> {
    return this.ask(node, "cib.request", { operation, section, xpath: null, data, flags });
  }

  async cib(node: string): Promise<XmlElement> {
    const params = { operation: "cib_query", section: null, xpath: null, data: null, flags: [] };
    const reply = await this.ask(node, "cib.request", params);
    if (reply.kind !== "done" || reply.data === null) throw new Error(`query: ${JSON.stringify(reply)}`);
    const parsed = parseXml(reply.data);
    if (!parsed.ok) throw new Error(parsed.error.message);
    return parsed.root;
  }

  async view(node: string): Promise<ClusterView> {
    return viewCluster(await this.cib(node), Math.floor(Date.now() / 1000));
  }

  /** Nodes where the cluster, as one node sees it, believes a resource to be active. */
  async activeOn(node: string, resource: string): Promise<string[]> {
    return (await this.view(node)).resource(resource)?.active.map((place) => place.node) ?? [];
  }

  /** Breaks or mends something, as the supervisor's control socket would. */
  async do(request: ControlRequest): Promise<void> {
    const reply = await this.playground.carryOut(request);
    if (!reply.ok) throw new Error(reply.error);
  }

  /** The DC as a node knows it. */
  async dc(node: string): Promise<string | null> {
    return (await this.ask(node, "node.status", {})).dc;
  }

  /** Waits until the DC has nothing left to do and all configured nodes that are reachable are online. */
  async untilIdle(via = "node1"): Promise<void> {
    await this.until("the DC to be idle", 30_000, async () => {
      const dc = await this.dc(via);
      return dc !== null && (await this.ask(dc, "node.status", {})).state === "S_IDLE";
    });
  }

  /** Waits for a condition; daemons that do not answer meanwhile are part of the game. Fails with what the cluster did. */
  async until(what: string, timeoutMs: number, isTrue: () => Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    let lastError = "";
    while (performance.now() < deadlineMs) {
      try {
        if (await isTrue()) return;
        lastError = "";
      } catch (error) {
        lastError = ` (${(error as Error).message})`;
      }
      await sleep(50);
    }
    throw new Error(`waited ${timeoutMs} ms in vain for ${what}${lastError}\n${this.describe()}`);
  }

  /** Events and the ends of the logs, for a failed test. */
  describe(): string {
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
