import { ExecutionStatus, type JsonObject } from "@quorate/ports";
import { describe, expect, test } from "vitest";
import { Fencers, FULL_ACTIONS, primitive, describe as text, WORKING } from "./fencers.ts";

const HOSTS = { pcmk_host_list: "n1 n2 n3" };

/** Three nodes with these devices, each for all nodes, of agents of the same name. */
function threeNodes(devices: readonly string[], topology = ""): Fencers {
  const fencers = new Fencers(3, Object.fromEntries(devices.map((agent) => [agent, WORKING])));
  fencers.startAll(
    `<resources>${devices.map((agent) => primitive(`d-${agent}`, agent, HOSTS)).join("")}</resources>${topology}`,
  );
  return fencers;
}

describe("without topology", () => {
  test("a success is reported to the client and on every node, and is in every history", () => {
    const fencers = threeNodes(["fence_a"]);
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(50);
    expect(fencers.nodes.map((node) => node.fencer.history().map((record) => record.state))).toEqual([
      ["pending"],
      ["pending"],
      ["pending"],
    ]);
    fencers.advance(1000);
    expect(answer.outcome).toMatchObject({ isSuccess: true, status: ExecutionStatus.done, reason: "" });
    expect(fencers.actions()).toEqual(["n1 fence_a reboot n3"]);
    for (const node of fencers.nodes) {
      expect(node.completed).toEqual(["reboot of n3 by n1 for tester.n1@n1: OK"]);
      expect(node.fencer.history()).toEqual([answer.outcome!.record]);
    }
  });

  test("nothing is reported as done while the agent still runs", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.script("fence_a", { ...WORKING, durationMs: 30_000 });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(29_000);
    expect(answer.outcome).toBeNull();
    expect(fencers.nodes[1]!.completed).toEqual([]);
    fencers.advance(2000);
    expect(answer.outcome?.isSuccess).toBe(true);
  });

  test("what is not wanted any more begins no further command, and one that runs goes on", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.script("fence_a", { ...WORKING, durationMs: 1_000, run: () => 1 });
    let isWanted = true;
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3", isWanted: () => isWanted });
    fencers.advance(50);
    isWanted = false;
    fencers.advance(60_000);
    expect(answer.outcome).toMatchObject({ isSuccess: false, status: ExecutionStatus.cancelled });
    expect(new Set(fencers.actions().map((action) => action.split(" ")[0]))).toEqual(new Set(["n1"]));
  });

  test("a node where the device is monitored is preferred", () => {
    const fencers = threeNodes(["fence_a"]);
    const results: unknown[] = [];
    fencers.nodes[1]!.fencer.startDevice(
      {
        deviceId: "d-fence_a",
        agent: "fence_a",
        parameters: new Map([["pcmk_host_list", "n1 n2 n3"]]),
        timeoutMs: 20_000,
      },
      (result) => results.push(result),
    );
    fencers.advance(1000);
    expect(results).toEqual([{ status: ExecutionStatus.done, rc: 0, reason: "" }]);
    expect(fencers.nodes[1]!.fencer.isDeviceStarted("d-fence_a")).toBe(true);
    fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    expect(fencers.actions()).toEqual(["n2 fence_a reboot n3"]);
  });

  test("an agent that fails is tried twice, then the next device, then the next node", () => {
    const fencers = threeNodes(["fence_a", "fence_b"]);
    fencers.script("fence_a", { ...WORKING, run: () => 1 });
    fencers.script("fence_b", { ...WORKING, run: () => 1 });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(20_000);
    expect(fencers.actions()).toEqual([
      "n1 fence_a reboot n3",
      "n1 fence_a reboot n3",
      "n1 fence_b reboot n3",
      "n1 fence_b reboot n3",
      "n2 fence_a reboot n3",
      "n2 fence_a reboot n3",
      "n2 fence_b reboot n3",
      "n2 fence_b reboot n3",
    ]);
    expect(fencers.calls[1]!.atMs - fencers.calls[0]!.atMs).toBe(1100);
    expect(answer.outcome).toMatchObject({
      isSuccess: false,
      status: ExecutionStatus.error,
      reason: "bad thing",
      record: { state: "failed", delegate: "n2", origin: "n1" },
    });
    expect(fencers.nodes[2]!.completed).toEqual(["reboot of n3 by n2 for tester.n1@n1: failed"]);
  });

  test("the second device does what the first could not", () => {
    const fencers = threeNodes(["fence_a", "fence_b"]);
    fencers.script("fence_a", { ...WORKING, run: () => 1 });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(20_000);
    expect(fencers.actions().at(-1)).toBe("n1 fence_b reboot n3");
    expect(answer.outcome?.isSuccess).toBe(true);
  });

  test("an agent that hangs ends in a failure by time-out", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.script("fence_a", { ...WORKING, run: () => "hang" });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3", timeoutS: 20 });
    fencers.advance(60_000);
    expect(fencers.actions()).toEqual(["n1 fence_a reboot n3"]);
    expect(answer.outcome).toMatchObject({ isSuccess: false, status: ExecutionStatus.timedOut });
  });

  test("no device: refused as such", () => {
    const fencers = threeNodes([]);
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    expect(answer.outcome).toMatchObject({ isSuccess: false, status: ExecutionStatus.noFenceDevice });
    expect(answer.outcome?.record.delegate).toBe("");
  });

  test("the executing node dies midway: another one fences, and only its report counts", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.script("fence_a", { ...WORKING, durationMs: 10_000 });
    // n1 owns; the device is verified on n2, so that n2 executes.
    fencers.nodes[1]!.fencer.startDevice(
      {
        deviceId: "d-fence_a",
        agent: "fence_a",
        parameters: new Map(Object.entries(HOSTS)),
        timeoutMs: 20_000,
      },
      () => {},
    );
    fencers.advance(11_000);
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    expect(fencers.actions()).toEqual(["n2 fence_a reboot n3"]);
    fencers.cluster.hub.killNode(2);
    fencers.advance(3000);
    expect(fencers.actions()).toEqual(["n2 fence_a reboot n3", "n1 fence_a reboot n3"]);
    expect(answer.outcome).toBeNull();
    fencers.advance(11_000);
    expect(answer.outcome).toMatchObject({ isSuccess: true, record: { delegate: "n1" } });
  });

  test("the owner dies: its operation counts as failed, unless the executing node knows better", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.nodes[1]!.fencer.startDevice(
      {
        deviceId: "d-fence_a",
        agent: "fence_a",
        parameters: new Map(Object.entries(HOSTS)),
        timeoutMs: 20_000,
      },
      () => {},
    );
    fencers.advance(1000);
    fencers.script("fence_a", { ...WORKING, durationMs: 10_000 });
    fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    fencers.cluster.hub.killNode(1);
    fencers.advance(5000);
    expect(fencers.nodes[2]!.fencer.history()).toMatchObject([{ state: "failed", origin: "n1" }]);
    fencers.advance(10_000);
    expect(fencers.nodes[2]!.fencer.history()).toMatchObject([
      { state: "success", delegate: "n2", origin: "n1" },
    ]);
    expect(fencers.nodes[2]!.completed).toEqual(["reboot of n3 by n2 for tester.n1@n1: OK"]);
  });

  test("a target that asks to be fenced: another node owns and executes", () => {
    const fencers = threeNodes(["fence_a"]);
    const answer = fencers.ask(fencers.nodes[2]!, { target: "n3" });
    fencers.advance(1000);
    expect(answer.outcome).toMatchObject({ isSuccess: true, record: { origin: "n1", delegate: "n1" } });
  });

  test("the last node fences itself only when that is allowed", () => {
    const fencers = new Fencers(3, { fence_a: WORKING });
    fencers.configure(`<resources>${primitive("d", "fence_a", HOSTS)}</resources>`);
    const node = fencers.start(3);
    const refused = fencers.ask(node, { target: "n3" });
    fencers.advance(1000);
    expect(refused.outcome).toMatchObject({ isSuccess: false, status: ExecutionStatus.noFenceDevice });
    const allowed = fencers.ask(node, { target: "n3", allowsSelf: true });
    fencers.advance(1000);
    expect(allowed.outcome).toMatchObject({ isSuccess: true, record: { delegate: "n3" } });
  });

  test("the fencer of the target vanishes before it answers the query: nobody waits for it", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.cluster.hub.isolate(3);
    fencers.advance(3000);
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(500);
    expect(answer.outcome?.isSuccess).toBe(true);
  });

  test("during a split each side judges by itself; the true outcome wins after the merge", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.script("fence_a", { ...WORKING, durationMs: 20_000 });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    fencers.cluster.hub.partition([[1, 2], [3]]);
    fencers.advance(3000);
    expect(fencers.nodes[2]!.fencer.history()).toMatchObject([{ state: "failed" }]);
    fencers.advance(20_000);
    expect(answer.outcome?.isSuccess).toBe(true);
    fencers.cluster.hub.heal();
    fencers.advance(5000);
    expect(fencers.nodes[2]!.fencer.history()).toMatchObject([{ state: "success", delegate: "n1" }]);
  });

  describe("a node that was cut off from its storage only, while it was away", () => {
    function fencedWhileAway(rejoins: (fencers: Fencers) => void): Fencers {
      const fencers = threeNodes(["fence_a"]);
      fencers.cluster.hub.partition([[1, 2], [3]]);
      fencers.advance(3000);
      const answer = fencers.ask(fencers.nodes[0]!, { target: "n3", action: "off" });
      fencers.advance(3000);
      expect(answer.outcome?.isSuccess).toBe(true);
      rejoins(fencers);
      fencers.advance(5000);
      return fencers;
    }

    const OFF = "off of n3 by n1 for tester.n1@n1: OK";

    test("is told so when it is back with the daemon it had", () => {
      const fencers = fencedWhileAway(({ cluster }) => cluster.hub.heal());
      expect(fencers.nodes.map(({ completed }) => completed)).toEqual([[OFF], [OFF], [OFF]]);
    });

    test("is not, when it comes back with another daemon, although it meets the others while both are at work", () => {
      const fencers = fencedWhileAway((world) => {
        world.cluster.hub.killNode(3);
        world.cluster.hub.startNode(3);
        world.advance(3000);
        world.start(3);
        world.advance(3000);
        world.cluster.hub.heal();
      });
      expect(fencers.nodes.at(-1)!.fencer.history()).toMatchObject([{ action: "off", target: "n3" }]);
      expect(fencers.nodes.at(-1)!.completed).toEqual([]);
    });

    test("is not, when it learns later of the end of its former life from a node that was away", () => {
      const fencers = fencedWhileAway((world) => {
        world.cluster.hub.partition([[2], [1, 3]]);
        world.nodes[0]!.fencer.cleanHistory(null);
        world.cluster.hub.killNode(3);
        world.cluster.hub.startNode(3);
        world.advance(3000);
        world.start(3);
        world.advance(3000);
        expect(world.nodes.at(-1)!.fencer.history()).toEqual([]);
        world.cluster.hub.heal();
      });
      expect(fencers.nodes.at(-1)!.fencer.history()).toMatchObject([{ action: "off", target: "n3" }]);
      expect(fencers.nodes.at(-1)!.completed).toEqual([]);
    });
  });

  test("a success that is learned of when the target is long back is history, not news", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.script("fence_a", { ...WORKING, durationMs: 6000 });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    fencers.cluster.hub.partition([[1], [2, 3]]);
    fencers.advance(3000);
    expect(fencers.nodes[1]!.fencer.history()).toMatchObject([{ state: "failed" }]);
    // Fenced by the other part, and with this one again.
    fencers.cluster.hub.killNode(3);
    fencers.cluster.hub.startNode(3);
    fencers.advance(3000);
    const back = fencers.start(3);
    fencers.advance(3000);
    expect(answer.outcome?.isSuccess).toBe(true);
    expect(back.fencer.history()).toMatchObject([{ state: "failed", target: "n3" }]);
    fencers.cluster.hub.heal();
    fencers.advance(5000);
    for (const node of [fencers.nodes[1]!, back]) {
      expect(node.fencer.history()).toMatchObject([{ state: "success", target: "n3" }]);
      expect(node.completed).toEqual([]);
    }
  });

  test("lost cluster layer: the client is told that nobody knows", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.script("fence_a", { ...WORKING, durationMs: 20_000 });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    fencers.cluster.hub.killNode(1);
    fencers.advance(100);
    expect(answer.outcome).toMatchObject({ isSuccess: false, status: ExecutionStatus.disconnected });
    const later = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(100);
    expect(later.outcome).toMatchObject({ isSuccess: false, status: ExecutionStatus.disconnected });
  });
});

describe("bad input", () => {
  test.each([
    ["no target", { target: "" }],
    ["a time that is no number", { target: "n3", timeoutS: Number.NaN }],
    ["an endless delay", { target: "n3", delayS: Number.POSITIVE_INFINITY }],
  ])("a request with %s is refused, and the fencer goes on", (_, request) => {
    const fencers = threeNodes(["fence_a"]);
    const answer = fencers.ask(fencers.nodes[0]!, request);
    fencers.advance(10);
    expect(answer.outcome).toMatchObject({ isSuccess: false, status: ExecutionStatus.invalid });
    const next = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    expect(next.outcome?.isSuccess).toBe(true);
  });

  test("messages that no fencer sends are ignored with a line in the log", () => {
    const fencers = threeNodes(["fence_a"]);
    const channel = fencers.nodes[1]!.bus.channel("fencer");
    const record = { id: "x", target: "n1", state: "success" };
    const bodies: JsonObject[] = [
      {},
      { version: 9, type: "query" },
      { version: 1, type: "result", record, status: 0, isMerged: false },
      { version: 1, type: "query", request: { id: 1 } },
      { version: 1, type: "sync", records: {} },
    ];
    for (const body of bodies) channel.send(body);
    fencers.advance(100);
    for (const node of fencers.nodes) {
      expect(node.log.filter((line) => line.includes("ignored a message of the fencer of n2"))).toHaveLength(
        5,
      );
      expect(node.completed).toEqual([]);
    }
  });
});

describe("several requests", () => {
  test("the same wish of two clients is done once, and both get its result", () => {
    const fencers = threeNodes(["fence_a"]);
    const first = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    const second = fencers.ask(fencers.nodes[1]!, { target: "n3" });
    fencers.advance(1000);
    expect(fencers.actions()).toHaveLength(1);
    expect(first.outcome?.isSuccess).toBe(true);
    expect(second.outcome?.isSuccess).toBe(true);
    expect(first.outcome!.record.id).not.toBe(second.outcome!.record.id);
    for (const node of fencers.nodes) expect(node.completed).toHaveLength(2);
    expect(fencers.nodes[2]!.completed.sort()).toEqual([
      "reboot of n3 by n1 for tester.n1@n1: OK",
      "reboot of n3 by n1 for tester.n2@n2: OK",
    ]);
    // What was done once has one time, whoever tells it.
    fencers.nodes[1]!.fencer.synchronizeHistory();
    fencers.advance(1000);
    for (const node of fencers.nodes)
      expect(new Set(node.fencer.history().map(({ completedMs }) => completedMs)).size).toBe(1);
  });

  test("the clients of two nodes may have the same name, and are two all the same", () => {
    const fencers = threeNodes(["fence_a"]);
    const answers = [0, 1].map((index) =>
      fencers.ask(fencers.nodes[index]!, { target: "n3", client: "pacemaker-controld.60" }),
    );
    fencers.advance(1000);
    expect(fencers.actions()).toHaveLength(1);
    expect(answers.map(({ outcome }) => outcome?.isSuccess)).toEqual([true, true]);
  });

  test("a merged request goes on alone when the owner of the other one is lost", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.script("fence_a", { ...WORKING, durationMs: 5000 });
    fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(50);
    const second = fencers.ask(fencers.nodes[1]!, { target: "n3" });
    fencers.advance(500);
    expect(fencers.actions()).toEqual(["n1 fence_a reboot n3"]);
    fencers.cluster.hub.killNode(1);
    fencers.advance(10_000);
    expect(fencers.actions()).toEqual(["n1 fence_a reboot n3", "n2 fence_a reboot n3"]);
    expect(second.outcome).toMatchObject({ isSuccess: true, record: { delegate: "n2", origin: "n2" } });
  });

  test("a wish that came after the target was back is not served by what was done to its former life", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.script("fence_a", { ...WORKING, durationMs: 10_000 });
    fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    fencers.start(3);
    const second = fencers.ask(fencers.nodes[1]!, { target: "n3" });
    fencers.advance(10_000);
    expect(second.outcome).toBeNull();
    fencers.advance(12_000);
    expect(second.outcome?.isSuccess).toBe(true);
    expect(fencers.actions()).toHaveLength(2);
  });

  test("a command that still waits when its operation is over is dropped", () => {
    const fencers = new Fencers(3, { fence_a: { ...WORKING, durationMs: 50_000 } });
    fencers.startAll(`<resources>${primitive("d", "fence_a", { pcmk_host_list: "n2 n3" })}</resources>`);
    fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    const second = fencers.ask(fencers.nodes[0]!, { target: "n2", timeoutS: 5 });
    fencers.advance(30_000);
    expect(second.outcome).toMatchObject({ isSuccess: false, status: ExecutionStatus.timedOut });
    fencers.advance(100_000);
    expect(fencers.actions()).toEqual(["n1 fence_a reboot n3"]);
  });

  test("requests of one client are never merged", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.ask(fencers.nodes[0]!, { target: "n3", client: "c.1" });
    fencers.ask(fencers.nodes[0]!, { target: "n3", client: "c.1" });
    fencers.advance(2000);
    expect(fencers.actions()).toHaveLength(2);
  });

  test("tolerance: what happened just now is not done again", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(5000);
    const again = fencers.ask(fencers.nodes[1]!, { target: "N3", toleranceS: 10 });
    fencers.advance(10);
    expect(again.outcome?.isSuccess).toBe(true);
    expect(fencers.actions()).toHaveLength(1);
    const other = fencers.ask(fencers.nodes[1]!, { target: "n3", toleranceS: 10, action: "off" });
    fencers.advance(1000);
    expect(other.outcome?.isSuccess).toBe(true);
    expect(fencers.actions()).toHaveLength(2);
  });
});

describe("an agent that says that the target is off", () => {
  /** The status says "on" until this many milliseconds after the start of the test. */
  function answered(
    statusOf: (atMs: number) => number,
    actions = FULL_ACTIONS,
    action: "off" | "reboot" = "off",
  ) {
    let startMs = 0;
    const fencers = new Fencers(3, {
      fence_a: {
        actions,
        run: (parameters, atMs) => (parameters.get("action") === "status" ? statusOf(atMs - startMs) : 0),
      },
    });
    fencers.startAll(`<resources>${primitive("d-fence_a", "fence_a", HOSTS)}</resources>`);
    startMs = fencers.cluster.clock.monotonicMs();
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3", action, timeoutS: 20 });
    fencers.advance(120_000);
    return answer.outcome;
  }

  test("is not believed while its own status says on", () => {
    const outcome = answered(() => 0);
    expect(outcome).toMatchObject({
      isSuccess: false,
      reason: "Fence agent fence_a reported success, but by its status n3 is still on",
    });
  });

  test("is believed as soon as the status agrees", () => {
    const outcome = answered((sinceMs) => (sinceMs < 5000 ? 0 : 2));
    expect(outcome).toMatchObject({ isSuccess: true });
  });

  test("is believed when it cannot tell a status", () => {
    expect(answered(() => 1)).toMatchObject({ isSuccess: true });
    expect(answered(() => 0, ["off", "reboot", "monitor"])).toMatchObject({ isSuccess: true });
  });

  test("has rebooted it when that was asked for", () => {
    expect(answered(() => 0, FULL_ACTIONS, "reboot")).toMatchObject({ isSuccess: true });
  });
});

describe("topology", () => {
  const level = (index: number, devices: string, target = 'target="n3"'): string =>
    `<fencing-level id="l${index}-${devices}" ${target} index="${index}" devices="${devices}"/>`;
  const topology = (...levels: string[]): string => `<fencing-topology>${levels.join("")}</fencing-topology>`;

  test("the levels are tried in their order", () => {
    const fencers = threeNodes(
      ["fence_a", "fence_b"],
      topology(level(2, "d-fence_a"), level(1, "d-fence_b")),
    );
    fencers.script("fence_b", { ...WORKING, run: () => 1 });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(10_000);
    expect(fencers.actions()).toEqual([
      "n1 fence_b reboot n3",
      "n1 fence_b reboot n3",
      "n1 fence_a reboot n3",
    ]);
    expect(answer.outcome?.isSuccess).toBe(true);
  });

  test("reboot with several devices: all off, then all on; reported as reboot", () => {
    const fencers = threeNodes(["fence_a", "fence_b"], topology(level(1, "d-fence_a,d-fence_b")));
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(10_000);
    expect(fencers.actions()).toEqual([
      "n1 fence_a off n3",
      "n1 fence_b off n3",
      "n1 fence_a on n3",
      "n1 fence_b on n3",
    ]);
    expect(text(answer.outcome!)).toBe("reboot of n3 by n1 for tester.n1@n1: OK");
  });

  test("a failed on does not undo the success", () => {
    const fencers = threeNodes(["fence_a", "fence_b"], topology(level(1, "d-fence_a,d-fence_b")));
    fencers.script("fence_b", {
      ...WORKING,
      run: (parameters) => ({ on: 1, status: 2 })[parameters.get("action") ?? ""] ?? 0,
    });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(10_000);
    expect(answer.outcome?.isSuccess).toBe(true);
  });

  test("one device of a level off, the other not: no success", () => {
    const fencers = threeNodes(["fence_a", "fence_b"], topology(level(1, "d-fence_a,d-fence_b")));
    fencers.script("fence_b", { ...WORKING, run: () => 1 });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(20_000);
    expect(fencers.actions()).toEqual(["n1 fence_a off n3", "n1 fence_b off n3", "n1 fence_b off n3"]);
    expect(answer.outcome?.isSuccess).toBe(false);
  });

  test("a level with a device that nobody has is no success, whatever its other devices did", () => {
    const fencers = threeNodes(["fence_a"], topology(level(1, "d-fence_a,unknown"), level(2, "")));
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(200_000);
    expect(fencers.actions()).toEqual(["n1 fence_a off n3"]);
    expect(answer.outcome).toMatchObject({ isSuccess: false, status: ExecutionStatus.noFenceDevice });
  });

  test("the executing node of a device dies: another node that has it goes on in the same level", () => {
    const fencers = threeNodes(["fence_a", "fence_b"], topology(level(1, "d-fence_a,d-fence_b")));
    fencers.script("fence_a", { ...WORKING, durationMs: 5000 });
    const answer = fencers.ask(fencers.nodes[1]!, { target: "n3" });
    fencers.advance(1000);
    expect(fencers.actions()).toEqual(["n1 fence_a off n3"]);
    fencers.cluster.hub.killNode(1);
    fencers.advance(20_000);
    expect(fencers.actions()).toEqual([
      "n1 fence_a off n3",
      "n2 fence_a off n3",
      "n2 fence_b off n3",
      "n2 fence_a on n3",
      "n2 fence_b on n3",
    ]);
    expect(answer.outcome?.isSuccess).toBe(true);
  });

  test("targets by pattern and by attribute", () => {
    const nodes =
      '<nodes><node id="2" uname="n2"><instance_attributes id="a"><nvpair id="b" name="rack" value="7"/></instance_attributes></node></nodes>';
    const fencers = threeNodes(
      ["fence_a", "fence_b"],
      nodes +
        topology(
          level(1, "d-fence_b", 'target-pattern="^n[3]$"'),
          level(1, "d-fence_a", 'target-attribute="rack" target-value="7"'),
        ),
    );
    fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    fencers.ask(fencers.nodes[0]!, { target: "n2" });
    fencers.advance(1000);
    expect(fencers.actions()).toEqual(["n1 fence_b reboot n3", "n1 fence_a reboot n2"]);
  });
});

describe("other actions", () => {
  test("a device without reboot switches off", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.script("fence_b", { actions: FULL_ACTIONS.filter((action) => action !== "reboot") });
    fencers.configure(`<resources>${primitive("d-b", "fence_b", HOSTS)}</resources>`);
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    expect(fencers.actions()).toEqual(["n1 fence_b off n3"]);
    expect(answer.outcome?.record.action).toBe("reboot");
  });

  test("unfencing is run by the target when the agent says so", () => {
    const fencers = new Fencers(3, {
      fence_scsi: { actions: FULL_ACTIONS, on: 'on_target="1" automatic="1"' },
    });
    fencers.startAll(`<resources>${primitive("d", "fence_scsi", HOSTS)}</resources>`);
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3", action: "on" });
    fencers.advance(1000);
    expect(fencers.actions()).toEqual(["n3 fence_scsi on n3"]);
    expect(answer.outcome?.isSuccess).toBe(true);
  });

  test("a manual confirmation is a success of a human, on every node", () => {
    const fencers = threeNodes([]);
    const outcomes: unknown[] = [];
    fencers.nodes[1]!.fencer.confirm("n3", "stonith_admin.7", (outcome) => outcomes.push(outcome));
    fencers.advance(100);
    expect(outcomes).toHaveLength(1);
    for (const node of fencers.nodes)
      expect(node.completed).toEqual(["off of n3 by a human for stonith_admin.7@n2: OK"]);
  });
});

describe("history", () => {
  test("a newcomer learns it", () => {
    const fencers = new Fencers(3, { fence_a: WORKING });
    fencers.configure(`<resources>${primitive("d", "fence_a", HOSTS)}</resources>`);
    fencers.start(1);
    fencers.start(2);
    fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    const third = fencers.start(3);
    fencers.advance(1000);
    expect(third.fencer.history()).toEqual(fencers.nodes[0]!.fencer.history());
    expect(third.completed).toEqual([]);
  });

  test("a restarted fencer finds its own pending operation failed", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.script("fence_a", { ...WORKING, durationMs: 50_000 });
    fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    const again = fencers.start(1);
    fencers.advance(1000);
    expect(again.fencer.history()).toMatchObject([{ state: "failed", origin: "n1" }]);
    expect(fencers.nodes[1]!.fencer.history()).toMatchObject([{ state: "failed", origin: "n1" }]);
  });

  test("clean-up removes finished entries on every node, of one target or of all", () => {
    const fencers = threeNodes(["fence_a"]);
    fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    fencers.ask(fencers.nodes[0]!, { target: "n2" });
    fencers.advance(1000);
    fencers.nodes[1]!.fencer.cleanHistory("n3");
    fencers.advance(100);
    for (const node of fencers.nodes)
      expect(node.fencer.history().map((record) => record.target)).toEqual(["n2"]);
    fencers.nodes[1]!.fencer.cleanHistory(null);
    fencers.advance(100);
    for (const node of fencers.nodes) expect(node.fencer.history()).toEqual([]);
  });
});
