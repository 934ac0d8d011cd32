import { expect, test } from "vitest";
import { createLog, isLogLevel } from "../src/world/log.ts";

test("time, node, level; a prefix on every line; nothing below the threshold", () => {
  const lines: string[] = [];
  const log = createLog({
    nodeName: "node1",
    threshold: "notice",
    wallMs: () => Date.UTC(2026, 0, 31, 12),
    write: (line) => lines.push(line),
  });
  log("error", "first\nsecond");
  log("info", "not shown");
  log("notice", "shown");
  expect(lines).toEqual([
    "2026-01-31T12:00:00.000Z node1 error: first\n",
    "2026-01-31T12:00:00.000Z node1 error: second\n",
    "2026-01-31T12:00:00.000Z node1 notice: shown\n",
  ]);
});

test("names of levels", () => {
  expect(["critical", "error", "warning", "notice", "info", "debug"].every(isLogLevel)).toBe(true);
  expect(["", "loud", "Error", "constructor"].some(isLogLevel)).toBe(false);
});
