import type { Engine, NodeId } from "@quorate/ports";

/** A cluster whose engines are tested: all nodes run and form one ring at first. Plain majority, one vote each. */
export interface EngineFixture {
  readonly nodeCount: number;
  /** A new client of a node's engine, not connected yet. */
  open(nodeId: NodeId): Promise<Engine>;
  /** Ends a client as the death of its process does. */
  killClient(engine: Engine): void;
  startNode(nodeId: NodeId): void;
  stopNode(nodeId: NodeId): void;
  killNode(nodeId: NodeId): void;
  pauseNode(nodeId: NodeId): void;
  resumeNode(nodeId: NodeId): void;
  partition(sets: readonly (readonly NodeId[])[]): void;
  heal(): void;
  wait(durationMs: number): Promise<void>;
  /** Long enough for every change on its way to be noticed, three times over. */
  readonly settleMs: number;
  close(): Promise<void>;
}
