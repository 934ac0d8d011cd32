import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AlertRun } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness, TESTDATA } from "./harness.ts";

let harness: Harness;
let notes: string;
const isRoot = process.getuid?.() === 0;

beforeEach(() => {
  // nobody is on every machine, hacluster is not.
  harness = new Harness({ alertUser: "nobody" });
  chmodSync(harness.directory, 0o755);
  notes = harness.path("notes");
  writeFileSync(notes, "");
  chmodSync(notes, 0o666);
});

afterEach(() => {
  harness.close();
});

function alert(
  differences: Partial<AlertRun> = {},
  environment: Readonly<Record<string, string>> = {},
): AlertRun {
  return {
    alertId: "mail",
    path: join(TESTDATA, "alerts/notes"),
    environment: new Map(Object.entries({ CRM_alert_recipient: notes, ...environment })),
    timeoutMs: 5000,
    ...differences,
  };
}

async function logged(text: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const line = harness.log.find((one) => one.includes(text));
    if (line !== undefined) return line;
    await sleep(50);
  }
  throw new Error(`"${text}" is not in the log:\n${harness.log.join("\n")}`);
}

describe("alerts", () => {
  it("get everything in their environment and count events, not recipients", async () => {
    harness.executor.alerts.send([]);
    harness.executor.alerts.send([
      alert({}, { CRM_alert_kind: "node" }),
      alert({}, { CRM_alert_kind: "node" }),
    ]);
    harness.executor.alerts.send([alert({}, { CRM_alert_kind: "fencing" })]);
    await harness.executor.drainAlerts();
    const text = readFileSync(notes, "utf8");
    const sequences = [...text.matchAll(/CRM_alert_node_sequence=(\d+)/gu)].map(([, number]) => number);
    expect(sequences.sort()).toEqual(["1", "1", "2"]);
    expect(text.match(/CRM_alert_kind=node/gu)).toHaveLength(2);
  });

  it.runIf(isRoot)("do not run as root, nor in root's groups (skipped when not root)", async () => {
    harness.executor.alerts.send([alert()]);
    await harness.executor.drainAlerts();
    expect(readFileSync(notes, "utf8")).toMatch(/^user=65534 groups=65534$/mu);
  });

  it("that hang are killed and told of; the end of the node waits no longer than for them", async () => {
    harness.executor.alerts.send([alert({ timeoutMs: 300 }, { wait: "60" })]);
    const startedMs = performance.now();
    await harness.executor.drainAlerts();
    expect(performance.now() - startedMs).toBeLessThan(4000);
    await logged("did not complete within 300ms");
  });

  it("are refused once the node waits for the last ones", async () => {
    await harness.executor.drainAlerts();
    harness.executor.alerts.send([alert()]);
    await logged("is not sent: this node is shutting down");
    expect(readFileSync(notes, "utf8")).toBe("");
  });

  it("that cannot be run, and secrets in what they print", async () => {
    harness.executor.alerts.send([alert({ path: "/no/such/agent" }), alert({}, { password: "s3cr3t!" })]);
    expect(await logged("/no/such/agent")).toContain("cannot be run: No such file or directory");
    expect(await logged("error output")).toContain("used ********");
  });

  it.runIf(isRoot)("say how to make the user that is missing (skipped when not root)", async () => {
    const other = new Harness({ alertUser: "no-such-user" });
    other.executor.alerts.send([alert()]);
    await other.executor.drainAlerts();
    expect(other.log.join()).toContain("useradd --system no-such-user");
    other.close();
  });
});
