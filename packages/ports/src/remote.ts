import type { AgentCallback, Agents, Operation } from "./agents.ts";

/** What runs the agents of some node, this one's or a remote one's. Differs from `Agents` in that call ids come with the results only. */
export type AgentRunner = Pick<Agents, "cancel" | "metadata" | "forgetMetadata" | "cancelAll"> & {
  execute(operation: Operation, report: AgentCallback): void;
};

/** Where the executor of a remote node listens. */
export interface RemoteTarget {
  /** Name of the remote node. */
  readonly node: string;
  /** Address or host name. */
  readonly server: string;
  readonly port: number;
}

export type RemoteAttempt =
  | { readonly kind: "connected"; readonly connection: RemoteConnection; readonly host: RemoteHost }
  /** Trying again may help. */
  | { readonly kind: "failed"; readonly reason: string }
  /** No key, or the other side has another one: trying again does not help. */
  | { readonly kind: "refused"; readonly reason: string };

/** What a remote executor says of itself when somebody connects. */
export interface RemoteHost {
  /**
   * It has served this node's name before in this life of it, so that what the cluster knows of it still holds, except for
   * the resources in `unsettled`. False: nothing is known of what runs there.
   */
  readonly isKnown: boolean;
  /** Resources of which results may not have come through. */
  readonly unsettled: readonly string[];
}

export interface RemoteConnectionEvents {
  /** The connection is gone; exactly once, nothing follows. `replaced`: another node of the cluster has connected. */
  lost(kind: "broken" | "replaced", reason: string): void;
  /** The host is to go down in order: what runs there is to move away first. */
  shutdownRequested(): void;
}

/** A connection to the executor of a remote node. Operations whose connection is lost are never reported. */
export interface RemoteConnection {
  readonly agents: AgentRunner;
  subscribe(events: RemoteConnectionEvents): void;
  /** Asks for a sign of life; false when none came in time. */
  ping(timeoutMs: number, done: (isAlive: boolean) => void): void;
  /** Whether the host may wait for its resources to be moved away, or is on its own. */
  answerShutdown(isAccepted: boolean): void;
  /** Ends it without an event. */
  close(): void;
}

/** The way to executors on hosts that are not members of the cluster. */
export interface RemoteHosts {
  /** One attempt, of at most this time. */
  connect(target: RemoteTarget, timeoutMs: number, done: (attempt: RemoteAttempt) => void): void;
}
