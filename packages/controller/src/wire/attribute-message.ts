import type { JsonObject } from "@quorate/ports";
import type { AttributeChange } from "../attributes/attribute-table.ts";
import type { CleanupFilter } from "../cluster-node.ts";
import { WIRE_VERSION } from "./control-message.ts";
import { flag, listOf, number, oneOf, orNull, readKind, record, shapesOf, text } from "./shape.ts";

/** What the nodes say to each other about transient attributes, on the channel `attr`. */
export type AttributeMessage =
  /** Carried out by all as one. `request` is answered with `applied` when `wantsConfirmation`. */
  | {
      readonly kind: "update";
      readonly request: number;
      readonly changes: readonly AttributeChange[];
      readonly wantsConfirmation: boolean;
    }
  | { readonly kind: "applied"; readonly request: number }
  /** All values of the sender's own node as of the view named: for those who came with it. */
  | { readonly kind: "column"; readonly view: string; readonly changes: readonly AttributeChange[] }
  /** The same of a remote node that the sender is connected to. */
  | {
      readonly kind: "remoteColumn";
      readonly view: string;
      readonly node: string;
      readonly changes: readonly AttributeChange[];
    }
  /**
   * What the sender has of all nodes that are no members, and which part of the cluster it comes from; nothing of what it is connected to itself
   * is left out. Senders that do not know this kind have no say.
   */
  | {
      readonly kind: "absentColumns";
      readonly view: string;
      readonly wasQuorate: boolean;
      readonly memberCount: number;
      readonly columns: readonly { readonly node: string; readonly changes: readonly AttributeChange[] }[];
    }
  | { readonly kind: "clear"; readonly request: number; readonly filter: CleanupFilter }
  | { readonly kind: "purge"; readonly node: string }
  | { readonly kind: "refresh"; readonly request: number };

const change = record({
  name: text,
  node: orNull(text),
  value: orNull(text),
  kind: oneOf("value", "delay", "both"),
  delayMs: orNull(number),
  isPrivate: flag,
  setId: orNull(text),
  setType: orNull(text),
  user: orNull(text),
});

const SHAPES = shapesOf<AttributeMessage>({
  update: { request: number, changes: listOf(change), wantsConfirmation: flag },
  applied: { request: number },
  column: { view: text, changes: listOf(change) },
  remoteColumn: { view: text, node: text, changes: listOf(change) },
  absentColumns: {
    view: text,
    wasQuorate: flag,
    memberCount: number,
    columns: listOf(record({ node: text, changes: listOf(change) })),
  },
  clear: {
    request: number,
    filter: record({
      resource: orNull(text),
      operation: orNull(text),
      intervalMs: orNull(number),
      node: orNull(text),
    }),
  },
  purge: { node: text },
  refresh: { request: number },
});

/** Null for what this version does not understand, and for what does not have the fields of its kind. */
export function decodeAttributeMessage(body: JsonObject): AttributeMessage | null {
  return body.v === WIRE_VERSION ? readKind<AttributeMessage>(body, SHAPES) : null;
}
