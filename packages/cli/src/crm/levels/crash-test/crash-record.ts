import type { World } from "../../../world.ts";
import type { Outcome } from "./crash-test.ts";

const RECORDS = "/var/lib/quorate/crash_test/crash_test.json";

export function recordsPath({ env }: World): string {
  return `${env.QUORATE_ROOT ?? ""}${RECORDS}`;
}

interface Written {
  readonly test: string;
  readonly expected: string;
  readonly began: string;
  /** Null: still going on, or this host did not live to tell. */
  readonly ended: string | null;
  readonly outcome: string | null;
  readonly isGood: boolean | null;
}

/** What is known of one test, in a file that is written before the fault is made. */
export class CrashRecord {
  readonly #world: World;
  readonly #earlier: readonly unknown[];
  readonly #own: Written;

  private constructor(world: World, earlier: readonly unknown[], own: Written) {
    this.#world = world;
    this.#earlier = earlier;
    this.#own = own;
    this.#write(own);
  }

  /** @throws FileError */
  static begin(world: World, test: string, expected: string): CrashRecord {
    const began = new Date(world.nowMs()).toISOString();
    const own = { test, expected, began, ended: null, outcome: null, isGood: null };
    return new CrashRecord(world, earlierRecords(world), own);
  }

  /** @throws FileError */
  end({ text, isGood }: Outcome): void {
    this.#write({ ...this.#own, ended: new Date(this.#world.nowMs()).toISOString(), outcome: text, isGood });
  }

  #write(own: Written): void {
    this.#world.writeOwnFile(
      recordsPath(this.#world),
      `${JSON.stringify([...this.#earlier, own], null, 2)}\n`,
    );
  }
}

/** None when the file is no longer whole: a host that was reset while it was written. */
function earlierRecords(world: World): readonly unknown[] {
  const path = recordsPath(world);
  if (!world.fileExists(path)) return [];
  try {
    const read: unknown = JSON.parse(world.readFile(path));
    return Array.isArray(read) ? read : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
