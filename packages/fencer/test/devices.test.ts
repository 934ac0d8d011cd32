import { ExecutionStatus } from "@quorate/ports";
import { describe, expect, test } from "vitest";
import type { AgentScript } from "./fake-agents.ts";
import { type FencerNode, Fencers, FULL_ACTIONS, primitive, WORKING } from "./fencers.ts";

/** One node with one device `d`. */
function oneDevice(
  parameters: Readonly<Record<string, string>>,
  script: AgentScript = WORKING,
): { fencers: Fencers; node: FencerNode } {
  const fencers = new Fencers(1, { fence_a: script });
  fencers.configure(`<resources>${primitive("d", "fence_a", parameters)}</resources>`);
  return { fencers, node: fencers.start(1) };
}

function devicesFor(fencers: Fencers, node: FencerNode, target: string | null): readonly string[] {
  const answers: (readonly string[])[] = [];
  node.fencer.devices(target, (ids) => answers.push(ids));
  fencers.advance(70_000);
  expect(answers).toHaveLength(1);
  return answers[0]!;
}

/** Lines that the agent got in the last run of an action. */
function linesOf(fencers: Fencers, action: string): string[] {
  const call = fencers.calls.filter((one) => one.parameters.get("action") === action).at(-1);
  return [...(call?.parameters ?? [])].map(([name, value]) => `${name}=${value}`).sort();
}

describe("whom a device can fence (fencer 1)", () => {
  test.each([
    ["a list", { pcmk_host_list: "N1, n2;n3" }, { n2: true, n4: false, N2: true }],
    ["a map", { pcmk_host_map: "n2:port2;n3:port3" }, { n2: true, N3: true, n4: false }],
    ["none", { pcmk_host_check: "none" }, { anything: true }],
    ["an unknown check", { pcmk_host_check: "maybe" }, { n2: false }],
  ] as const)("%s", (_, parameters, expected) => {
    const { fencers, node } = oneDevice(parameters);
    for (const [target, isAble] of Object.entries(expected))
      expect([target, devicesFor(fencers, node, target).length > 0]).toEqual([target, isAble]);
  });

  test("the agent's list, kept for a minute", () => {
    const { fencers, node } = oneDevice(
      {},
      { ...WORKING, run: () => ({ stdout: "n2,blade2\nport9\ninvalid n7\n" }) },
    );
    const lists = (): number =>
      fencers.calls.filter((call) => call.parameters.get("action") === "list").length;
    const ask = (target: string): boolean => {
      let isAble = false;
      node.fencer.devices(target, (ids) => {
        isAble = ids.length > 0;
      });
      fencers.advance(1000);
      return isAble;
    };
    expect(["n2", "blade2", "PORT9", "n7", "n3"].map(ask)).toEqual([true, true, true, false, false]);
    expect(lists()).toBe(1);
    fencers.advance(60_000);
    expect(ask("n2")).toBe(true);
    expect(lists()).toBe(2);
  });

  test("a list that never worked is replaced by status, unless it was asked for", () => {
    const script: AgentScript = {
      ...WORKING,
      run: (parameters) =>
        parameters.get("action") === "status" ? (parameters.get("plug") === "n2" ? 2 : 1) : 1,
    };
    const free = oneDevice({}, script);
    expect(devicesFor(free.fencers, free.node, "n2")).toEqual(["d"]);
    expect(devicesFor(free.fencers, free.node, "n3")).toEqual([]);
    const fixed = oneDevice({ pcmk_host_check: "dynamic-list" }, script);
    expect(devicesFor(fixed.fencers, fixed.node, "n2")).toEqual([]);
  });

  test("an agent without list and status is trusted", () => {
    const { fencers, node } = oneDevice({}, { actions: ["off", "monitor"] });
    expect(devicesFor(fencers, node, "n2")).toEqual(["d"]);
  });
});

describe("what an agent gets (fencer 4, 14)", () => {
  const parameters = {
    ip: "10.1.1.1",
    empty: "",
    pcmk_host_map: "n2:port2;n3:port3",
    pcmk_off_action: "OFFX",
  };

  test("parameters of a reboot: no special ones, the mapped port, empty values", () => {
    const { fencers, node } = oneDevice(parameters);
    fencers.ask(node, { target: "n2" });
    fencers.advance(1000);
    expect(linesOf(fencers, "reboot")).toEqual([
      "action=reboot",
      "empty=",
      "ip=10.1.1.1",
      "nodename=n2",
      "plug=port2",
    ]);
  });

  test("a substituted action", () => {
    const { fencers, node } = oneDevice(parameters);
    const answer = fencers.ask(node, { target: "n3", action: "off" });
    fencers.advance(1000);
    expect(linesOf(fencers, "OFFX")).toContain("plug=port3");
    expect(answer.outcome?.record.action).toBe("off");
  });

  test("a monitor has no target", () => {
    const { fencers, node } = oneDevice(parameters);
    node.fencer.startDevice(
      { deviceId: "d", agent: "fence_a", parameters: new Map(Object.entries(parameters)), timeoutMs: 5000 },
      () => {},
    );
    fencers.advance(1000);
    expect(linesOf(fencers, "monitor")).toEqual(["action=monitor", "empty=", "ip=10.1.1.1"]);
  });

  test.each([
    ["port", { actions: FULL_ACTIONS, parameters: ["port"] }, {}, "port=n2"],
    ["a configured argument", WORKING, { pcmk_host_argument: "uuid" }, "uuid=n2"],
    ["dynamic", WORKING, { plug: "dynamic" }, "plug=n2"],
    ["a fixed value", WORKING, { plug: "7" }, "plug=7"],
  ] as const)("host argument: %s", (_, script, more, line) => {
    const { fencers, node } = oneDevice({ pcmk_host_list: "n2", ...more }, script);
    fencers.ask(node, { target: "n2" });
    fencers.advance(1000);
    expect(linesOf(fencers, "reboot")).toContain(line);
  });

  test("no host argument", () => {
    const { fencers, node } = oneDevice({ pcmk_host_list: "n2", pcmk_host_argument: "none" });
    fencers.ask(node, { target: "n2" });
    fencers.advance(1000);
    expect(linesOf(fencers, "reboot")).toEqual(["action=reboot", "nodename=n2"]);
  });
});

describe("time (fencer 4-6)", () => {
  test("a device's own time limit and number of attempts", () => {
    const { fencers, node } = oneDevice(
      { pcmk_host_list: "n2", pcmk_reboot_timeout: "5s", pcmk_reboot_retries: "4" },
      { ...WORKING, run: () => 1 },
    );
    const answer = fencers.ask(node, { target: "n2" });
    fencers.advance(20_000);
    expect(answer.outcome?.isSuccess).toBe(false);
    // 0, 1.1, 2.2, 3.3 s: four attempts, each within 70 % of 5 s.
    expect(fencers.calls).toHaveLength(4);
  });

  test("late in its time a command is not tried again", () => {
    const { fencers, node } = oneDevice(
      { pcmk_host_list: "n2" },
      { ...WORKING, durationMs: 8000, run: () => 1 },
    );
    fencers.ask(node, { target: "n2", timeoutS: 10 });
    fencers.advance(60_000);
    expect(fencers.calls).toHaveLength(1);
  });

  test.each([
    ["base", { pcmk_delay_base: "5s" }, {}, 5000, 5000],
    ["base of the target", { pcmk_delay_base: "n1:1s;n2:3s" }, {}, 3000, 3000],
    ["base and random", { pcmk_delay_base: "2s", pcmk_delay_max: "6s" }, {}, 2000, 6000],
    ["requested and base", { pcmk_delay_base: "2s" }, { delayS: 10 }, 12_000, 12_000],
    ["switched off", { pcmk_delay_base: "2s", pcmk_delay_max: "6s" }, { delayS: -1 }, 0, 0],
    ["not for on", { pcmk_delay_base: "5s" }, { action: "on" }, 0, 0],
  ] as const)("delay: %s", (_, parameters, request, minMs, maxMs) => {
    const { fencers, node } = oneDevice({ pcmk_host_list: "n2", ...parameters });
    const startMs = fencers.cluster.clock.monotonicMs();
    const answer = fencers.ask(node, { target: "n2", ...request });
    fencers.advance(60_000);
    expect(answer.outcome?.isSuccess).toBe(true);
    const delayMs = fencers.calls[0]!.atMs - startMs;
    expect(delayMs).toBeGreaterThanOrEqual(minMs);
    expect(delayMs).toBeLessThan(maxMs + 50);
  });

  test("one command at a time, unless the limit says otherwise; a delayed one holds up nobody", () => {
    const slow: AgentScript = { ...WORKING, durationMs: 5000 };
    const starts = (fencers: Fencers, node: FencerNode): number[] => {
      const startMs = fencers.cluster.clock.monotonicMs();
      fencers.ask(node, { target: "n2", delayS: 3 });
      fencers.ask(node, { target: "n3" });
      fencers.ask(node, { target: "n4" });
      fencers.advance(60_000);
      return fencers.calls.map((call) => Math.round((call.atMs - startMs) / 1000));
    };
    const one = oneDevice({ pcmk_host_list: "n2 n3 n4" }, slow);
    expect(starts(one.fencers, one.node)).toEqual([0, 5, 10]);
    expect(one.fencers.actions().map((line) => line.split(" ")[3])).toEqual(["n3", "n4", "n2"]);
    const many = oneDevice({ pcmk_host_list: "n2 n3 n4", pcmk_action_limit: "-1" }, slow);
    expect(starts(many.fencers, many.node)).toEqual([0, 0, 3]);
  });

  describe("two clients want the same of a device that cannot reboot", () => {
    function runsOf(
      exitCodes: readonly number[],
      askSecondAtMs: number,
    ): { runs: number; successes: number } {
      let count = 0;
      const { fencers, node } = oneDevice(
        { pcmk_host_list: "n2 n3" },
        {
          actions: ["off"],
          durationMs: 5000,
          run: (parameters) => (parameters.get("nodename") === "n3" ? (exitCodes[count++] ?? 0) : 0),
        },
      );
      fencers.ask(node, { target: "n2", action: "off" });
      const answers = [fencers.ask(node, { target: "n3", action: "reboot", client: "one" })];
      fencers.advance(askSecondAtMs);
      answers.push(fencers.ask(node, { target: "n3", action: "off", client: "other" }));
      fencers.advance(60_000);
      return { runs: count, successes: answers.filter(({ outcome }) => outcome?.isSuccess).length };
    }

    test("both wait: one run does for both", () => {
      expect(runsOf([0], 1000)).toEqual({ runs: 1, successes: 2 });
    });

    test("one is under way already: it is not known which life of the target that ends", () => {
      expect(runsOf([0], 6000)).toEqual({ runs: 2, successes: 2 });
    });

    test("a failure is nobody else's", () => {
      expect(runsOf([1, 1, 0], 1000)).toEqual({ runs: 3, successes: 1 });
    });
  });
});

describe("registration (fencer 1)", () => {
  const start = (fencers: Fencers, node: FencerNode, agent = "fence_a") => {
    const results: { status: number; rc: number; reason: string }[] = [];
    node.fencer.startDevice(
      { deviceId: "d", agent, parameters: new Map([["pcmk_host_list", "n2"]]), timeoutMs: 5000 },
      (result) => results.push(result),
    );
    fencers.advance(10_000);
    return results;
  };

  test("a start whose monitor fails is a failed start", () => {
    const { fencers, node } = oneDevice({ pcmk_host_list: "n2" }, { ...WORKING, run: () => 1 });
    expect(start(fencers, node)).toEqual([{ status: ExecutionStatus.done, rc: 1, reason: "bad thing" }]);
  });

  test("a monitor of a device that was not started has no device", () => {
    const { fencers, node } = oneDevice({ pcmk_host_list: "n2" });
    const results: unknown[] = [];
    node.fencer.monitorDevice(
      { deviceId: "d", agent: "fence_a", parameters: new Map(), timeoutMs: 5000 },
      (result) => results.push(result),
    );
    fencers.advance(100);
    expect(results).toEqual([{ status: ExecutionStatus.noFenceDevice, rc: 7, reason: "'d' not active" }]);
  });

  test("a device stays as long as the configuration or a start holds it", () => {
    const { fencers, node } = oneDevice({ pcmk_host_list: "n2" });
    start(fencers, node);
    node.fencer.stopDevice("d");
    expect(node.fencer.isDeviceStarted("d")).toBe(false);
    expect(devicesFor(fencers, node, null)).toEqual(["d"]);
    start(fencers, node);
    fencers.configure("<resources/>");
    expect(devicesFor(fencers, node, null)).toEqual(["d"]);
    node.fencer.stopDevice("d");
    expect(devicesFor(fencers, node, null)).toEqual([]);
    expect(node.log.filter((line) => line.includes("device list"))).toEqual([
      "notice: Added 'd' to device list (1 active device)",
      "notice: Removed 'd' from device list (0 active devices)",
    ]);
  });

  test("an unchanged device keeps what is known of it over a change of the configuration", () => {
    const { fencers, node } = oneDevice({ pcmk_host_list: "n2" });
    start(fencers, node);
    fencers.configure(`<resources>${primitive("d", "fence_a", { pcmk_host_list: "n2" })}</resources>`);
    expect(node.log.some((line) => line.includes("Replaced"))).toBe(false);
    fencers.configure(`<resources>${primitive("d", "fence_a", { pcmk_host_list: "n2 n3" })}</resources>`);
    expect(node.log.some((line) => line.includes("Replaced"))).toBe(true);
  });

  test("metadata that fail are asked for again, and a reboot is an off meanwhile", () => {
    const { fencers, node } = oneDevice({ pcmk_host_list: "n2" }, { actions: null });
    fencers.ask(node, { target: "n2" });
    fencers.advance(1000);
    expect(fencers.actions()).toEqual(["n1 fence_a off n2"]);
    fencers.script("fence_a", WORKING);
    fencers.advance(20_000);
    fencers.ask(node, { target: "n2" });
    fencers.advance(1000);
    expect(fencers.actions().at(-1)).toBe("n1 fence_a reboot n2");
  });

  const resource = primitive("d", "fence_a", { pcmk_host_list: "n2" });
  const location = (attributes: string, content = ""): string =>
    `<constraints><rsc_location id="l" ${attributes}>${content}</rsc_location></constraints>`;
  const optIn =
    '<crm_config><cluster_property_set id="c"><nvpair id="c1" name="symmetric-cluster" value="false"/></cluster_property_set></crm_config>';

  test.each([
    ["allowed by default", resource, "", 1],
    ["banned from here", resource, location('rsc="d" node="n1" score="-INFINITY"'), 0],
    ["banned from elsewhere", resource, location('rsc="d" node="n2" score="-INFINITY"'), 1],
    ["avoided here", resource, location('rsc="d" node="n1" score="-1"'), 0],
    [
      "banned by a rule",
      resource,
      location(
        'rsc="d"',
        '<rule id="r" score="-INFINITY"><expression id="e" attribute="#uname" operation="eq" value="n1"/></rule>',
      ),
      0,
    ],
    ["banned by pattern", resource, location('rsc-pattern="^d$" node="n1" score="-INFINITY"'), 0],
    [
      "banned with its group",
      `<group id="g">${resource}</group>`,
      location('rsc="g" node="n1" score="-INFINITY"'),
      0,
    ],
    ["opt-in, not allowed", resource, optIn, 0],
    ["opt-in, allowed", resource, optIn + location('rsc="d" node="n1" score="0"'), 1],
    [
      "switched off",
      resource.replace(
        "<instance_attributes",
        '<meta_attributes id="m"><nvpair id="m1" name="target-role" value="Stopped"/></meta_attributes><instance_attributes',
      ),
      "",
      0,
    ],
    [
      "made after a template",
      `${resource.replaceAll("primitive", "template").replaceAll('"d', '"t')}<primitive id="d" template="t"/>`,
      "",
      1,
    ],
    ["of another class", resource.replace('class="stonith"', 'class="ocf"'), "", 0],
  ])("configured and %s", (_, resources, rest, count) => {
    const fencers = new Fencers(1, { fence_a: WORKING });
    fencers.configure(`<resources>${resources}</resources>${rest}`);
    const node = fencers.start(1);
    expect(devicesFor(fencers, node, null)).toHaveLength(count);
  });
});
