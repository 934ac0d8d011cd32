import type { ApiError } from "@quorate/api";
import type { ClusterNode, RequestResult } from "@quorate/controller";
import type { Agents, Engine, Fencer, FencerDesk, FencingRecord, Operation } from "@quorate/ports";
import { parseXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { createHandlers } from "../src/handlers.ts";

const ROOT = { uid: 0, name: "root", groups: ["root"] };
const CALLER = { name: "cibadmin", pid: 42, user: ROOT };

/** Handlers on fakes that fail on any call which the test did not expect. */
function handlersOn(fakes: {
  node?: Partial<ClusterNode>;
  fencer?: Partial<Fencer>;
  engine?: Partial<Engine>;
  agents?: Partial<Agents>;
}) {
  return createHandlers({
    node: (fakes.node ?? {}) as ClusterNode,
    fencer: (fakes.fencer ?? {}) as Fencer & FencerDesk,
    engine: (fakes.engine ?? {}) as Engine,
    links: async () => [],
    agents: (fakes.agents ?? {}) as Agents,
    groupsOf: (user) => [`group-of-${user}`],
    version: "1.2.3",
    featureSet: "3.20.5",
    log: () => {},
  });
}

const RECORD = { id: "1", target: "node2", action: "reboot", state: "success" } as FencingRecord;

describe("local API of the daemon", () => {
  test("status carries the versions", async () => {
    const status = { nodeName: "node1", dc: null } as ReturnType<ClusterNode["status"]>;
    const handlers = handlersOn({ node: { status: () => status } });
    expect(await handlers["node.status"]({}, CALLER)).toEqual({
      version: "1.2.3",
      featureSet: "3.20.5",
      nodeName: "node1",
      dc: null,
    });
  });

  test("what is too large to be sent to the others is refused", async () => {
    const handlers = handlersOn({ node: {} });
    const request = { name: "x".repeat(1024 * 1024) };
    await expect(handlers["node.remove"](request, CALLER)).rejects.toMatchObject({ code: "tooLarge" });
  });

  test("a CIB request carries who asks, as the daemon knows it", async () => {
    const seen: unknown[] = [];
    const handlers = handlersOn({
      node: {
        cib: {
          request: (request, done) => {
            seen.push(request.client);
            done({ kind: "unavailable", reason: "no quorum" });
          },
        } as Partial<ClusterNode["cib"]> as ClusterNode["cib"],
      },
    });
    const params = { operation: "cib_query", section: null, xpath: null, data: null, flags: [] };
    expect(await handlers["cib.request"](params, CALLER)).toEqual({
      kind: "unavailable",
      reason: "no quorum",
    });
    expect(seen).toEqual([{ name: "cibadmin", id: "cibadmin.42", user: "root", groups: [] }]);
  });

  test.each([
    ["refused", "refused"],
    ["notFound", "notFound"],
    ["notReady", "notReady"],
    ["invalid", "badRequest"],
  ] as const)("a refusal of the core, %s, becomes the error %s with its message", async (code, expected) => {
    const refuse = (_: unknown, done: (result: RequestResult) => void) =>
      done({ ok: false, code, message: "node2 is active: stop it first" } as RequestResult);
    const handlers = handlersOn({ node: { removeNode: refuse } });
    const error = await handlers["node.remove"]({ name: "node2" }, CALLER).catch(
      (thrown: ApiError) => thrown,
    );
    expect(error).toMatchObject({ code: expected, message: "node2 is active: stop it first" });
  });

  test("quorum before the engine is connected: not ready, with what to do", async () => {
    const handlers = handlersOn({ engine: { quorumStatus: () => null } });
    await expect(handlers["quorum.status"]({}, CALLER)).rejects.toMatchObject({
      code: "notReady",
      message: expect.stringContaining("try again"),
    });
  });

  test("an agent is run beside the cluster, once, killed with all it started", async () => {
    const run: Operation[] = [];
    const handlers = handlersOn({
      agents: {
        execute: (operation, report) => {
          run.push(operation);
          report({ status: 0, rc: 7, exitReason: "", output: "not running", durationMs: 5 } as never);
          return 1;
        },
      },
    });
    const reply = await handlers["agent.run"](
      {
        resource: "web",
        class: "ocf",
        provider: "quorate",
        type: "http",
        action: "monitor",
        timeoutMs: 5000,
        parameters: [["port", "80"]],
      },
      CALLER,
    );
    expect(reply).toEqual({ status: 0, rc: 7, exitReason: "", output: "not running" });
    expect(run).toMatchObject([
      {
        resourceId: "web",
        agent: { class: "ocf", provider: "quorate", type: "http" },
        intervalMs: 0,
        killsGroup: true,
        parameters: new Map([["port", "80"]]),
      },
    ]);
  });

  test("fencing: who asks is known, a failure is a reply with its reason, history is filtered", async () => {
    const handlers = handlersOn({
      fencer: {
        fence: (request, done) =>
          done({ isSuccess: false, reason: `${request.client}: no device`, record: RECORD } as never),
        history: () => [RECORD, { ...RECORD, target: "node3" }],
      },
    });
    const request = { target: "node2", action: "reboot", timeoutS: 20, delayS: 0, toleranceS: 0 } as const;
    expect(await handlers["fencing.fence"](request, { name: "stonith_admin", pid: 7, user: ROOT })).toEqual({
      isSuccess: false,
      reason: "stonith_admin.7: no device",
      record: RECORD,
    });
    expect(await handlers["fencing.history"]({ target: "node3" }, CALLER)).toHaveLength(1);
    expect(await handlers["fencing.history"]({ target: null }, CALLER)).toHaveLength(2);
  });

  test("a manual confirmation is taken only of a node that exists, of any kind", async () => {
    const confirmed: string[] = [];
    const parsed = parseXml(
      `<cib><configuration><nodes><node id="1" uname="node1"/></nodes>
       <resources><primitive id="far" class="ocf" provider="pacemaker" type="remote"/></resources></configuration>
       <status><node_state id="9" uname="gone9"/></status></cib>`,
    );
    if (!parsed.ok) throw new Error(parsed.error.message);
    const handlers = handlersOn({
      node: {
        nodes: () => [{ nodeId: 2, name: "node2" }] as unknown as ReturnType<ClusterNode["nodes"]>,
        cib: { document: parsed.root } as unknown as ClusterNode["cib"],
      },
      fencer: {
        confirm: (target: string, _client: string, done: (outcome: never) => void) => {
          confirmed.push(target);
          done({ isSuccess: true, reason: "", record: RECORD } as never);
        },
      } as Partial<FencerDesk> as Partial<Fencer>,
    });
    for (const target of ["node1", "node2", "far", "gone9"])
      expect(await handlers["fencing.confirm"]({ target }, CALLER)).toMatchObject({ isSuccess: true });
    await expect(handlers["fencing.confirm"]({ target: "nod2" }, CALLER)).rejects.toMatchObject({
      code: "notFound",
      message: 'no node is called "nod2"; nothing was confirmed. Did you mean "node2"?',
    });
    expect(confirmed).toEqual(["node1", "node2", "far", "gone9"]);
  });
});
