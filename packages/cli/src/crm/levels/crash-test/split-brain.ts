import { parseCorosyncConf, viewCorosyncConf } from "@quorate/corosync-conf";
import { DaemonError, useDaemon } from "../../../cluster/daemon.ts";
import { COROSYNC_CONF } from "../../../quorum/read-conf.ts";
import type { World } from "../../../world.ts";
import type { Shell } from "../../shell/shell.ts";
import type { Outcome } from "./crash-test.ts";

/** Fencing may take a minute, after the token was lost. */
const HOLD_S = 120;
const POLL_MS = 1000;
/** So that a person finds the rules of a test that could not take them back. */
const COMMENT = "quorate crash_test";
const COMMAND_MS_MAX = 10_000;

/** Drops what Corosync (UDP) sends between this host and all others until one side has decided, then lets it through again. Signals end it early. */
export async function splitBrain(shell: Shell): Promise<Outcome> {
  const { world, messages } = shell;
  const addresses = await otherAddresses(world);
  if (addresses.length === 0)
    return { isGood: false, text: "corosync.conf names no other hosts with addresses" };
  const held = world.holdSignals();
  let isEnded = false;
  void held.first.then(() => {
    isEnded = true;
  });
  const set: (readonly [program: string, rule: readonly string[]])[] = [];
  try {
    for (const [program, rule] of addresses.flatMap(rulesFor)) {
      const problem = await iptables(world, program, ["--insert", ...rule]);
      if (problem !== null) return { isGood: false, text: problem };
      set.push([program, rule]);
    }
    messages.info(
      `Corosync is blocked from and to ${addresses.join(", ")}, for ${HOLD_S} s at most (Ctrl-C ends it)`,
    );
    return await watch(shell, () => isEnded);
  } finally {
    for (const [program, rule] of set) {
      const problem = await iptables(world, program, ["--delete", ...rule]);
      if (problem !== null)
        messages.error(
          `${problem}. Remove the rules with the comment "${COMMENT}" by hand: ${program} --list-rules`,
        );
    }
    messages.info("Corosync is no longer blocked");
    held.release();
  }
}

function rulesFor(address: string): (readonly [string, readonly string[]])[] {
  const program = address.includes(":") ? "ip6tables" : "iptables";
  const rule = (chain: string, side: string) => [
    ...[chain, "--protocol", "udp", side, address],
    ...["--match", "comment", "--comment", COMMENT, "--jump", "DROP"],
  ];
  return [
    [program, rule("INPUT", "--source")],
    [program, rule("OUTPUT", "--destination")],
  ];
}

/** @returns what went wrong, or null */
async function iptables(world: World, program: string, args: readonly string[]): Promise<string | null> {
  const { status, stderr } = await world.runProgram(program, ["--wait", ...args], {
    input: "",
    timeoutMs: COMMAND_MS_MAX,
  });
  if (status === 0) return null;
  return status === 127
    ? `${program} is not installed`
    : `${program}: ${stderr.trim() || `status ${status}`}`;
}

/** Addresses of all links of the other hosts. */
async function otherAddresses(world: World): Promise<readonly string[]> {
  const own = await useDaemon(world, async (daemon) => (await daemon.request("node.status", {})).nodeName);
  const parsed = parseCorosyncConf(world.readFile(`${world.env.QUORATE_ROOT ?? ""}${COROSYNC_CONF}`));
  if (!parsed.ok) return [];
  const { nodes } = viewCorosyncConf(parsed.document);
  return nodes.filter(({ name }) => name !== own).flatMap(({ addresses }) => [...addresses.values()]);
}

/** Tells each change that this host sees. It is over when all others are fenced here, or this host has lost quorum for good. */
async function watch(shell: Shell, isEnded: () => boolean): Promise<Outcome> {
  const { world, messages } = shell;
  const beganMs = world.nowMs();
  let told = "";
  for (;;) {
    const seen = await view(world);
    if (seen.text !== told)
      messages.info(`after ${Math.round((world.nowMs() - beganMs) / 1000)} s: ${seen.text}`);
    told = seen.text;
    if (seen.fenced.length > 0) return { isGood: true, text: `fenced from here: ${seen.fenced.join(", ")}` };
    if (isEnded()) return { isGood: false, text: `ended by hand; this host saw: ${told}` };
    if (world.nowMs() - beganMs >= HOLD_S * 1000)
      return seen.isQuorate
        ? {
            isGood: false,
            text: `after ${HOLD_S} s nobody was fenced, and this side has quorum: both sides may run the same resources`,
          }
        : { isGood: true, text: "this host has no quorum, and the others have not fenced it" };
    await world.sleep(POLL_MS);
  }

  async function view(of: World) {
    try {
      return await useDaemon(of, async (daemon) => {
        const { isQuorate } = await daemon.request("node.status", {});
        const nodes = await daemon.request("node.list", {});
        const records = await daemon.request("fencing.history", { target: null });
        const fenced = records
          .filter(({ state, completedMs }) => state === "success" && completedMs >= beganMs)
          .map(({ target }) => target);
        const members = nodes.filter(({ state }) => state === "member").map(({ name }) => name);
        const text = `${isQuorate ? "quorum" : "no quorum"}, with ${members.join(", ")}`;
        return { isQuorate, fenced: [...new Set(fenced)], text };
      });
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      return { isQuorate: false, fenced: [], text: "the daemon of this host does not answer" };
    }
  }
}
