/** What went wrong with the disk; `code` is the operating system's name for it (ENOSPC, EROFS, EACCES, EIO, ...). */
export interface StoreError {
  readonly code: string;
  readonly message: string;
}

export type StoreResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: StoreError };

/**
 * Durable storage of one node: a flat directory of named files. Operations are performed in the order of the
 * calls; each reports once. Names hold no slash. Source: daemons specification, CIB manager, section 8.
 */
export interface Store {
  /** Null when there is no such file. */
  read(name: string, done: (result: StoreResult<Uint8Array | null>) => void): void;
  /**
   * Replaces a file atomically and durably: temporary file, fsync, re-read and compare, rename, fsync of the
   * directory. After `ok` the content survives a power cut; after an error the old content is intact. The memory of `content` is
   * the caller's again when `done` is called.
   */
  write(
    name: string,
    content: Uint8Array,
    options: { readonly mode: number },
    done: (result: StoreResult<null>) => void,
  ): void;
  /** Makes `to` a hard link of `from`, replacing `to`. Missing `from` is an error with code ENOENT. */
  link(from: string, to: string, done: (result: StoreResult<null>) => void): void;
  /** Missing file is success. */
  remove(name: string, done: (result: StoreResult<null>) => void): void;
  /** All files with the time of their last status change (milliseconds since 1970), sorted by name. */
  list(
    done: (result: StoreResult<readonly { readonly name: string; readonly changedMs: number }[]>) => void,
  ): void;
}
