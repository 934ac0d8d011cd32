import { useDaemon } from "../../../cluster/daemon.ts";
import type { Shell } from "../../shell/shell.ts";
import { dcSeenHere } from "../own-dc.ts";
import { fenceNode } from "../tools.ts";
import { CrashRecord, recordsPath } from "./crash-record.ts";
import { splitBrain } from "./split-brain.ts";

export const CRASH_TEST_USAGE =
  "{--kill-sbd|--kill-corosync|--kill-pacemakerd|--fence-node NODE|--split-brain-iptables} [-l|--kill-loop] [-f|--force]";

type Daemon = "corosync" | "quorated" | "sbd";

type Fault =
  | { readonly kind: "kill"; readonly daemon: Daemon; readonly isLoop: boolean }
  | { readonly kind: "fence"; readonly node: string }
  | { readonly kind: "split" };

const KILLS: Readonly<Record<string, Daemon>> = {
  "--kill-sbd": "sbd",
  "--kill-corosync": "corosync",
  // Under the name that crmsh has for the daemon of the cluster.
  "--kill-pacemakerd": "quorated",
  "--kill-quorated": "quorated",
};

/** How long a daemon that was killed may take until the cluster has it again. */
const BACK_S_MAX = 120;

/**
 * `crash_test`: makes one fault on this host (or has a node fenced), once the person has agreed, and tells what the cluster makes of it. A host that is
 * reset meanwhile cannot tell: the record then says that the test was still going on.
 */
export async function crashTest(shell: Shell, args: readonly string[]): Promise<boolean> {
  const read = readFault(args);
  if (typeof read === "string") return refuse(shell, read);
  const { fault, isForced } = read;
  const problem = await whyNot(shell, fault);
  if (problem !== null) return refuse(shell, problem);
  const { title, expected } = describe(fault);
  shell.messages.print(`Test:     ${title}\nExpected: ${expected}`);
  if (!isForced && !(await shell.ask("This is done now, and to a cluster that is in use. Go on", false)))
    return refuse(shell, "nothing was done. Answer yes at a terminal, or repeat it with --force");
  const record = CrashRecord.begin(shell.world, title, expected);
  const outcome = await carryOut(shell, fault);
  record.end(outcome);
  if (outcome.isGood) shell.messages.info(outcome.text);
  else shell.messages.error(`cluster.crash_test: ${outcome.text}`);
  shell.messages.info(`what was tested is written down in ${recordsPath(shell.world)}`);
  return outcome.isGood;
}

/** What came of a test. */
export interface Outcome {
  readonly isGood: boolean;
  readonly text: string;
}

function refuse(shell: Shell, text: string): false {
  shell.messages.error(`cluster.crash_test: ${text}`);
  return false;
}

/** @returns what is wrong with the words, or what they ask for */
function readFault(args: readonly string[]): { readonly fault: Fault; readonly isForced: boolean } | string {
  const flags = new Set(["-f", "--force", "-l", "--kill-loop"]);
  const isLoop = args.some((arg) => arg === "-l" || arg === "--kill-loop");
  const isForced = args.some((arg) => arg === "-f" || arg === "--force");
  const [name, ...values] = args.filter((arg) => !flags.has(arg));
  if (name === undefined) return `Expected ${CRASH_TEST_USAGE}`;
  const [option = "", inWord] = name.split(/=(.*)/s);
  const isFence = option === "--fence-node";
  const [node, odd] = isFence && inWord !== undefined ? [inWord, values[0]] : values;
  if (isFence && node === undefined) return "--fence-node needs the name of a node";
  const surplus = isFence ? odd : values[0];
  if (surplus !== undefined) return `"${surplus}" is not known here; one fault is made at a time`;
  const daemon = Object.hasOwn(KILLS, name) ? KILLS[name]! : null;
  if (isLoop && daemon === null) return "--kill-loop goes with the options that kill a daemon";
  if (daemon !== null) return { fault: { kind: "kill", daemon, isLoop }, isForced };
  if (isFence) return { fault: { kind: "fence", node: node! }, isForced };
  if (name === "--split-brain-iptables") return { fault: { kind: "split" }, isForced };
  return `${name} is not known here. Expected ${CRASH_TEST_USAGE}`;
}

/** What keeps a fault from being made; null when nothing does. */
async function whyNot(shell: Shell, fault: Fault): Promise<string | null> {
  if ((await dcSeenHere(shell)) === null)
    return 'the cluster does not run on this host, or has no DC; "crm cluster start" starts it';
  if (fault.kind === "kill" && fault.daemon === "sbd") {
    const management = await shell.world.openManagement();
    return (await management.own.sbd.state()).isActive
      ? null
      : 'sbd does not run on this host; "pcs stonith sbd enable" sets it up';
  }
  if (fault.kind !== "fence") return null;
  const nodes = await useDaemon(shell.world, (daemon) => daemon.request("node.list", {}));
  return nodes.some(({ name }) => name === fault.node)
    ? null
    : `there is no node ${fault.node}. Known are ${nodes.map(({ name }) => name).join(", ")}`;
}

function describe(fault: Fault): { readonly title: string; readonly expected: string } {
  switch (fault.kind) {
    case "kill":
      return {
        title: `kill ${fault.daemon} on this host${fault.isLoop ? ", again and again" : ""}`,
        expected:
          fault.daemon === "sbd"
            ? "the watchdog resets this host"
            : `${fault.daemon} is started again, or this host is fenced`,
      };
    case "fence":
      return {
        title: `fence ${fault.node}`,
        expected: `${fault.node} is reset, and its resources start elsewhere`,
      };
    case "split":
      return {
        title: "block Corosync between this host and all the others, with iptables",
        expected: "one side is fenced or without quorum; the other runs all resources",
      };
  }
}

async function carryOut(shell: Shell, fault: Fault): Promise<Outcome> {
  if (fault.kind === "split") return splitBrain(shell);
  const beganMs = shell.world.nowMs();
  const seconds = () => `${Math.round((shell.world.nowMs() - beganMs) / 100) / 10} s`;
  if (fault.kind === "fence") {
    const isFenced = await fenceNode(shell, fault.node);
    return isFenced
      ? { isGood: true, text: `${fault.node} was fenced within ${seconds()}` }
      : {
          isGood: false,
          text: `${fault.node} was not fenced; "stonith_admin --history ${fault.node}" tells more`,
        };
  }
  const { own } = await shell.world.openManagement();
  for (let count = 1; ; count++) {
    const killedMs = shell.world.nowMs();
    own.killDaemon(fault.daemon);
    shell.messages.info(`${fault.daemon} was killed${fault.isLoop ? ` (${count})` : ""}`);
    // Long enough that what is seen is no longer what was there before.
    await shell.world.sleep(SETTLE_MS);
    while ((await dcSeenHere(shell)) === null || fault.daemon === "sbd") {
      if (shell.world.nowMs() - killedMs > BACK_S_MAX * 1000)
        return {
          isGood: false,
          text: `after ${BACK_S_MAX} s ${fault.daemon === "sbd" ? "this host still runs: no watchdog has reset it" : `the cluster does not run here again: the journal of ${fault.daemon} tells why`}`,
        };
      await shell.world.sleep(POLL_MS);
    }
    if (!fault.isLoop)
      return { isGood: true, text: `the cluster runs here again, with a DC, after ${seconds()}` };
  }
}

const SETTLE_MS = 2000;
const POLL_MS = 500;
