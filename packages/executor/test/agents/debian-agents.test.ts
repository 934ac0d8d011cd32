import { accessSync } from "node:fs";
import { ExecutionStatus } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "../harness.ts";

const ROOT = "/usr/lib/ocf/resource.d";

let harness: Harness;

beforeEach(() => {
  harness = new Harness({ ocfDirectories: ["/no/such/directory", ROOT] });
});

afterEach(() => {
  harness.close();
});

function isInstalled(provider: string, type: string): boolean {
  try {
    accessSync(`${ROOT}/${provider}/${type}`);
    return true;
  } catch {
    return false;
  }
}

describe.each([
  { provider: "heartbeat", type: "Dummy", source: "resource-agents" },
  { provider: "pacemaker", type: "Dummy", source: "pacemaker-resource-agents" },
])("ocf:$provider:$type of Debian, unchanged", ({ provider, type, source }) => {
  it.skipIf(!isInstalled(provider, type))(`runs (skipped when ${source} is not installed)`, async () => {
    const state = harness.path("state");
    const agent = { class: "ocf", provider, type };
    const codes: [string, number, number][] = [];
    for (const action of ["monitor", "stop", "start", "monitor", "stop", "monitor", "nonsense"]) {
      const result = await harness.run(type, { agent, action, parameters: new Map([["state", state]]) });
      codes.push([action, result.status, result.rc]);
    }
    expect(codes).toEqual([
      ["monitor", ExecutionStatus.done, 7],
      ["stop", ExecutionStatus.done, 0],
      ["start", ExecutionStatus.done, 0],
      ["monitor", ExecutionStatus.done, 0],
      ["stop", ExecutionStatus.done, 0],
      ["monitor", ExecutionStatus.done, 7],
      ["nonsense", ExecutionStatus.done, 3],
    ]);
    expect(await harness.metadata(type, "ocf", provider)).toMatchObject({
      ok: true,
      xml: expect.stringContaining('<resource-agent name="Dummy"'),
    });
  });
});
