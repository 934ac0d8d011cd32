import type { ClusterNode } from "./node.ts";
import type { Resource } from "./resource.ts";

export type BundleAgent = "docker" | "podman";

/** What only bundles have. Source: part 1, 7. */
export interface BundleFacts {
  readonly agent: BundleAgent;
  readonly image: string;
  readonly promotedMax: number;
  readonly replicasPerHost: number;
  readonly replicas: BundleReplica[];
  /** The generated clone of the primitive inside; null for a bundle without primitive. */
  clone: Resource | null;
}

/** One container of a bundle and what belongs to it. */
export interface BundleReplica {
  /** The N of `BUNDLE-docker-N`. */
  readonly number: number;
  readonly address: string | null;
  readonly container: Resource;
  readonly ip: Resource | null;
  readonly connection: Resource | null;
  /** The instance of the primitive that runs inside. */
  readonly instance: Resource | null;
  /** The bundle node. */
  readonly node: ClusterNode | null;
}
