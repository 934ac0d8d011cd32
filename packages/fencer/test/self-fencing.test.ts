import { describe, expect, test } from "vitest";
import { elementOf, Fencers, primitive, describe as text, WORKING } from "./fencers.ts";

function options(timeout: string): string {
  return `<crm_config><cluster_property_set id="o"><nvpair id="o-w" name="fencing-watchdog-timeout" value="${timeout}"/></cluster_property_set></crm_config>`;
}

function nodes(configuration: string, watchdogMs: number | null = 5000): Fencers {
  const fencers = new Fencers(3, { fence_a: WORKING, fence_watchdog: WORKING });
  fencers.watchdogMs = watchdogMs;
  fencers.startAll(configuration);
  return fencers;
}

describe("self-fencing by the watchdog (fencer 7)", () => {
  test("without a device: the target is told, and counts as fenced after the time, not before", () => {
    const fencers = nodes(options("10s"));
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(9_900);
    expect(fencers.panics).toEqual(["n3"]);
    expect(answer.outcome).toBeNull();
    fencers.advance(1_000);
    expect(text(answer.outcome!)).toBe("reboot of n3 by n3 for tester.n1@n1: OK");
  });

  test("the target is lost meanwhile, which was to be expected", () => {
    const fencers = nodes(options("10s"));
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(1000);
    fencers.cluster.hub.killNode(3);
    fencers.advance(5_000);
    expect(answer.outcome).toBeNull();
    fencers.advance(6_000);
    expect(answer.outcome?.isSuccess).toBe(true);
  });

  test("the target obeys whatever it knows of the configuration yet", () => {
    const fencers = nodes(options("10s"));
    fencers.nodes[2]!.fencer.configurationChanged(elementOf("<cib><configuration/></cib>"));
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(11_000);
    expect(answer.outcome?.isSuccess).toBe(true);
    expect(fencers.panics).toEqual(["n3"]);
  });

  test("a target that is gone already is waited for as well", () => {
    const fencers = nodes(options("10s"));
    fencers.cluster.hub.killNode(3);
    fencers.advance(5_000);
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(9_000);
    expect(answer.outcome).toBeNull();
    fencers.advance(3_000);
    expect(answer.outcome?.isSuccess).toBe(true);
    expect(fencers.panics).toEqual([]);
  });

  test("a device goes before it", () => {
    const device = primitive("a", "fence_a", { pcmk_host_list: "n3" });
    const fencers = nodes(`${options("10s")}<resources>${device}</resources>`);
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(3_000);
    expect(answer.outcome?.record.delegate).toBe("n1");
    expect(fencers.panics).toEqual([]);
  });

  test("when the device fails it is the last resort", () => {
    const device = primitive("a", "fence_a", { pcmk_host_list: "n3" });
    const fencers = nodes(`${options("10s")}<resources>${device}</resources>`);
    fencers.script("fence_a", { ...WORKING, run: () => 1 });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(60_000);
    expect(answer.outcome).toMatchObject({ isSuccess: true, record: { delegate: "n3" } });
  });

  test("in a topology it has its place", () => {
    const level = (index: number, devices: string) =>
      `<fencing-level id="l${index}" target="n3" index="${index}" devices="${devices}"/>`;
    const device = primitive("a", "fence_a", { pcmk_host_list: "n3" });
    const fencers = nodes(
      `${options("10s")}<resources>${device}</resources><fencing-topology>${level(1, "a")}${level(2, "watchdog")}</fencing-topology>`,
    );
    fencers.script("fence_a", { ...WORKING, run: () => 1 });
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(60_000);
    expect(answer.outcome).toMatchObject({ isSuccess: true, record: { delegate: "n3" } });
  });

  test("an explicit device says who may", () => {
    const device = primitive("watchdog", "fence_watchdog", { pcmk_host_list: "n2" });
    const fencers = nodes(`${options("10s")}<resources>${device}</resources>`);
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    const other = fencers.ask(fencers.nodes[0]!, { target: "n2", client: "another.1" });
    fencers.advance(200_000);
    expect(answer.outcome?.isSuccess).toBe(false);
    expect(other.outcome?.isSuccess).toBe(true);
    expect(fencers.panics).toEqual(["n2"]);
    expect(fencers.actions()).toEqual([]);
  });

  test.each([
    ["0", "fails"],
    ["", "fails"],
  ])("is off with %j", (timeout) => {
    const fencers = nodes(options(timeout));
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(200_000);
    expect(answer.outcome?.isSuccess).toBe(false);
    expect(fencers.panics).toEqual([]);
  });

  test("a negative time is twice that of the watchdog", () => {
    const fencers = nodes(options("-1"));
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3" });
    fencers.advance(9_000);
    expect(answer.outcome).toBeNull();
    fencers.advance(2_000);
    expect(answer.outcome?.isSuccess).toBe(true);
  });

  test("unfencing is nothing that a watchdog can do", () => {
    const fencers = nodes(options("10s"));
    const answer = fencers.ask(fencers.nodes[0]!, { target: "n3", action: "on" });
    fencers.advance(200_000);
    expect(answer.outcome?.isSuccess).toBe(false);
  });

  test("a node that others could not rely on leaves", () => {
    const reason = (timeout: string, watchdogMs: number | null) =>
      nodes(options(timeout), watchdogMs).fatal[0];
    expect(reason("10s", null)).toBe("n1: fencing-watchdog-timeout configured (10s) but SBD not active");
    expect(reason("5s", 5000)).toBe("n1: fencing-watchdog-timeout (5s) too short (must be >5000ms)");
    expect(reason("10s", 5000)).toBeUndefined();
    expect(reason("0", null)).toBeUndefined();
  });

  test("a strange watchdog device is refused", () => {
    const fencers = nodes(`<resources>${primitive("other", "fence_watchdog")}</resources>`);
    expect(fencers.nodes[0]!.log.join("\n")).toContain(
      'Ignoring fencing device other: the name "watchdog" and the agent fence_watchdog belong together',
    );
  });
});
