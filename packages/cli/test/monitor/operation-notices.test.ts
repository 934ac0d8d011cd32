import { parseXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { fencingNotice, OperationNotices } from "../../src/monitor/operation-notices.ts";

interface Entry {
  readonly call: number;
  readonly task: string;
  readonly rc: number;
  readonly status?: number;
  readonly wanted?: number;
}

function cib(...entries: readonly Entry[]) {
  const history = entries.map(
    ({ call, task, rc, status = 0, wanted = 0 }) =>
      `<lrm_rsc_op id="web_${task}_${call}" operation="${task}" call-id="${call}" rc-code="${rc}" op-status="${status}" transition-key="3:7:${wanted}:uuid"/>`,
  );
  const parsed = parseXml(`<cib><status><node_state id="1" uname="node1"><lrm id="1"><lrm_resources>
    <lrm_resource id="web">${history.join("")}</lrm_resource></lrm_resources></lrm></node_state></status></cib>`);
  if (!parsed.ok) throw new Error("the test's own mistake");
  return parsed.root;
}

describe("what the external program of crm_mon is told", () => {
  test("nothing of what was there before", () => {
    expect(new OperationNotices().since(cib({ call: 5, task: "start", rc: 1 }))).toEqual([]);
  });

  test("an operation that ended, once; not one that is pending, nor a probe that found what was expected", () => {
    const notices = new OperationNotices();
    notices.since(cib());
    const probe = { call: 4, task: "monitor", rc: 7, wanted: 7 };
    expect(notices.since(cib(probe, { call: -1, task: "start", rc: 193, status: -1 }))).toEqual([]);
    const after = cib(probe, { call: 5, task: "start", rc: 0 });
    expect(notices.since(after)).toEqual([
      {
        CRM_notify_node: "node1",
        CRM_notify_rsc: "web",
        CRM_notify_task: "start",
        CRM_notify_desc: "OK",
        CRM_notify_rc: "0",
        CRM_notify_target_rc: "0",
        CRM_notify_status: "0",
      },
    ]);
    expect(notices.since(after)).toEqual([]);
  });

  test("a recurring monitor that changed its mind", () => {
    const notices = new OperationNotices();
    notices.since(cib({ call: 6, task: "monitor", rc: 0 }));
    expect(notices.since(cib({ call: 6, task: "monitor", rc: 7 }))).toMatchObject([
      { CRM_notify_task: "monitor", CRM_notify_rc: "7", CRM_notify_desc: "Not running" },
    ]);
  });

  test("how a fencing ended", () => {
    const record = {
      id: "x",
      target: "node2",
      targetPid: null,
      origin: "node1",
      client: "c.1",
      completedMs: 1,
    };
    const failed = {
      ...record,
      action: "off",
      state: "failed",
      delegate: "",
      exitReason: "no route",
    } as const;
    expect(fencingNotice(failed)).toMatchObject({
      CRM_notify_node: "node2",
      CRM_notify_task: "off",
      CRM_notify_desc: "Fencing by nobody failed: no route",
      CRM_notify_rc: "1",
    });
    expect(fencingNotice({ ...failed, state: "success", delegate: "node3" })).toMatchObject({
      CRM_notify_desc: "Fenced by node3",
      CRM_notify_rc: "0",
    });
  });
});
