import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bzip2 } from "@quorate/host";
import { reasonOf } from "../files.ts";

/** How many inputs of a series are kept; 0: none are saved, negative: all are kept. */
export interface SeriesLimits {
  readonly error: number;
  readonly warn: number;
  readonly input: number;
}

export type Series = keyof SeriesLimits;

const SERIES: readonly Series[] = ["error", "warn", "input"];

/** Inputs that wait for a slow disk; when there are more, the new ones are not saved. */
const WAITING_MAX = 8;
/** The rest of the disk that saved inputs never take: this much, and this share of the whole. */
const FREE_BYTES_MIN = 64 * 1024 * 1024;
const FREE_SHARE_MIN = 0.05;

/**
 * Inputs of the scheduler as files `pe-SERIES-N.bz2`, so that a decision of the past can be replayed with `crm_simulate -x`. Of
 * each series the newest are kept: N starts anew at 0 when the limit is reached, and what was there is replaced.
 * Nothing waits for the disk, and no failure is more than a line in the log. Source: controller specification, 5.
 *
 * Where they cannot be packed, they are saved as they are, with the ending `.xml`.
 */
export class InputArchive {
  readonly #directory: string;
  readonly #log: (message: string) => void;
  readonly #loadBzip2: () => Promise<Bzip2>;
  /** Next number of each series; null while that is not read. */
  #next: Record<Series, number> | null = null;
  /** Null: saved as they are. */
  #pack: Bzip2 | null = null;
  #waiting = 0;
  #tail: Promise<void> = Promise.resolve();
  #last: { readonly digest: string; readonly path: string } | null = null;
  /** Told once, until something was written again. */
  #complaint = "";

  constructor(directory: string, log: (message: string) => void, load: () => Promise<Bzip2>) {
    this.#directory = directory;
    this.#log = log;
    this.#loadBzip2 = load;
  }

  /** Before the first input. Nothing is saved as long as this is not done. */
  async open(): Promise<void> {
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o750 });
      this.#pack = await this.#loadBzip2().catch((error: unknown) => {
        this.#log(`scheduler inputs are saved uncompressed: ${reasonOf(error)}`);
        return null;
      });
      const next = { error: 0, warn: 0, input: 0 };
      for (const series of SERIES) next[series] = await this.#readNext(series);
      this.#next = next;
    } catch (error) {
      this.#complain(`cannot be saved in ${this.#directory}: ${reasonOf(error)}`);
    }
  }

  /**
   * Begins to save an input, which is written later.
   * @param text the CIB as the scheduler had it
   * @returns the file that holds it, the earlier one when it is the same input again; empty when it is not saved
   */
  save(
    text: string,
    facts: { readonly series: Series; readonly nowS: number; readonly max: number },
  ): string {
    const { series, nowS, max } = facts;
    const digest = createHash("sha256").update(text).digest("base64");
    if (this.#last?.digest === digest) return this.#last.path;
    if (this.#next === null || max === 0) return "";
    if (this.#waiting >= WAITING_MAX) {
      this.#complain("are not saved at the moment: the disk is too slow");
      return "";
    }
    const number = max > 0 && this.#next[series] >= max ? 0 : this.#next[series];
    this.#next[series] = number + 1;
    const path = join(this.#directory, `pe-${series}-${number}${this.#pack === null ? ".xml" : ".bz2"}`);
    this.#last = { digest, path };
    const dated = text.replace(/^<cib\b/, `<cib execution-date="${nowS}"`);
    this.#waiting += 1;
    this.#tail = this.#tail.then(async () => {
      try {
        await this.#write(path, dated);
        await replaceFile(this.#lastFile(series), `${number + 1}\n`);
        this.#complaint = "";
      } catch (error) {
        // What is not there must not be taken for saved when the same input comes again.
        if (this.#last?.path === path) this.#last = null;
        this.#complain(`cannot be saved in ${path}: ${reasonOf(error)}`);
      }
      this.#waiting -= 1;
    });
    return path;
  }

  /** Resolves when all that was to be saved is written. */
  idle(): Promise<void> {
    return this.#tail;
  }

  async #write(path: string, text: string): Promise<void> {
    const { bavail, bsize, blocks } = await statfs(this.#directory);
    const plain = Buffer.from(text);
    const bytes = this.#pack === null ? plain : await this.#pack(plain);
    if (bavail * bsize - bytes.length < Math.max(FREE_BYTES_MIN, FREE_SHARE_MIN * blocks * bsize))
      throw new Error("the disk is almost full");
    await replaceFile(path, bytes);
    // From a time when they could be packed, or could not.
    const other = this.#pack === null ? path.replace(/xml$/, "bz2") : path.replace(/bz2$/, "xml");
    await rm(other, { force: true });
  }

  async #readNext(series: Series): Promise<number> {
    try {
      const text = (await readFile(this.#lastFile(series), "utf8")).trim();
      return /^\d{1,9}$/.test(text) ? Number(text) : 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
      throw error;
    }
  }

  #lastFile(series: Series): string {
    return join(this.#directory, `pe-${series}.last`);
  }

  #complain(what: string): void {
    if (this.#complaint === what) return;
    this.#complaint = what;
    this.#log(`scheduler inputs ${what}`);
  }
}

/** Not synced: after a power cut an input of the last seconds may be missing or cut off, which only costs its replay. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.new`;
  try {
    await writeFile(temporary, content, { mode: 0o600 });
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
