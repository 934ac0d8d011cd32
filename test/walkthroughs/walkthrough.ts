import { spawn } from "node:child_process";
import { expect } from "vitest";
import { LabCluster } from "../lab/lab-cluster.ts";
import { exchange, Guide, type Pair, type Typed } from "./guide.ts";
import { happened, type PrintedPlan, planned, type Records } from "./planned.ts";

/** What a person may wait for, on two busy cores. */
export const WAIT_MS_MAX = 240_000;

/** A command that takes longer hangs. A script of 26 commands takes 15 s on a machine that is quiet, and minutes on one that is not. */
const COMMAND_MS_MAX = 600_000;

/** A person at the hosts of a lab: types commands as they stand in a guide, and reads what they print. */
export class Walkthrough {
  readonly cluster: LabCluster;
  readonly typed: Typed[] = [];
  readonly #guide: Guide;
  #exchanged: readonly Pair[] = [];
  #wasEverExchanged = false;

  private constructor(cluster: LabCluster, guide: string) {
    this.cluster = cluster;
    this.#guide = new Guide(guide);
  }

  /** @param guide a file in docs/walkthroughs */
  static async begin(guide: string, wanted: Parameters<typeof LabCluster.start>[0]): Promise<Walkthrough> {
    return new Walkthrough(await LabCluster.start({ kind: "full", ...wanted }), guide);
  }

  async end(): Promise<void> {
    await this.cluster.stop();
  }

  /** Types a line into a shell of a host. @returns what it prints, errors included. Fails unless the exit status is the expected one. */
  async type(host: string, line: string, status = 0): Promise<string> {
    const ended = await this.try(host, line);
    expect(ended.status, `${host}# ${line}\n${ended.output}\n`).toBe(status);
    return ended.output;
  }

  async try(host: string, line: string): Promise<{ status: number | null; output: string }> {
    const { status, stdout } = await this.cluster
      .host(host)
      .run(["bash", "-c", `exec 2>&1\n${line}`], { timeoutMs: COMMAND_MS_MAX });
    this.#record({ host, line, output: stdout });
    return { status, output: stdout };
  }

  /**
   * Types a line that changes the configuration, and waits until everything that follows is done. Fails unless the plan, asked for before, told
   * just that. Only what does not fail and what no agent changes its mind about (scores of promotion) can be planned.
   */
  async typeAsPlanned(host: string, line: string): Promise<string> {
    await this.idle(host);
    const ask = ["bash", "-c", `${line} --plan-json`];
    const plan = JSON.parse(
      await this.cluster.host(host).must(ask, { timeoutMs: COMMAND_MS_MAX }),
    ) as PrintedPlan;
    const before = await this.#records(host);
    const output = await this.type(host, line);
    await this.idle(host);
    const after = await this.#records(host);
    expect.soft(happened(before, after), `${host}# ${line}`).toEqual(planned(plan, [before, after]));
    return output;
  }

  async #records(via: string): Promise<Records> {
    return {
      cib: await this.cluster.cib(via),
      fencings: await this.cluster.ask(via, "fencing.history", { target: null }),
    };
  }

  #record({ host, line, output }: Typed): void {
    const recorded = (text: string) => exchange(text, this.#exchanged);
    this.typed.push({ host: recorded(host), line: recorded(line), output: recorded(output) });
  }

  /**
   * Two hosts are alike, and the cluster may choose either: from now on, what is typed stands in the record as if they had changed places. The
   * page needs to show one of both courses only.
   * @param pairs what is of the one and of the other: names, addresses, IDs; none of them when the page's course is taken again
   */
  recordExchanged(pairs: readonly Pair[]): void {
    this.#exchanged = pairs;
    this.#wasEverExchanged ||= pairs.length > 0;
  }

  /** Looks again and again, until a command prints what is expected; only the last look counts as typed. */
  async untilShown(
    host: string,
    line: string,
    expected: string | RegExp,
    timeoutMs = WAIT_MS_MAX,
  ): Promise<string> {
    let output = "";
    try {
      await this.cluster.until(`${host}# ${line}\n to print ${expected}`, timeoutMs, async () => {
        ({ output } = await this.try(host, line));
        const isThere = typeof expected === "string" ? output.includes(expected) : expected.test(output);
        if (!isThere) this.typed.pop();
        return isThere;
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}\nit printed last:\n${output}`);
    }
    return output;
  }

  /** Types a line at a terminal and answers what the command asks, by the text of the question. Fails unless it succeeds. */
  async answer(host: string, line: string, answers: Readonly<Record<string, string>>): Promise<string> {
    const terminal = ["script", "--quiet", "--return", "--flush", "--command", line, "/dev/null"];
    const child = spawn(...this.cluster.host(host).commandLine(terminal), { timeout: COMMAND_MS_MAX });
    const open = new Map(Object.entries(answers));
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString().replaceAll("\r", "");
      for (const [question, reply] of open)
        if (output.includes(question)) {
          open.delete(question);
          child.stdin.write(`${reply}\n`);
        }
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect(status, `${host}# ${line}\n${output}\n`).toBe(0);
    this.#record({ host, line, output });
    return output;
  }

  /** Puts a file of the guide where it belongs, into the home directory of root by default, as if it had been written there with an editor. */
  write(host: string, name: string, path = `/root/${name}`): void {
    this.cluster.host(host).writeFile(path, this.#guide.file(name));
  }

  /** Waits until the cluster has done what follows from what was typed. */
  async idle(via: string): Promise<void> {
    await this.cluster.host(via).must(["crm_resource", "--wait"], { timeoutMs: WAIT_MS_MAX });
  }

  /** Fails unless the guide shows what happened here. */
  expectGuide(): void {
    const isWritten = process.env.WRITE_GUIDES === "1";
    if (isWritten) expect(this.#wasEverExchanged, "what was never printed so would be written").toBe(false);
    expect(this.#guide.compare(this.typed)).toEqual([]);
  }

  /** Fails when one of the watchers ever saw something on two hosts. */
  expectNeverTwice(): void {
    for (const watcher of this.cluster.watchers) {
      expect(watcher.violations, watcher.describe()).toEqual([]);
      expect(
        watcher.sightings.some(({ hosts }) => hosts.length === 1),
        `${watcher.what} was never seen`,
      ).toBe(true);
    }
  }
}
