import { setTimeout as sleep } from "node:timers/promises";
import { type CibReply, connect, type MethodName, type Methods } from "@quorate/api";
import { type ClusterView, viewCluster } from "@quorate/scheduler";
import { parseXml, type XmlElement } from "@quorate/xml";

/** What tests ask and tell a cluster of real daemons, wherever its nodes live. */
export abstract class ClusterUnderTest {
  /** Where the daemon of a node can be reached. */
  protected abstract socketOf(node: string): string;

  /** What the cluster did lately, for a failed test. */
  abstract describe(): string;

  /** One request to the daemon of one node. */
  async ask<M extends MethodName>(
    node: string,
    method: M,
    params: Methods[M]["params"],
  ): Promise<Methods[M]["result"]> {
    const client = await connect({ socketPath: this.socketOf(node), clientName: "e2e", timeoutMs: 15_000 });
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

  /** The DC as a node knows it. */
  async dc(node: string): Promise<string | null> {
    return (await this.ask(node, "node.status", {})).dc;
  }

  /** How often it was done: requests that were merged, since the DC changed meanwhile, are on record each, with one time. */
  async successfulFencings(via: string, target: string): Promise<number> {
    const records = await this.ask(via, "fencing.history", { target });
    const done = records.filter(({ state }) => state === "success");
    return new Set(done.map(({ delegate, completedMs }) => `${delegate} ${completedMs}`)).size;
  }

  /** Waits until the DC has nothing left to do. */
  async untilIdle(via = "node1", timeoutMs = 30_000): Promise<void> {
    await this.until("the DC to be idle", timeoutMs, async () => {
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
}
