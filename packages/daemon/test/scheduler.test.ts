import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diffCib } from "@quorate/cib";
import type { SchedulerInput, SchedulerOutcome } from "@quorate/controller";
import { parseXml, type XmlElement } from "@quorate/xml";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WorkerScheduler } from "../src/world/scheduler.ts";

const THREAD = join(import.meta.dirname, "../testdata/scheduler-thread.mjs");

let scheduler: WorkerScheduler | null = null;

afterEach(() => {
  scheduler?.close();
  scheduler = null;
});

function cibWith(primitiveCount: number): XmlElement {
  const primitives = Array.from(
    { length: primitiveCount },
    (_, index) => `<primitive id="r${index}" class="ocf" provider="quorate" type="Dummy"/>`,
  );
  const parsed =
    parseXml(`<cib have-quorum="1" dc-uuid="1" validate-with="pacemaker-4.0" crm_feature_set="3.20.5">
    <configuration>
      <crm_config><cluster_property_set id="o"><nvpair id="o-s" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
      <nodes><node id="1" uname="node1"/></nodes><resources>${primitives.join("")}</resources><constraints/>
    </configuration>
    <status><node_state id="1" uname="node1" in_ccm="1" crmd="1" join="member" expected="member"/></status></cib>`);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.root;
}

function run(cib: XmlElement): Promise<SchedulerOutcome> {
  return runInput({ cib, nowMs: 1_800_000_000_000 });
}

function runInput(input: SchedulerInput): Promise<SchedulerOutcome> {
  return new Promise((resolve) => scheduler!.run(input, resolve));
}

function startsIn(outcome: SchedulerOutcome): number {
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.graph.synapses.filter(({ action }) => action.operation === "start").length;
}

describe("scheduler on a thread of its own", { timeout: 60_000 }, () => {
  test("one run after another, with the graph as data", async () => {
    scheduler = new WorkerScheduler(THREAD, { inputDirectory: null, log: () => {} });
    expect(startsIn(await run(cibWith(2)))).toBe(2);
    const outcome = await run(cibWith(3));
    expect(startsIn(outcome)).toBe(3);
    expect(outcome.ok && outcome.graph.attributes.get("cluster-delay")).toBe("60s");
  });

  test("a thread that was warmed up answers as any other", async () => {
    scheduler = new WorkerScheduler(THREAD, { inputDirectory: null, log: () => {} });
    scheduler.warmUp();
    expect(startsIn(await run(cibWith(2)))).toBe(2);
    scheduler.warmUp();
    expect(startsIn(await run(cibWith(3)))).toBe(3);
  });

  test("a run leaves this thread free", async () => {
    scheduler = new WorkerScheduler(THREAD, { inputDirectory: null, log: () => {} });
    await run(cibWith(1));
    let tickCount = 0;
    const ticking = setInterval(() => tickCount++, 1);
    expect(startsIn(await run(cibWith(3000)))).toBe(3000);
    clearInterval(ticking);
    expect(tickCount).toBeGreaterThan(10);
  });

  test("the thread goes on from the document that it has, and asks for it when an update does not fit", async () => {
    scheduler = new WorkerScheduler(THREAD, { inputDirectory: null, log: () => {} });
    const first = cibWith(2);
    const second = cibWith(4);
    second.set("num_updates", "1");
    const patchsets = [diffCib(first, second)];
    const rootAttributes = [...second.attributes];
    let readCount = 0;
    const updated = () =>
      runInput({
        get cib() {
          readCount++;
          return second.clone();
        },
        nowMs: 1_800_000_000_000,
        update: { patchsets, rootAttributes },
      });
    expect(startsIn(await run(first))).toBe(2);
    expect(startsIn(await updated())).toBe(4);
    expect(readCount).toBe(0);
    // The same update again does not begin where the document is.
    expect(startsIn(await updated())).toBe(4);
    expect(readCount).toBe(1);
    // The document that was asked for may be newer than the update, so that the next one cannot go on from it.
    expect(startsIn(await updated())).toBe(4);
    expect(readCount).toBe(2);
    // Nothing changed according to the list, but the version says otherwise.
    expect(
      startsIn(
        await runInput({
          cib: cibWith(5),
          nowMs: 1_800_000_000_000,
          update: { patchsets: [], rootAttributes: [["num_updates", "7"]] },
        }),
      ),
    ).toBe(5);
  });

  test("a run that nobody waits for any more ends early, and the next one is right", async () => {
    scheduler = new WorkerScheduler(THREAD, { inputDirectory: null, log: () => {} });
    const large = run(cibWith(3000));
    scheduler.cancel();
    expect(await large).toMatchObject({ ok: false, reason: "a newer run was asked for" });
    expect(startsIn(await run(cibWith(2)))).toBe(2);
  });

  test("inputs are saved when that is wanted, each in the series of what is wrong with it", async () => {
    const directory = mkdtempSync(join(tmpdir(), "quorate-inputs-"));
    const remarks: string[] = [];
    scheduler = new WorkerScheduler(THREAD, {
      inputDirectory: directory,
      log: (_level, remark) => void remarks.push(remark),
    });
    expect(await run(cibWith(1))).toMatchObject({
      severity: "none",
      source: expect.stringMatching(/\/pe-input-0\.(bz2|xml)$/),
    });
    const broken = cibWith(1);
    const sets = broken.first("configuration")!.first("crm_config")!.first("cluster_property_set")!;
    sets.first("nvpair")!.set("name", "no-quorum-policy");
    sets.first("nvpair")!.set("value", "nonsense");
    expect(await run(broken)).toMatchObject({ severity: expect.stringMatching(/errors|warnings/) });
    await vi.waitFor(() => expect(readdirSync(directory)).toContain("pe-input.last"));
    expect(remarks.filter((remark) => !remark.includes("not installed"))).toEqual([]);
    rmSync(directory, { recursive: true });
  });

  test("a thread that dies is an answer, and the next run gets a new one", async () => {
    const directory = mkdtempSync(join(tmpdir(), "quorate-thread-"));
    const program = join(directory, "dies.mjs");
    writeFileSync(program, "process.exit(3);\n");
    scheduler = new WorkerScheduler(program, { inputDirectory: null, log: () => {} });
    expect(await run(cibWith(1))).toMatchObject({
      ok: false,
      reason: "the scheduler's thread ended with code 3",
    });
    expect(await run(cibWith(1))).toMatchObject({ ok: false });
    rmSync(directory, { recursive: true });
  });
});
