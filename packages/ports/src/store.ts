/** What went wrong with the disk; `code` is the operating system's name for it (ENOSPC, EROFS, EACCES, EIO, ...). */
export interface StoreError {
  readonly code: string;
  readonly message: string;
}

export type StoreResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: StoreError };

export interface FileToStore {
  readonly name: string;
  readonly content: Uint8Array;
  readonly mode: number;
}

/**
 * Durable storage of one node: a flat directory of named files. Operations are performed in the order of the
 * calls; each reports once. Names hold no slash. Source: daemons specification, CIB manager, section 8.
 */
export interface Store {
  /** Null when there is no such file. */
  read(name: string, done: (result: StoreResult<Uint8Array | null>) => void): void;
  /**
   * Replaces files durably, each atomically: temporary files, fsync, re-read and compare, renames in this order, fsync of the directory. After `ok`
   * all survive a power cut; after an error or a power cut those up to some place in the list are new, and the others as they were. The memory
   * of the contents is the caller's again when `done` is called.
   */
  write(files: readonly FileToStore[], done: (result: StoreResult<null>) => void): void;
  /** Makes `to` a hard link of `from`, replacing `to`. Missing `from` is an error with code ENOENT. */
  link(from: string, to: string, done: (result: StoreResult<null>) => void): void;
  /** Missing file is success. */
  remove(name: string, done: (result: StoreResult<null>) => void): void;
  /** All files with the time of their last status change (milliseconds since 1970), sorted by name. */
  list(
    done: (result: StoreResult<readonly { readonly name: string; readonly changedMs: number }[]>) => void,
  ): void;
}
