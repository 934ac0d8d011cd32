import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionKey, intervalMsOfKey, notificationKey, parseActionKey } from "../../src/actions/action-key.ts";

const taskNames = [
  "start",
  "stop",
  "promote",
  "monitor",
  "migrate_to",
  "migrate_from",
  "notify",
  "reload-agent",
];
const resourceIds = fc.stringMatching(/^[a-z][a-z0-9.:-]{0,8}(_[a-z0-9.:-]{1,5}){0,2}$/);

describe("keys of actions (part 3, 2.2)", () => {
  it("give back what they were made of, also with underscores in the id", () => {
    fc.assert(
      fc.property(resourceIds, fc.constantFrom(...taskNames), fc.nat(), (resourceId, task, intervalMs) => {
        fc.pre(!/_(pre|post|confirmed-pre|confirmed-post)_notify$/.test(resourceId));
        fc.pre(!resourceId.endsWith("_migrate"));
        expect(parseActionKey(actionKey(resourceId, task, intervalMs))).toEqual({
          resourceId,
          task,
          intervalMs,
        });
      }),
    );
  });

  it("tell the interval without their other parts, or 0", () => {
    const words = fc.stringMatching(/^[a-z0-9_]{0,12}$/);
    fc.assert(
      fc.property(words, (key) => {
        expect(intervalMsOfKey(key)).toBe(parseActionKey(key)?.intervalMs ?? 0);
      }),
    );
    expect(intervalMsOfKey("my_rsc_monitor_10000")).toBe(10000);
  });

  it("of notifications keep the type with the task", () => {
    const key = notificationKey("my_clone", "confirmed-post", "running");
    expect(key).toBe("my_clone_confirmed-post_notify_running_0");
    expect(parseActionKey(key)).toEqual({
      resourceId: "my_clone",
      task: "confirmed-post_notify_running",
      intervalMs: 0,
    });
  });

  it.each(["", "start_0", "stonith-node1-reboot", "load_stopped_node1", "rsc_monitor_x", "_0"])(
    "are refused when they have no three parts: %j",
    (key) => expect(parseActionKey(key)).toBeNull(),
  );
});
