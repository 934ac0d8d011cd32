import type { JsonObject } from "@quorate/ports";
import type { AttributeChange } from "../attributes/attribute-table.ts";
import type { CleanupFilter } from "../cluster-node.ts";
import { WIRE_VERSION } from "./control-message.ts";

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
  | { readonly kind: "clear"; readonly request: number; readonly filter: CleanupFilter }
  | { readonly kind: "purge"; readonly node: string }
  | { readonly kind: "refresh"; readonly request: number };

const KINDS: ReadonlySet<string> = new Set<AttributeMessage["kind"]>([
  "update",
  "applied",
  "column",
  "clear",
  "purge",
  "refresh",
]);

/** Null for what this version does not understand. */
export function decodeAttributeMessage(body: JsonObject): AttributeMessage | null {
  if (body.v !== WIRE_VERSION || typeof body.kind !== "string" || !KINDS.has(body.kind)) return null;
  return body as unknown as AttributeMessage;
}
