/** What a client of a bench is told at its start. */
export interface ClientSettings {
  readonly nodeName: string;
  readonly nodeCount: number;
  readonly answersPings: boolean;
  /** The embedded engine's hub, its key as hexadecimal digits; null: Corosync on this host. */
  readonly hub: { readonly port: number; readonly key: string } | null;
}

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface FloodResult {
  readonly elapsedMs: number;
  readonly deliveredCount: number;
  /** Equal on all nodes when the order was. */
  readonly orderHash: number;
  /** Twice a second. */
  readonly rssBytes: readonly number[];
}
