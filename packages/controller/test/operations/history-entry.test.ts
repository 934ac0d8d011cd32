import type { OperationResult } from "@quorate/ports";
import { describe, expect, test } from "vitest";
import { traitsOfMetadata, UNKNOWN_TRAITS } from "../../src/operations/agent-traits.ts";
import { historyEntries } from "../../src/operations/history-entry.ts";
import { digestAttributes } from "../../src/operations/parameter-digests.ts";
import type { ActionMessage } from "../../src/wire/action-message.ts";

function action(operation: string, attributes: Readonly<Record<string, string>> = {}): ActionMessage {
  return {
    operation,
    operationKey: `d1_${operation}_0`,
    resource: {
      element: "primitive",
      id: "d1",
      longId: null,
      class: "ocf",
      provider: "heartbeat",
      type: "Dummy",
    },
    attributes: new Map(
      Object.entries({ crm_feature_set: "3.20.5", CRM_meta_timeout: "20000", ...attributes }),
    ),
    shutdownLockS: null,
  };
}

function entries(
  made: ActionMessage,
  result: { status?: number; rc?: number; exitReason?: string } | null,
  targetRc = 0,
): (string | null)[][] {
  const full: OperationResult | null =
    result === null
      ? null
      : {
          operation: {} as OperationResult["operation"],
          callId: 12,
          status: 0,
          rc: 0,
          exitReason: "",
          lastRunS: 1000,
          lastChangeS: 2000,
          execTimeMs: 7,
          queueTimeMs: 1,
          output: "",
          ...result,
        };
  const { entries: found } = historyEntries({
    action: made,
    resourceId: "d1",
    transitionKey: `5:7:${targetRc}:uuid`,
    nodeName: "n1",
    digests: [],
    result: full,
    nowS: 3000,
  });
  return found.map((entry) => [
    entry.id,
    entry.get("operation"),
    entry.get("rc-code"),
    entry.get("op-status"),
  ]);
}

describe("history entries", () => {
  test("ids by outcome", () => {
    expect(entries(action("start"), {})).toEqual([["d1_last_0", "start", "0", "0"]]);
    expect(entries(action("start"), { rc: 1 })).toEqual([
      ["d1_last_failure_0", "start", "1", "0"],
      ["d1_last_0", "start", "1", "0"],
    ]);
    const recurring = action("monitor", { CRM_meta_interval: "10000" });
    expect(entries(recurring, {})).toEqual([["d1_monitor_10000", "monitor", "0", "0"]]);
    expect(entries(recurring, { rc: 7 })).toEqual([["d1_last_failure_0", "monitor", "7", "0"]]);
    expect(entries(action("monitor"), { rc: 7 }, 7)).toEqual([["d1_last_0", "monitor", "7", "0"]]);
    expect(entries(action("migrate_to"), {})).toEqual([["d1_migrate_to_0", "migrate_to", "0", "0"]]);
    expect(
      entries(action("notify", { CRM_meta_notify_type: "pre", CRM_meta_notify_operation: "stop" }), {
        rc: 1,
      }),
    ).toEqual([["d1_pre_notify_stop_0", "notify", "0", "0"]]);
  });

  test("pending, cancelled, degraded, reloaded", () => {
    expect(entries(action("start"), null)).toEqual([["d1_last_0", "start", "193", "-1"]]);
    expect(entries(action("monitor", { CRM_meta_interval: "10000" }), { status: 1 })).toEqual([]);
    expect(entries(action("monitor", { CRM_meta_interval: "10000" }), { rc: 190 })).toEqual([
      ["d1_monitor_10000", "monitor", "190", "0"],
    ]);
    expect(entries(action("reload-agent"), {})).toEqual([["d1_last_0", "start", "0", "0"]]);
    expect(entries(action("reload-agent"), { rc: 1 })[0]).toEqual(["d1_last_failure_0", "monitor", "1", "0"]);
    expect(entries(action("monitor"), { status: 4, rc: 7 }, 7)).toEqual([["d1_last_0", "monitor", "7", "0"]]);
  });
});

describe("digests", () => {
  test("no parameters, and a recurring operation with its timeout", () => {
    expect(digestAttributes(action("start"), UNKNOWN_TRAITS)).toEqual([
      ["op-digest", "f2317cad3d54cec5d7d7aa7d0bf35cf8"],
    ]);
    expect(digestAttributes(action("monitor", { CRM_meta_interval: "10000" }), UNKNOWN_TRAITS)).toEqual([
      ["op-digest", "4811cef7f7f94e3a35a70be7916cb2fd"],
    ]);
  });

  test("agents that can reload, and secrets", () => {
    const traits = traitsOfMetadata(
      '<resource-agent name="x"><version>1.1</version><parameters>' +
        '<parameter name="state"/><parameter name="fake" reloadable="1"/><parameter name="passwd" reloadable="1"/></parameters>' +
        '<actions><action name="reload-agent"/></actions></resource-agent>',
    );
    const digests = new Map(
      digestAttributes(action("start", { state: "/a", fake: "b", passwd: "c" }), traits),
    );
    expect(digests.get("op-force-restart")).toBe("  state  ");
    expect(digests.get("op-secure-params")).toBe("  passwd  ");
    expect(digests.has("op-restart-digest")).toBe(true);
    const old = traitsOfMetadata(
      '<resource-agent name="x"><parameters><parameter name="p" unique="1"/></parameters>' +
        '<actions><action name="reload"/></actions></resource-agent>',
    );
    expect(old).toMatchObject({ reloadAction: "reload", restartParameters: ["p"] });
    expect(traitsOfMetadata("no metadata")).toEqual(UNKNOWN_TRAITS);
  });
});
