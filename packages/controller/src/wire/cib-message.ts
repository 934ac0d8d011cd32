import type { JsonObject, NodeId } from "@quorate/ports";
import type { CibClient } from "../cluster-node.ts";
import { WIRE_VERSION } from "./control-message.ts";

/** One operation as it travels: the same text on every node, so that every node gets the same result. */
export interface OrderedOperation {
  readonly operation: string;
  readonly section: string | null;
  readonly xpath: string | null;
  readonly data: string | null;
  readonly flags: readonly string[];
  readonly client: CibClient;
  /** Wall clock of the sender, milliseconds since 1970: stamps must not depend on the node that applies them. */
  readonly sentMs: number;
}

/** What the replicas say to each other on the channel `cib`. */
export type CibMessage =
  | { readonly kind: "operation"; readonly id: number; readonly request: OrderedOperation }
  /**
   * At this place in the order the copy of `owner` becomes that of all `members`: those in `stale` wait for the
   * snapshot that the owner sends, which shows its copy as of here.
   */
  | {
      readonly kind: "adopt";
      /** Void when the view has changed since. */
      readonly view: string;
      readonly lineage: string;
      readonly owner: NodeId;
      readonly members: readonly NodeId[];
      readonly stale: readonly NodeId[];
      /** The epoch is raised to this one, so that a discarded copy never looks newer later. */
      readonly epochAtLeast: number;
    }
  | {
      readonly kind: "snapshot";
      readonly lineage: string;
      readonly sequence: number;
      readonly ancestry: readonly string[];
      readonly xml: string;
    }
  /** The sender has all changes up to `sequence` on disk; with an error: could not write them. */
  | {
      readonly kind: "durable";
      readonly lineage: string;
      readonly sequence: number;
      readonly error: { readonly code: string; readonly message: string } | null;
    }
  /** All compare: asks every member of the lineage for the digest of its copy at this place. */
  | { readonly kind: "compare"; readonly lineage: string }
  | {
      readonly kind: "digest";
      readonly lineage: string;
      readonly sequence: number;
      readonly digest: string;
    };

const KINDS: ReadonlySet<string> = new Set<CibMessage["kind"]>([
  "operation",
  "adopt",
  "snapshot",
  "durable",
  "compare",
  "digest",
]);

/** Null for what this version does not understand. */
export function decodeCibMessage(body: JsonObject): CibMessage | null {
  if (body.v !== WIRE_VERSION || typeof body.kind !== "string" || !KINDS.has(body.kind)) return null;
  return body as unknown as CibMessage;
}
