import type { NodeId } from "@quorate/ports";
import type { ContractClient } from "./client.ts";

/** A cluster whose engines are tested: all nodes run and form one ring at first. Plain majority, one vote each. */
export interface EngineFixture {
  readonly nodeCount: number;
  /** A new client of a node's engine, connecting. @param number of the client, counting from 0 */
  open(nodeId: NodeId, number: number): Promise<ContractClient>;
  startNode(nodeId: NodeId): void | Promise<void>;
  stopNode(nodeId: NodeId): void | Promise<void>;
  killNode(nodeId: NodeId): void | Promise<void>;
  pauseNode(nodeId: NodeId): void | Promise<void>;
  resumeNode(nodeId: NodeId): void | Promise<void>;
  partition(sets: readonly (readonly NodeId[])[]): void | Promise<void>;
  heal(): void | Promise<void>;
  wait(durationMs: number): Promise<void>;
  /** Waits until every change on its way has been noticed; with `wait`, in which clients repeat what was refused. */
  settle(wait: (durationMs: number) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}
