import { whyNoOwnClocks } from "./own-clock.ts";
import type { CorosyncOptions } from "./stacks/corosync-conf.ts";

/** What runs on the hosts of a lab: nothing, Corosync alone, or Corosync below one of the two cluster managers. */
export type Stack = "none" | "corosync" | "quorate" | "pacemaker";

export const STACKS: readonly Stack[] = ["none", "corosync", "quorate", "pacemaker"];

/** What a lab is made from. */
export interface LabDescription {
  /** Lower-case letters, digits and hyphens, at most 32. Two labs that exist at once have different names. */
  readonly name: string;
  /** Names of the hosts. Node ids are 1, 2, 3 ... in this order. */
  readonly hosts: readonly string[];
  /** Hosts beside the cluster: the same networks, no stack. Their ids follow those of the hosts. */
  readonly outsiders: readonly string[];
  readonly stack: Stack;
  /**
   * `light`: a small init, boots in a second. `full`: systemd with the units of the stack, D-Bus and sshd; what the distribution enables besides is
   * left out.
   */
  readonly kind: "light" | "full";
  /** Networks that connect all hosts: `eth0`, `eth1`. Corosync uses them all. */
  readonly linkCount: number;
  readonly corosync: CorosyncOptions;
  /** `false`: hosts boot without starting the stack; `Host.startStack` does. */
  readonly isStackStartedAtBoot: boolean;
  /** `false`: hosts have no corosync.conf and no key; somebody sets the cluster up on them. Then nothing of it is started at boot. */
  readonly isClusterSetUp: boolean;
  /** More settings for `quorated.conf`. */
  readonly quoratedSettings: Readonly<Record<string, string>>;
  /** Disks that all hosts share, as on a storage network: `/dev/lab/NAME` on each, not formatted. */
  readonly sharedDisks: Readonly<Record<string, { readonly sizeMib: number }>>;
  /** Size of each host's disk in MiB. */
  readonly diskSizeMib: number;
  /** Light hosts whose wall clock `Host.stepClock` can set, each on its own (libfaketime). */
  readonly hasOwnClocks: boolean;
  /** The process (`processToken`) whose end is the lab's: who makes a lab next removes it. Null: it stays until it is told to go. */
  readonly owner: string | null;
}

export const DEFAULTS: Omit<LabDescription, "name" | "hosts"> = {
  outsiders: [],
  stack: "none",
  kind: "light",
  linkCount: 1,
  corosync: {},
  isStackStartedAtBoot: true,
  isClusterSetUp: true,
  quoratedSettings: {},
  sharedDisks: {},
  diskSizeMib: 512,
  hasOwnClocks: false,
  owner: null,
};

const HOSTS_MAX = 32;
const LINKS_MAX = 4;

/**
 * Says what is wrong with a description, all of it.
 * @returns one line for each problem; empty when it can be built
 */
export function problemsOf(description: LabDescription): string[] {
  const { name, linkCount, stack, sharedDisks, diskSizeMib } = description;
  const hosts = hostNames(description);
  const problems: string[] = [];
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name))
    problems.push(`lab name "${name}": use 1 to 32 lower-case letters, digits and hyphens`);
  if (hosts.length < 1 || hosts.length > HOSTS_MAX)
    problems.push(`a lab has 1 to ${HOSTS_MAX} hosts, not ${hosts.length}`);
  for (const host of hosts)
    if (!/^[a-zA-Z0-9][a-zA-Z0-9.-]{0,62}$/.test(host))
      problems.push(`host name "${host}": use letters, digits, hyphens and dots`);
  if (new Set(hosts).size !== hosts.length) problems.push(`host names must differ: ${hosts.join(" ")}`);
  if (!(linkCount >= 1 && linkCount <= LINKS_MAX))
    problems.push(`a lab has 1 to ${LINKS_MAX} links, not ${linkCount}`);
  if (!STACKS.includes(stack)) problems.push(`stack "${stack}": use ${STACKS.join(", ")}`);
  for (const disk of Object.keys(sharedDisks))
    if (!/^[a-z][a-z0-9-]*$/.test(disk))
      problems.push(`shared disk "${disk}": use lower-case letters, digits and hyphens`);
  if (!(diskSizeMib >= 64)) problems.push(`a disk has at least 64 MiB, not ${diskSizeMib}`);
  if (description.hasOwnClocks && description.kind === "full")
    problems.push("full hosts have no clocks of their own: use light hosts");
  if (description.hasOwnClocks && whyNoOwnClocks() !== "") problems.push(whyNoOwnClocks());
  return problems;
}

/** All hosts in the order of their ids, outsiders last. */
export function hostNames({ hosts, outsiders }: LabDescription): readonly string[] {
  return [...hosts, ...outsiders];
}

/** Address of a host on one of the lab's networks. */
export function addressOf(nodeId: number, link = 0): string {
  return `10.77.${link}.${nodeId}`;
}

/** Address of the lab's machine room, which no partition cuts off, on one of the networks. */
export function roomAddress(link = 0): string {
  return `10.77.${link}.254`;
}

/** Hardware address of the machine room on one of the networks. */
export function roomMac(link: number): string {
  return `02:51:00:${link.toString(16).padStart(2, "0")}:00:fe`;
}

/** Address of the management controller of a host, on the first network. */
export function bmcAddress(nodeId: number): string {
  return `10.77.0.${100 + nodeId}`;
}
