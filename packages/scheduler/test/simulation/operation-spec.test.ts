import { describe, expect, it } from "vitest";
import { parseOperationSpec } from "../../src/simulation/operation-spec.ts";

describe("parseOperationSpec (part 4, 6.4)", () => {
  it.each([
    ["db_monitor_10000@node1=7", "db", "monitor", 10000, "node1", 7],
    ["my_db_migrate_to_0@n-2=1", "my_db", "migrate_to", 0, "n-2", 1],
  ])("reads %s", (text, resource, task, intervalMs, node, exitStatus) => {
    expect(parseOperationSpec(text)).toEqual({
      ok: true,
      spec: { resource, task, intervalMs, node, exitStatus },
    });
  });

  it.each([
    ["db_monitor_0", "Only found 1 fields"],
    ["db_monitor_0@node1", "Only found 2 fields"],
    ["db@node1=0", "Write it as"],
  ])("refuses %s", (text, message) => {
    const result = parseOperationSpec(text);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.message).toContain(message);
  });
});
