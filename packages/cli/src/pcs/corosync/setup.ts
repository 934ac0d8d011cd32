import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import { buildCorosyncConf, type KeyValue } from "@quorate/corosync-conf";
import { assignmentMap, quoted, splitAtKeywords } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../framework/command.ts";
import { fail } from "../framework/reports.ts";
import { Hosts } from "../hosts/hosts.ts";
import { refusePresent, writeAuthkey } from "./authkey.ts";
import { writeCorosyncConf } from "./conf-file.ts";
import {
  COMPRESSION_OPTIONS,
  CRYPTO_OPTIONS,
  checkCrypto,
  checkOptions,
  checkQuorum,
  keyOf,
  LINK_OPTIONS,
  type OptionSet,
  QUORUM_OPTIONS,
  TOTEM_OPTIONS,
  TRANSPORT_OPTIONS,
  type TransportName,
  transportOf,
} from "./options.ts";
import { setUpHosts } from "./setup-hosts.ts";

type Options = ReadonlyMap<string, string>;

interface NodeWords {
  readonly name: string;
  readonly addresses: readonly string[];
}

interface Links {
  readonly transport: TransportName;
  readonly options: readonly Options[];
  /** Links that the nodes have addresses on. */
  readonly count: number;
}

const LOGGING: readonly KeyValue[] = [
  ["to_logfile", "yes"],
  ["logfile", "/var/log/corosync/corosync.log"],
  ["to_syslog", "yes"],
  ["timestamp", "on"],
];

/** After the last mistake. Source: Corosync config, 6.3. */
const CLOSING = "Errors have occurred, therefore pcs is unable to continue";

/** Names that GFS2 can take as a part of a file system's lock table. */
const CLUSTER_NAME = /^[A-Za-z0-9_-]{1,32}$/;

export const setup: PcsCommand = {
  usage: [
    "<cluster name> (<node> [addr=<address>]...)... [transport knet|udp|udpu [<transport options>] [link <link options>]... [compression <options>] [crypto <options>]] [totem <options>] [quorum <options>] [[--enable] [--start [--wait[=n]]] [--no-keys-sync] | --corosync_conf=FILE]",
  ],
  help: "Make a cluster of hosts that were authenticated with 'pcs host auth': what was there before is destroyed, and all get the same keys and corosync.conf. Hosts that are in a cluster need --force. Two nodes get two_node, which needs working fencing. With --corosync_conf no host is asked: the file is written here, and with --authkey the key that its nodes share, too; existing files are replaced with --overwrite only.",
  options: [
    "--corosync_conf",
    "--authkey",
    "--overwrite",
    "--force",
    "--no-cluster-uuid",
    "--enable",
    "--start",
    "--wait",
    "--no-keys-sync",
    "--request-timeout",
  ],
  async run(call) {
    const [clusterName, ...words] = call.expect(2);
    const once = { repeats: "never" } as const;
    const parts = splitAtKeywords(words, { transport: once, totem: once, quorum: once });
    const nodes = nodesOf(parts.get("")![0]!);
    if (nodes.length === 0) call.usage();
    const totem = assignmentMap(parts.get("totem")?.[0] ?? []);
    const quorum = assignmentMap(parts.get("quorum")?.[0] ?? []);
    const transportWords = splitAtKeywords(parts.get("transport")?.[0] ?? ["knet"], {
      link: { repeats: "separate" },
      compression: {},
      crypto: {},
    });
    const [transportName, ...transportRest] = transportWords.get("")![0]!;
    if (transportName === undefined) fail("Transport type not defined; use knet, udp or udpu");
    const transportOptions = assignmentMap(transportRest);
    const compression = assignmentMap(transportWords.get("compression")?.[0] ?? []);
    const givenCrypto = assignmentMap(transportWords.get("crypto")?.[0] ?? []);
    const linkOptions = (transportWords.get("link") ?? []).map((one) => assignmentMap(one));

    const { reports } = call;
    const isLocal = call.has("--corosync_conf");
    refuseOtherForm(call, isLocal);
    const hosts = isLocal ? null : await Hosts.of(call);
    checkClusterName(call, clusterName!);
    const resolved = await checkNodes(call, nodes, hosts);
    const transport = transportOf(transportName);
    if (transport === null) {
      reports.error(`'${transportName}' is not a valid transport value, use 'knet', 'udp', 'udpu'`);
      reports.check(CLOSING);
      return;
    }
    const isKnet = transport === "knet";
    checkLinkCounts(call, resolved, isKnet, transportOptions.get("ip_version"));
    checkOptions(reports, TRANSPORT_OPTIONS[transport], transportOptions);
    const links: Links = { transport, options: linkOptions, count: resolved[0]!.addresses.length };
    checkLinks(call, links);
    if (isKnet) {
      checkOptions(reports, COMPRESSION_OPTIONS, compression);
      checkOptions(reports, CRYPTO_OPTIONS, givenCrypto);
      checkCrypto(reports, givenCrypto);
    } else {
      refuseKnetOnly(call, { compression, crypto: givenCrypto });
    }
    checkOptions(reports, TOTEM_OPTIONS, totem);
    checkOptions(reports, QUORUM_OPTIONS, quorum);
    checkQuorum(reports, quorum);
    reports.check(CLOSING);

    const crypto =
      isKnet && givenCrypto.size === 0
        ? new Map([
            ["cipher", "aes256"],
            ["hash", "sha256"],
          ])
        : givenCrypto;
    const transportItems = [
      ...items(TRANSPORT_OPTIONS[transport], transportOptions),
      ...items(COMPRESSION_OPTIONS, compression),
    ];
    const document = buildCorosyncConf({
      totem: [
        ["version", "2"],
        ["cluster_name", clusterName!],
        ["transport", transport],
        ...transportItems.sort(byKey),
        ...items(TOTEM_OPTIONS, totem),
        ...items(CRYPTO_OPTIONS, crypto),
        ...(call.has("--no-cluster-uuid") ? [] : [["cluster_uuid", newClusterUuid()] as const]),
      ],
      links: interfacesOf(links),
      nodes: resolved.map(({ name, addresses }, index) => [
        ...addresses.map((address, link): KeyValue => [`ring${link}_addr`, address]),
        ["name", name],
        ["nodeid", String(index + 1)],
      ]),
      quorum: [
        ["provider", "corosync_votequorum"],
        ...(nodes.length === 2 && quorum.get("auto_tie_breaker") !== "1" ? [["two_node", "1"] as const] : []),
        ...items(QUORUM_OPTIONS, quorum),
      ],
      logging: LOGGING,
    });
    if (hosts !== null) {
      await setUpHosts(call, hosts, {
        clusterName: clusterName!,
        names: resolved.map(({ name }) => name),
        document,
      });
      return;
    }
    const path = call.value("--corosync_conf")!;
    refusePresent(call, path, "Corosync configuration file");
    const keyPath = call.value("--authkey");
    if (keyPath !== null) {
      refusePresent(call, keyPath, "Key file");
      if (!isKnet) reports.warn(`transport ${transport} does not use a key; only knet encrypts`);
      await writeAuthkey(call, keyPath);
    }
    writeCorosyncConf(call, path, document);
  },
};

/** 32 hexadecimal digits by chance. */
export function newClusterUuid(): string {
  return randomUUID().replaceAll("-", "");
}

/** Compression and encryption are knet's. */
export function refuseKnetOnly(call: PcsCall, parts: Readonly<Record<string, Options>>): void {
  for (const [name, options] of Object.entries(parts)) {
    if (options.size === 0) continue;
    call.reports.error(`The udp/udpu transport does not support '${name}' options, use 'knet' transport`);
  }
}

function nodesOf(words: readonly string[]): NodeWords[] {
  const nodes: { name: string; addresses: string[] }[] = [];
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals < 0) {
      if (nodes.some(({ name }) => name === word)) fail(`Node name '${word}' defined multiple times`);
      nodes.push({ name: word, addresses: [] });
      continue;
    }
    const node = nodes.at(-1);
    if (node === undefined) fail(`Invalid character '=' in node name '${word}'`);
    const option = word.slice(0, equals);
    if (option !== "addr")
      fail(`Unknown options '${option}' for node '${node.name}'; only addr=ADDRESS can be given`);
    node.addresses.push(word.slice(equals + 1));
  }
  return nodes;
}

function checkClusterName(call: PcsCall, name: string): void {
  if (name === "" || /[\n\r{]/.test(name) || name.trim() !== name) {
    call.reports.error(
      `cluster name '${name}' cannot be empty, nor hold line breaks or '{', nor begin or end with a blank`,
    );
  } else if (!CLUSTER_NAME.test(name)) {
    call.reports.forceable(
      `Chosen cluster name '${name}' will prevent mounting GFS2 volumes in the cluster, use at most 32 of a-z A-Z 0-9 _- characters; you may safely override this if you do not intend to use GFS2`,
    );
  }
}

/** Options of one form of the command make no sense in the other. @throws PcsError */
function refuseOtherForm(call: PcsCall, isLocal: boolean): void {
  const others = isLocal
    ? (["--enable", "--start", "--wait", "--no-keys-sync"] as const)
    : (["--authkey", "--overwrite"] as const);
  const given = others.find((option) => call.has(option));
  if (given === undefined) return;
  fail(`option ${given} cannot be used ${isLocal ? "with" : "without"} --corosync_conf`);
}

/** A node without an address is reached as `pcs host auth` does, or by its name. */
async function checkNodes(
  call: PcsCall,
  nodes: readonly NodeWords[],
  hosts: Hosts | null,
): Promise<NodeWords[]> {
  const { reports, world } = call;
  const known = hosts?.known(nodes.map(({ name }) => name)) ?? [];
  const addressOf = new Map(known.map(({ name, address }) => [name, address]));
  const resolved = nodes.map(({ name, addresses }) => {
    if (name === "" || /[\n\r{]/.test(name) || name.trim() !== name) {
      reports.error(`'${name}' cannot be the name of a node`);
    }
    if (addresses.length > 0) return { name, addresses };
    const address = addressOf.get(name) ?? name;
    reports.info(`No addresses specified for host '${name}', using '${address}'`);
    return { name, addresses: [address] };
  });
  for (const { name, addresses } of resolved) {
    if (addresses.includes(""))
      reports.error(`Empty address set for node '${name}', an address cannot be empty`);
  }
  const all = resolved.flatMap(({ addresses }) => addresses).filter((address) => address !== "");
  const duplicates = [...new Set(all.filter((address, index) => all.indexOf(address) !== index))].sort();
  if (duplicates.length > 0) {
    reports.error(`Node addresses must be unique, duplicate addresses: ${quoted(duplicates)}`);
  }
  const unknown: string[] = [];
  for (const address of new Set(all)) {
    if (/[\s{]/.test(address)) reports.error(`'${address}' is not an address`);
    else if (isIP(address) === 0 && !(await world.resolvesName(address))) unknown.push(address);
  }
  if (unknown.length > 0) reports.forceable(`Unable to resolve addresses: ${quoted(unknown.sort())}`);
  return resolved;
}

function checkLinkCounts(
  call: PcsCall,
  nodes: readonly NodeWords[],
  isKnet: boolean,
  ipVersion: string | undefined,
): void {
  const { reports } = call;
  const linksMax = isKnet ? 8 : 1;
  for (const { name, addresses } of nodes.filter((node) => node.addresses.length > linksMax)) {
    const allowed = isKnet ? "At least 1 and at most 8 addresses" : "1 address";
    reports.error(
      `${allowed} must be specified for a node, ${addressCount(addresses)} specified for node '${name}'`,
    );
  }
  const counts = nodes.map(({ name, addresses }) => `node '${name}' has ${addressCount(addresses)}`);
  if (nodes.some(({ addresses }) => addresses.length !== nodes[0]!.addresses.length)) {
    reports.error(`All nodes must have the same number of addresses; ${counts.join("; ")}`);
  }
  const mixed: string[] = [];
  for (let link = 0; link < nodes[0]!.addresses.length; link++) {
    const addresses = nodes
      .map((node) => node.addresses[link] ?? "")
      .filter((address) => isIP(address) !== 0);
    if (new Set(addresses.map((address) => isIP(address))).size > 1) mixed.push(String(link));
    const family = ipVersion === "ipv4" ? 4 : ipVersion === "ipv6" ? 6 : null;
    if (family === null) continue;
    for (const address of addresses.filter((one) => isIP(one) !== family)) {
      reports.error(
        `Address '${address}' cannot be used in link '${link}' because the link uses IPv${family} addresses`,
      );
    }
  }
  if (mixed.length > 0) {
    reports.error(
      `Using both IPv4 and IPv6 on one link is not allowed; please, use either IPv4 or IPv6 on link(s): ${quoted(mixed)}`,
    );
  }
}

function addressCount({ length }: readonly string[]): string {
  return `${length} address${length === 1 ? "" : "es"}`;
}

function checkLinks(call: PcsCall, links: Links): void {
  const { reports } = call;
  const numbers: string[] = [];
  for (const options of links.options) {
    checkOptions(reports, LINK_OPTIONS[links.transport], options);
    const number = options.get("linknumber");
    if (number !== undefined && /^[0-7]$/.test(number)) {
      if (Number(number) >= links.count) {
        const existing = Array.from({ length: links.count }, (_, link) => String(link));
        reports.error(
          `Cannot set options for non-existent link '${number}', existing links: ${quoted(existing)}`,
        );
      }
      numbers.push(number);
    }
    for (const [one, other] of [
      ["ping_interval", "ping_timeout"],
      ["ping_timeout", "ping_interval"],
    ] as const) {
      if (options.has(one) && !options.has(other)) {
        reports.error(
          `If link option '${one}' is specified, link option '${other}' must be specified as well`,
        );
      }
    }
    if (options.has("mcastaddr") && options.get("broadcast") === "1") {
      reports.error("If link option 'mcastaddr' is enabled, link option 'broadcast' must be disabled");
    }
  }
  const twice = new Set(numbers.filter((number, index) => numbers.indexOf(number) !== index));
  if (twice.size > 0)
    reports.error(`Link numbers must be unique, duplicate link numbers: ${quoted([...twice].sort())}`);
  if (links.options.length > links.count) {
    reports.error(
      `Cannot specify options for more links (${links.options.length}) than how many is defined by number of addresses per node (${links.count})`,
    );
  }
}

/** Links without a number take the lowest free ones in order. What says nothing is left out. */
function interfacesOf({ transport, options }: Links): KeyValue[][] {
  const taken = new Set(options.flatMap((one) => one.get("linknumber") ?? []).map(Number));
  let next = 0;
  const numbered = options.map((one) => {
    const written = one.get("linknumber");
    if (written !== undefined) return { number: Number(written), options: one };
    while (taken.has(next)) next++;
    taken.add(next);
    return { number: next, options: one };
  });
  return numbered
    .sort((one, other) => one.number - other.number)
    .map(({ number, options: one }) => {
      const written = new Map(one);
      written.delete("linknumber");
      if (written.get("broadcast") === "0") written.delete("broadcast");
      else if (written.has("broadcast")) written.set("broadcast", "yes");
      if (written.size === 0) return [];
      return [...items(LINK_OPTIONS[transport], written), ["linknumber", String(number)] as const].sort(
        byKey,
      );
    })
    .filter((one) => one.length > 0);
}

/** Options as the file has them, in the order of their keys. */
function items(set: OptionSet, options: Options): KeyValue[] {
  return [...options].map(([name, value]): KeyValue => [keyOf(set, name), value]).sort(byKey);
}

function byKey([one]: KeyValue, [other]: KeyValue): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
