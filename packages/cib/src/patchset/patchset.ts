import type { XmlComment, XmlElement } from "@quorate/xml";
import type { CibVersion } from "../document/versions.ts";

/** `value` null: the attribute went away. */
export interface AttributeChange {
  readonly name: string;
  readonly value: string | null;
}

/**
 * One step from a document to the next. Paths are like `/cib/configuration/nodes/node[@id='1']`; a comment
 * is `PARENT/comment` with its position. Positions count the siblings before, deleted ones left out.
 */
export type PatchChange =
  | { readonly operation: "delete"; readonly path: string; readonly position: number | null }
  | {
      readonly operation: "create";
      /** Of the parent. */
      readonly path: string;
      readonly position: number;
      /** A copy: the patchset owns it. */
      readonly node: XmlElement | XmlComment;
    }
  | {
      readonly operation: "modify";
      readonly path: string;
      readonly attributes: readonly AttributeChange[];
      /** All attributes after the change, in order. */
      readonly result: { readonly name: string; readonly attributes: readonly (readonly [string, string])[] };
    }
  | { readonly operation: "move"; readonly path: string; readonly position: number };

/** The difference of two documents. Source: CIB specification, section 5, format 2. */
export interface Patchset {
  /** Both null when the patchset does not speak about versions. */
  readonly source: CibVersion | null;
  readonly target: CibVersion | null;
  /** `digestV2` of the document after the patch, or null. */
  readonly digest: string | null;
  /** Deletes first, then in the document order of the target. */
  readonly changes: readonly PatchChange[];
}
