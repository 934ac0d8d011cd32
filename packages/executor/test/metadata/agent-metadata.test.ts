import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "../harness.ts";

let harness: Harness;

beforeEach(() => {
  harness = new Harness();
});

afterEach(() => {
  harness.close();
});

describe("metadata", () => {
  it("is read once for all who ask, anew after it was forgotten or a start began", async () => {
    const countFile = harness.path("count");
    const counting = new Harness({ extraEnvironment: { COUNT_FILE: countFile } });
    const runs = () => readFileSync(countFile, "utf8").split("\n").length - 1;
    const results = await Promise.all([counting.metadata("counts-runs"), counting.metadata("counts-runs")]);
    await counting.metadata("counts-runs");
    expect(results.map((result) => result.ok)).toEqual([true, true]);
    expect(runs()).toBe(1);
    counting.executor.forgetMetadata({ class: "ocf", provider: "hostile", type: "counts-runs" });
    await counting.metadata("counts-runs");
    expect(runs()).toBe(2);
    await counting.run("counts-runs", { action: "start" });
    await counting.metadata("counts-runs");
    expect(runs()).toBe(4);
    counting.close();
  });

  it.each([
    ["no-such-agent", "Metadata of ocf:hostile:no-such-agent is not available: No such file or directory"],
    [
      "closes-output",
      "Metadata of ocf:hostile:closes-output is not available: the agent exited with status 7",
    ],
    ["prints-nothing", "the agent printed nothing"],
    ["prints-no-xml", "is not XML"],
  ])("of %s tells why there is none", async (type, reason) => {
    const result = await harness.metadata(type);
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  it("of an agent that hangs ends after its time", async () => {
    const hasty = new Harness({ metadataTimeoutMs: 300 });
    const result = await hasty.metadata("never-ends");
    expect(result).toMatchObject({
      ok: false,
      reason: expect.stringContaining("did not complete within 300ms"),
    });
    hasty.close();
  });

  it("of an init script comes from its comment block", async () => {
    const result = await harness.metadata("demo", "lsb", "");
    expect(result.ok && result.xml).toMatchInlineSnapshot(`
      "<resource-agent name="demo" version="1.0">
        <version>1.1</version>
        <longdesc lang="en">First line &lt;of&gt; a long text.</longdesc>
        <shortdesc lang="en">A demonstration</shortdesc>
        <parameters/>
        <actions>
          <action name="start" timeout="15"/>
          <action name="stop" timeout="15"/>
          <action name="restart" timeout="15"/>
          <action name="force-reload" timeout="15"/>
          <action name="status" timeout="15"/>
          <action name="monitor" timeout="15" interval="15"/>
          <action name="meta-data" timeout="5"/>
        </actions>
        <special tag="LSB">
          <Provides>demo</Provides>
          <Required-Start>$network</Required-Start>
        </special>
      </resource-agent>
      "
    `);
  });

  it("of a class without metadata", async () => {
    expect(await harness.metadata("cron", "nagios", "")).toMatchObject({ ok: false });
  });
});
