/** The digests of an operation's parameters on a node, calculated once for the first history entry that asks. */
export interface ActionDigests {
  readonly all: string;
  /** Null when that first entry had no restart digest. */
  readonly restart: string | null;
  readonly secure: string;
  /**
   * True while a mismatch counts as "restart": at first if the operation has instance attributes of its own, then
   * if the previous comparison said so (part 3, 12.3).
   */
  isRestartOnMismatch: boolean;
}
