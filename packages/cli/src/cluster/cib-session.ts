import type { XmlElement } from "@quorate/xml";

/** One operation on the CIB, wherever it lies. Source: CIB manager specification, 3. */
export interface CibCall {
  readonly operation:
    | "cib_query"
    | "cib_create"
    | "cib_modify"
    | "cib_replace"
    | "cib_delete"
    | "cib_erase"
    | "cib_bump"
    | "cib_apply_diff"
    | "cib_upgrade";
  readonly section?: string | null;
  readonly xpath?: string | null;
  readonly data?: XmlElement | null;
  readonly flags?: readonly string[];
}

/** A flag of changes: what is mistyped in them is written all the same. The daemon puts it on record. */
export const ALLOWS_MISTAKES = "allow-mistakes";

/** A CIB to work on: the cluster's, a file's (`CIB_file`) or a shadow's (`CIB_shadow`). */
export interface CibSession {
  /** Whether it is the cluster's: then transient attributes go through the attribute manager, and resources can be cleaned up. */
  readonly isLive: boolean;
  /** The whole document. @throws CibError */
  document(): Promise<XmlElement>;
  /** What the operation returns, or null. @throws CibError */
  call(call: CibCall): Promise<XmlElement | null>;
  /** The same as text, for who only shows it. @throws CibError */
  textOf(call: CibCall): Promise<string | null>;
}

/** A refused CIB operation: the classic text, its exit status, what exactly was wrong, and what was refused. */
export class CibError extends Error {
  override readonly name = "CibError";
  readonly exitCode: number;
  /** One remark a line, with place and mend; null when the message says it all. */
  readonly reason: string | null;
  readonly data: XmlElement | null;
  /** What became of the CIB all the same. */
  readonly effect: "none" | "done" | "unknown";

  constructor(
    message: string,
    exitCode: number,
    details: {
      readonly reason?: string | null;
      readonly data?: XmlElement | null;
      readonly effect?: CibError["effect"];
    } | null = null,
  ) {
    super(message);
    this.exitCode = exitCode;
    this.reason = details?.reason ?? null;
    this.data = details?.data ?? null;
    this.effect = details?.effect ?? "none";
  }
}
