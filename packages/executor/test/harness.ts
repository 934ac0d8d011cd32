import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MetadataResult, Operation, OperationResult } from "@quorate/ports";
import { createExecutor, type Executor, type ExecutorOptions } from "../src/index.ts";
import { operation } from "./operations.ts";
import { realClock } from "./real-clock.ts";

export const TESTDATA = join(import.meta.dirname, "..", "testdata");
export const SHIPPED_AGENTS = join(import.meta.dirname, "..", "..", "..", "agents");

/** A real executor over the hostile agents, with its log and a scratch directory. */
export class Harness {
  readonly directory = mkdtempSync(join(tmpdir(), "quorate-executor-test-"));
  readonly log: string[] = [];
  readonly executor: Executor;

  constructor(options: Partial<ExecutorOptions> = {}) {
    this.executor = createExecutor({
      clock: realClock,
      log: (level, message) => this.log.push(`${level}: ${message}`),
      ocfDirectories: [join(TESTDATA, "ocf"), join(SHIPPED_AGENTS, "ocf")],
      fenceDirectories: [join(TESTDATA, "fence"), join(SHIPPED_AGENTS, "fence")],
      lsbDirectory: join(TESTDATA, "init.d"),
      secretsDirectory: join(this.directory, "secrets"),
      runDirectory: this.directory,
      ...options,
    });
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Runs one operation of a hostile agent to its (first) result. */
  run(type: string, differences: Partial<Operation> = {}): Promise<OperationResult> {
    const agent = { class: "ocf", provider: "hostile", type };
    return new Promise((resolve) => {
      this.executor.execute(operation({ agent, ...differences }), resolve);
    });
  }

  metadata(type: string, className = "ocf", provider = "hostile"): Promise<MetadataResult> {
    return new Promise((resolve) => {
      this.executor.metadata({ class: className, provider, type }, resolve);
    });
  }

  close(): void {
    this.executor.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** True while the process exists; a zombie is dead. */
export function isAlive(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "latin1");
    return status.slice(status.lastIndexOf(")") + 2)[0] !== "Z";
  } catch {
    return false;
  }
}

/** Numbers in a file, one a line; none when there is no such file. */
export function readPids(path: string): readonly number[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map(Number);
  } catch {
    return [];
  }
}
