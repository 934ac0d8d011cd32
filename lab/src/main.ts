import { spawn } from "node:child_process";
import { DEFAULTS, STACKS, type Stack } from "./description.ts";
import type { Host } from "./host.ts";
import { Lab, removeOrphans } from "./lab.ts";
import { whyNoLab } from "./requirements.ts";
import { labNames, readDescription } from "./state.ts";
import { removeLab } from "./tear-down.ts";

const HELP = `lab: hosts on this machine, to try a cluster on and to break it. Needs root.

Usage: npm run lab -- COMMAND

  up NAME [--hosts N|NAME,NAME...] [--stack ${STACKS.join("|")}] [--full] [--links N] [--token MS]
          [--votes HOST=N,...] [--quorum KEY=VALUE,...] [--no-start] [--clocks]
                             make a lab and boot its hosts (default: 3 hosts, stack quorate)
  list                       the labs and what state their hosts are in
  run NAME HOST COMMAND...   run a command on a host
  shell NAME HOST            a shell on a host
  crash NAME HOST            the host is gone at once; its power stays on
  off|on|cycle NAME HOST     the power switch
  freeze|thaw NAME HOST      the host stands still, and goes on
  partition NAME A,B C,D     hosts of different parts do not reach one another
  cut NAME HOST HOST [LINK]  no cable between two hosts
  loss NAME PERCENT          packets get lost by chance
  heal NAME                  all cables are back
  fill|drain NAME HOST       the host's disk is full, and no longer
  hang|resume NAME HOST      writes to the host's disk stand still, and go on
  slow NAME HOST MS          each step on the host's disk waits up to so many milliseconds; 0: no longer
  clock NAME HOST SECONDS    the host's clock is so far ahead (or, with a minus, behind); needs a lab made with --clocks
  unplug-bmc|plug-bmc NAME HOST
                             nobody reaches the host's management controller
  service NAME HOST SERVICE start|stop|kill|status
  logs NAME DIRECTORY        copy the logs of all hosts
  down NAME                  remove a lab
  clean [--all]              remove labs whose owner is gone; with --all, every lab
`;

class UsageError extends Error {}

/** What is done to one host: each verb takes the lab's and the host's name. */
const HOST_VERBS: Readonly<Record<string, (host: Host) => Promise<unknown>>> = {
  crash: (host) => host.crash(),
  off: (host) => host.powerOff(),
  on: (host) => host.powerOn(),
  cycle: (host) => host.powerCycle(),
  freeze: (host) => host.freeze(),
  thaw: (host) => host.thaw(),
  fill: (host) => host.fillDisk(),
  drain: (host) => host.freeDisk(),
  hang: (host) => host.hangDisk(),
  resume: (host) => host.resumeDisk(),
  "unplug-bmc": (host) => host.bmc.unplug(),
  "plug-bmc": (host) => host.bmc.plugIn(),
};

const VERBS: Readonly<Record<string, (args: readonly string[]) => Promise<number | undefined>>> = {
  up,
  list: async () => {
    for (const name of labNames()) {
      const lab = Lab.attach(name);
      console.log(`${name}: stack ${lab.description.stack}`);
      for (const host of lab.hosts)
        console.log(`  ${host.name.padEnd(12)} ${host.address().padEnd(12)} ${host.state}`);
    }
    return 0;
  },
  run: async ([name, host, ...command]) => {
    if (command.length === 0) throw new UsageError("run: name a command");
    return attached(hostOf(name, host), command);
  },
  shell: async ([name, host]) => attached(hostOf(name, host), ["bash"]),
  partition: async ([name, ...parts]) => {
    if (parts.length < 2)
      throw new UsageError("partition: name at least two parts, such as node1 node2,node3");
    await labOf(name).partition(parts.map((part) => part.split(",")));
    return 0;
  },
  cut: async ([name, a, b, link]) => {
    if (a === undefined || b === undefined) throw new UsageError("cut: name two hosts");
    await labOf(name).cutLink(a, b, link === undefined ? undefined : Number(link));
    return 0;
  },
  loss: async ([name, percent]) => {
    if (!/^(\d|[1-9]\d|100)$/.test(percent ?? ""))
      throw new UsageError("loss: name a percentage from 0 to 100");
    await labOf(name).losePackets(Number(percent));
    return 0;
  },
  slow: async ([name, host, wait]) => {
    if (!/^\d{1,5}$/.test(wait ?? ""))
      throw new UsageError("slow: name a number of milliseconds, such as 200");
    const target = hostOf(name, host);
    await (Number(wait) === 0 ? target.speedUpDisk() : target.slowDisk(Number(wait)));
    return 0;
  },
  clock: async ([name, host, offset]) => {
    if (!/^[+-]?\d{1,9}$/.test(offset ?? ""))
      throw new UsageError("clock: name a number of seconds, such as 3600 or -60");
    hostOf(name, host).stepClock(Number(offset));
    return 0;
  },
  heal: async ([name]) => {
    await labOf(name).heal();
    return 0;
  },
  service: async ([name, host, service, action]) => {
    if (service === undefined || !/^(start|stop|kill|status)$/.test(action ?? ""))
      throw new UsageError("service: name a service and start, stop, kill or status");
    const ended = await hostOf(name, host).service(service, action as "start");
    process.stdout.write(ended.stdout);
    process.stderr.write(ended.stderr);
    return ended.status;
  },
  logs: async ([name, directory]) => {
    if (directory === undefined) throw new UsageError("logs: name a directory");
    labOf(name).collectLogs(directory);
    return 0;
  },
  down: async ([name]) => {
    await labOf(name).destroy();
    return 0;
  },
  clean: async ([all]) => {
    if (all !== undefined && all !== "--all") throw new UsageError(`clean: unknown option ${all}`);
    const removed = await removeOrphans();
    if (all !== undefined)
      for (const name of labNames()) {
        await removeLab(name);
        removed.push(name);
      }
    console.log(removed.length === 0 ? "nothing to remove" : `removed ${removed.join(", ")}`);
    return 0;
  },
};

/** The command line of the lab. @returns the exit status */
export async function runLabCommand([verb, ...args]: readonly string[]): Promise<number> {
  if (verb === undefined || verb === "--help" || verb === "help") {
    console.log(HELP);
    return 0;
  }
  try {
    const reason = whyNoLab();
    if (reason !== "") throw new Error(`no lab on this machine: ${reason}`);
    const onHost = Object.hasOwn(HOST_VERBS, verb) ? HOST_VERBS[verb] : undefined;
    if (onHost !== undefined) {
      await onHost(hostOf(args[0], args[1]));
      return 0;
    }
    if (!Object.hasOwn(VERBS, verb)) throw new UsageError(`unknown command ${verb}`);
    return (await VERBS[verb]!(args)) ?? 0;
  } catch (error) {
    console.error(`lab: ${(error as Error).message}`);
    if (!(error instanceof UsageError)) return 1;
    console.error("Try: npm run lab -- --help");
    return 64;
  }
}

async function up([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined) throw new UsageError("up: name the lab");
  let hosts = ["node1", "node2", "node3"];
  let { stack, kind, linkCount, isStackStartedAtBoot, hasOwnClocks } = {
    ...DEFAULTS,
    stack: "quorate" as Stack,
  };
  const corosync: { tokenMs?: number; votes?: Record<string, number>; quorum?: Record<string, string> } = {};
  for (let index = 0; index < args.length; index++) {
    const option = args[index]!;
    const value = () => {
      const text = args[++index];
      if (text === undefined) throw new UsageError(`up: ${option} needs a value`);
      return text;
    };
    if (option === "--hosts") hosts = hostNames(value());
    else if (option === "--stack") stack = value() as Stack;
    else if (option === "--full") kind = "full";
    else if (option === "--links") linkCount = Number(value());
    else if (option === "--token") corosync.tokenMs = Number(value());
    else if (option === "--votes")
      corosync.votes = Object.fromEntries(pairs(value()).map(([host, votes]) => [host, Number(votes)]));
    else if (option === "--quorum") corosync.quorum = Object.fromEntries(pairs(value()));
    else if (option === "--no-start") isStackStartedAtBoot = false;
    else if (option === "--clocks") hasOwnClocks = true;
    else throw new UsageError(`up: unknown option ${option}`);
  }
  const lab = await Lab.create({
    name,
    hosts,
    stack,
    kind,
    linkCount,
    isStackStartedAtBoot,
    hasOwnClocks,
    corosync,
  });
  console.log(`lab ${name} is up: ${lab.hosts.map((host) => `${host.name} ${host.address()}`).join(", ")}`);
  console.log(`try: npm run lab -- shell ${name} ${hosts[0]}`);
  return 0;
}

function hostNames(text: string): string[] {
  if (!/^\d+$/.test(text)) return text.split(",");
  return Array.from({ length: Number(text) }, (_, index) => `node${index + 1}`);
}

function pairs(text: string): [string, string][] {
  return text.split(",").map((pair) => {
    const [key, value] = pair.split("=");
    if (!key || !value) throw new UsageError(`"${pair}" is not of the form KEY=VALUE`);
    return [key, value];
  });
}

function labOf(name: string | undefined): Lab {
  if (name === undefined || readDescription(name) === null)
    throw new UsageError(
      `there is no lab ${name ?? "without a name"}; existing: ${labNames().join(", ") || "none"}`,
    );
  return Lab.attach(name);
}

function hostOf(name: string | undefined, host: string | undefined): Host {
  const lab = labOf(name);
  if (host === undefined) throw new UsageError(`name a host: ${lab.description.hosts.join(", ")}`);
  return lab.host(host);
}

/** Runs a program on a host with this process's terminal. */
function attached(host: Host, command: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(...host.commandLine(command), { stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
