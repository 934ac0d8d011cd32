import { setTimeout as pause } from "node:timers/promises";
import type { Host, Lab } from "@quorate/lab";

/** What `corosync-quorumtool -s` says on one host. */
export interface QuorumView {
  /** Text form. */
  readonly ring: string;
  readonly members: readonly number[];
  readonly expectedVotes: number;
  readonly highestExpected: number;
  readonly totalVotes: number;
  readonly quorum: number;
  readonly isQuorate: boolean;
  readonly flags: readonly string[];
}

/** Null while Corosync does not run or answer there. */
export async function quorumView(host: Host): Promise<QuorumView | null> {
  if (host.state !== "up") return null;
  const { stdout } = await host.run(["corosync-quorumtool", "-s"], { timeoutMs: 10_000 });
  const value = (label: string): string =>
    new RegExp(`^${label}:[ ]*(.*?)[ ]*$`, "m").exec(stdout)?.[1] ?? "";
  if (value("Ring ID") === "") return null;
  return {
    ring: value("Ring ID"),
    members: [...stdout.matchAll(/^ +(\d+) +\d+ /gm)].map(([, id]) => Number(id)),
    expectedVotes: Number(value("Expected votes")),
    highestExpected: Number(value("Highest expected")),
    totalVotes: Number(value("Total votes")),
    quorum: Number.parseInt(value("Quorum"), 10),
    isQuorate: value("Quorate") === "Yes",
    flags: value("Flags") === "" ? [] : value("Flags").split(" "),
  };
}

/**
 * Waits until the daemons on the given hosts (those that run, by default) are one ring each group.
 * @param groups names of hosts that reach one another
 */
export async function untilRings(lab: Lab, groups: readonly (readonly string[])[]): Promise<void> {
  let last = "";
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const isDone = await Promise.all(groups.map((group) => isOneRing(lab, group)));
    if (isDone.every((one) => one)) return;
    last = JSON.stringify(isDone);
    await pause(200);
  }
  throw new Error(`rings did not form as expected within 30 s: ${JSON.stringify(groups)} ${last}`);
}

async function isOneRing(lab: Lab, names: readonly string[]): Promise<boolean> {
  const views = await Promise.all(names.map((name) => quorumView(lab.host(name))));
  const ids = names.map((name) => lab.host(name).nodeId).sort((a, b) => a - b);
  return views.every(
    (view) => view !== null && view.ring === views[0]!.ring && view.members.join() === ids.join(),
  );
}

/** Hosts whose Corosync runs. */
export async function running(lab: Lab): Promise<string[]> {
  const states = await Promise.all(
    lab.hosts.map(async (host) => ({
      name: host.name,
      isRunning: host.state === "up" && (await host.service("corosync", "status")).status === 0,
    })),
  );
  return states.filter(({ isRunning }) => isRunning).map(({ name }) => name);
}
