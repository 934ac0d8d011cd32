import { describe, expect, test } from "vitest";
import { Fencers, FULL_ACTIONS, primitive, WORKING } from "./fencers.ts";

const byName = (name: string) => ({ kind: "name" as const, name, value: "" });

describe("a device registered by hand", () => {
  test("is there until it is removed, whatever the configuration says", () => {
    const fencers = new Fencers(1, { fence_a: WORKING });
    const { fencer } = fencers.start(1);
    fencer.registerDevice({
      deviceId: "d",
      agent: "fence_a",
      parameters: new Map([["pcmk_host_list", "n2"]]),
    });
    fencers.configure("<resources/>");
    const seen: (readonly string[])[] = [];
    fencer.devices("n2", (ids) => seen.push(ids));
    fencers.advance(1000);
    fencer.stopDevice("d");
    fencer.devices("n2", (ids) => seen.push(ids));
    fencers.advance(1000);
    expect(seen).toEqual([["d"], []]);
  });

  test("can be monitored; one of the configuration only when it is started", () => {
    const fencers = new Fencers(1, { fence_a: WORKING });
    fencers.configure(`<resources>${primitive("configured", "fence_a")}</resources>`);
    const { fencer } = fencers.start(1);
    fencer.registerDevice({ deviceId: "d", agent: "fence_a", parameters: new Map() });
    const results: string[] = [];
    for (const deviceId of ["d", "configured", "nothing"])
      fencer.monitorDevice(
        { deviceId, agent: "", parameters: new Map(), timeoutMs: 5000 },
        ({ rc, reason }) => results.push(`${deviceId} ${rc} ${reason}`),
      );
    fencers.advance(1000);
    expect(results.sort()).toEqual([
      "configured 7 'configured' not active",
      "d 0 ",
      "nothing 7 'nothing' not active",
    ]);
  });
});

describe("what a device controls", () => {
  function targetsOf(parameters: Readonly<Record<string, string>>, run: () => number | { stdout: string }) {
    const fencers = new Fencers(1, { fence_a: { actions: FULL_ACTIONS, run } });
    fencers.configure(`<resources>${primitive("d", "fence_a", parameters)}</resources>`);
    const answers: unknown[] = [];
    const { fencer } = fencers.start(1);
    fencer.deviceTargets("d", (result) => answers.push(result));
    fencer.deviceTargets("nothing", (result) => answers.push(result));
    fencers.advance(20_000);
    return answers.find((answer) => !JSON.stringify(answer).includes("device nothing is not on this node"));
  }

  test("comes from its agent, or from its configuration", () => {
    expect(targetsOf({}, () => ({ stdout: "b,two\na\n" }))).toEqual({
      targets: ["a", "b", "two"],
      reason: "",
    });
    expect(targetsOf({ pcmk_host_map: "N2:7", pcmk_host_list: "n3" }, () => 1)).toEqual({
      targets: ["n2", "n3"],
      reason: "",
    });
    expect(targetsOf({}, () => 1)).toEqual({ targets: null, reason: "bad thing" });
  });
});

describe("a level added by hand", () => {
  test("counts like one of the configuration, survives its changes, and can be removed", () => {
    const fencers = new Fencers(2, { fence_a: WORKING, fence_b: WORKING });
    const hosts = { pcmk_host_list: "n1 n2" };
    const resources = `<resources>${primitive("a", "fence_a", hosts)}${primitive("b", "fence_b", hosts)}</resources>`;
    fencers.startAll(resources);
    const [one] = fencers.nodes;
    const usedFor = (index: number): string[] => {
      fencers.calls.length = 0;
      fencers.ask(one!, { target: "n2", client: `tester.${index}` });
      fencers.advance(30_000);
      return fencers.calls
        .filter((call) => call.parameters.get("action") === "reboot")
        .map((call) => call.agent);
    };
    one!.fencer.registerLevel(byName("n2"), 1, ["b"]);
    fencers.configure(resources);
    expect(usedFor(1)).toEqual(["fence_b"]);
    one!.fencer.registerLevel(byName("n2"), 1, ["a"]);
    expect(usedFor(2)).toEqual(["fence_a"]);
    one!.fencer.registerLevel({ kind: "pattern", name: "^n[2-9]$", value: "" }, 2, ["b"]);
    one!.fencer.removeLevel(byName("n2"), null);
    expect(usedFor(3)).toEqual(["fence_b"]);
  });
});
