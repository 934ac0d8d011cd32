import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readIfThere, replaceFile } from "../machine/files.ts";
import { withFileLock } from "../machine/lock.ts";

const FORMAT = 1;
const TOKEN_BYTES = 32;
/** Enough for each host of a large cluster several times; the oldest goes. */
const TOKENS_MAX = 500;

/** Whom a token lets in. */
export interface TokenHolder {
  /** Tells tokens apart in logs; it is no secret. */
  readonly id: string;
  readonly user: string;
  /** Who asked for it, in its own words. */
  readonly client: string;
  /** From where. */
  readonly address: string;
  readonly issuedAt: string;
}

interface Entry extends TokenHolder {
  /** SHA-256 in hexadecimal: who reads the file cannot log in with it. */
  readonly digest: string;
}

/** The tokens that this host gave out. Each change is on the disk before it counts. */
export class TokenStore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws Error when the file cannot be written; then there is no token */
  async issue(holder: Omit<TokenHolder, "id" | "issuedAt">, now: Date): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const digest = digestOf(token);
    const entry: Entry = {
      ...holder,
      id: digest.subarray(0, 4).toString("hex"),
      issuedAt: now.toISOString(),
      digest: digest.toString("hex"),
    };
    await this.#change((entries) => [...entries, entry].slice(-TOKENS_MAX));
    return token;
  }

  /**
   * Whom a token lets in; null when it is not, or no longer, one of this host's. It is compared with all, in a time that does not tell how much of it was right.
   * The file is read each time, so that a token that was revoked by hand is of no use at once.
   */
  find(token: string): TokenHolder | null {
    const digest = digestOf(token);
    let found: Entry | null = null;
    for (const entry of this.#read()) {
      const known = Buffer.from(entry.digest, "hex");
      if (known.length === digest.length && timingSafeEqual(known, digest)) found = entry;
    }
    return found;
  }

  /** Revokes one token, named by its id or by itself, or all (null). Resolves to their number. */
  async revoke(token: string | null): Promise<number> {
    const digest = digestOf(token ?? "").toString("hex");
    let count = 0;
    await this.#change((entries) => {
      const kept = entries.filter((entry) => token !== null && entry.id !== token && entry.digest !== digest);
      count = entries.length - kept.length;
      return kept;
    });
    return count;
  }

  #change(change: (entries: readonly Entry[]) => readonly Entry[]): Promise<void> {
    return withFileLock(this.#path, () => {
      const tokens = change(this.#read());
      replaceFile(this.#path, Buffer.from(`${JSON.stringify({ format: FORMAT, tokens }, null, 2)}\n`), 0o600);
    });
  }

  #read(): readonly Entry[] {
    const content = readIfThere(this.#path);
    if (content === null) return [];
    try {
      const { format, tokens } = JSON.parse(content.toString("utf8")) as { format: unknown; tokens: Entry[] };
      if (format === FORMAT && Array.isArray(tokens)) return tokens;
    } catch {
      // Not even JSON: the mend is the same.
    }
    throw new Error(`${this.#path} is not usable; remove it, and other hosts authenticate again`);
  }
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
