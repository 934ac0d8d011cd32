import type { JsonObject, NodeId } from "@quorate/ports";
import type { CibClient } from "../cluster-node.ts";
import { WIRE_VERSION } from "./control-message.ts";
import { listOf, number, optional, orNull, readKind, record, shapesOf, text } from "./shape.ts";

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
   * At this place in the order the copy of `owner` becomes that of all `members`: those in `stale` tell what they hold and wait for
   * the snapshot that the owner sends, which shows its copy as of here.
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
      /** Of the DC. Changes are judged by it on all members: which CIB is too new depends on it. */
      readonly featureSet?: string;
    }
  /** From a member that waits: digest of the configuration of the copy that it gives up, null when it has none of use. */
  | { readonly kind: "holding"; readonly lineage: string; readonly configuration: string | null }
  | {
      readonly kind: "snapshot";
      readonly lineage: string;
      readonly sequence: number;
      readonly ancestry: readonly string[];
      /** These two: see `CibSummary`. What is known of a copy goes with it. */
      readonly quorateRing: number;
      readonly quorateEpoch: number;
      /** When all who wait hold the configuration of this digest, it is left out of `xml`: an empty one stands in its place. */
      readonly configuration?: string | null;
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
  | { readonly kind: "compare"; readonly lineage: string; readonly comparison: string }
  | {
      readonly kind: "digest";
      readonly lineage: string;
      /** Of the message that asked. */
      readonly comparison: string;
      readonly sequence: number;
      readonly digest: string;
    };

const client = record({ name: text, id: text, user: orNull(text), groups: listOf(text) });

const SHAPES = shapesOf<CibMessage>({
  operation: {
    id: number,
    request: record({
      operation: text,
      section: orNull(text),
      xpath: orNull(text),
      data: orNull(text),
      flags: listOf(text),
      client,
      sentMs: number,
    }),
  },
  adopt: {
    view: text,
    lineage: text,
    owner: number,
    members: listOf(number),
    stale: listOf(number),
    epochAtLeast: number,
    featureSet: optional(text),
  },
  holding: { lineage: text, configuration: orNull(text) },
  snapshot: {
    lineage: text,
    configuration: optional(orNull(text)),
    sequence: number,
    ancestry: listOf(text),
    quorateRing: number,
    quorateEpoch: number,
    xml: text,
  },
  durable: { lineage: text, sequence: number, error: orNull(record({ code: text, message: text })) },
  compare: { lineage: text, comparison: text },
  digest: { lineage: text, comparison: text, sequence: number, digest: text },
});

/** Null for what this version does not understand, and for what does not have the fields of its kind. */
export function decodeCibMessage(body: JsonObject): CibMessage | null {
  return body.v === WIRE_VERSION ? readKind<CibMessage>(body, SHAPES) : null;
}
