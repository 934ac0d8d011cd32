import type { Main } from "@quorate/cli";
import type { MemoryRun } from "../memory-world.ts";
import type { OfflineCase, OfflineSuite } from "./suite.ts";

export const CIB_FILE = "cib.xml";

/** How a shell of administrators is called on a CIB file, and how its records in `show/` are judged. */
export interface OfflineTool {
  readonly name: string;
  readonly main: Main;
  argv(testCase: Pick<OfflineCase, "base" | "args">): readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The checks of one record of `show/`. */
  showChecks(suite: OfflineSuite, name: string): readonly ShowCheck[];
}

/** One command on one CIB of the scheduler suite. */
export interface ShowCheck {
  readonly id: string;
  /** Row of the table. */
  readonly area: string;
  readonly cib: string;
  readonly args: readonly string[];
  readonly files?: ReadonlyMap<string, string>;
  readonly exit: number;
  readonly stdout: string;
  /** What else must hold; lines that say what does not. */
  judge?(run: MemoryRun): readonly string[];
}
