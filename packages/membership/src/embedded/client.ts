import type {
  ConfigurationChange,
  EngineResult,
  NodeId,
  NodeListEntry,
  ProcessId,
  QuorumStatus,
  QuorumUpdate,
  Ring,
} from "@quorate/ports";

/** What the hub tells a client, in order. `lost` is the last one. */
export type ClientEvent =
  | { readonly kind: "connected"; readonly connection: Connection }
  | { readonly kind: "delivered"; readonly from: ProcessId; readonly message: Uint8Array }
  | { readonly kind: "configuration"; readonly change: ConfigurationChange }
  | { readonly kind: "ring"; readonly ring: Ring; readonly nodes: readonly NodeId[] }
  | { readonly kind: "quorum"; readonly update: QuorumUpdate }
  | { readonly kind: "status"; readonly status: QuorumStatus }
  | { readonly kind: "lost"; readonly reason: string };

/** What a client learns when its node is ready for it. */
export interface Connection {
  readonly process: ProcessId;
  readonly clusterName: string;
  readonly nodeList: readonly NodeListEntry[];
  readonly messageSizeMax: number;
}

/** Called from within hub methods, so it must only store or forward; it must not call the hub. */
export interface ClientSink {
  event(event: ClientEvent): void;
  /** The node was paused and goes on: what is stored may be handed out again. */
  resumed(): void;
}

/** `leaving` until the own leave is delivered. */
export type MembershipState = "none" | "joining" | "joined" | "leaving";

/** A client of one node's engine, as the hub serves it. Results as those of the Engine port. */
export interface HubClient {
  readonly isNodePaused: boolean;
  join(group: string): EngineResult;
  leave(): EngineResult;
  multicast(message: Uint8Array): EngineResult;
  quorumStatus(): QuorumStatus | null;
  setExpectedVotes(votes: number): EngineResult;
  /** Ends the client as the death of its process would; no events follow. */
  close(): void;
}
