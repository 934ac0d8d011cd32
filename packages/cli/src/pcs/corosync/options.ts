import { isIP } from "node:net";
import { checkNames, quoted } from "../framework/assignments.ts";
import type { Reports } from "../framework/reports.ts";

/** What a value must be, in words, and its test. */
interface Rule {
  readonly use: string;
  /** Any word will do. */
  readonly isWord?: boolean;
  /** It cannot be removed. */
  readonly isNeeded?: boolean;
  accepts(value: string): boolean;
}

type Options = ReadonlyMap<string, string>;

export function words(...allowed: string[]): Rule {
  return { use: quoted([...allowed].sort()), accepts: (value) => allowed.includes(value) };
}

export function range(min: number, max: number, use = `${min}..${max}`): Rule {
  return { use, accepts: (value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max };
}

const COUNT = range(0, Number.POSITIVE_INFINITY, "a non-negative integer");
export const POSITIVE = range(1, Number.POSITIVE_INFINITY, "a positive integer");
const PORT = range(1, 65_535, "a port number (1..65535)");
const ADDRESS: Rule = { use: "an IP address", accepts: (value) => isIP(value) !== 0 };
const FLAG = words("0", "1");
const IP_VERSION = words("ipv4", "ipv6", "ipv4-6", "ipv6-4");

type Rules = Readonly<Record<string, Rule>>;

/** Options of a part of the command line: the rules of their values, and their keys in the file. */
export interface OptionSet {
  /** For messages. */
  readonly title: string;
  readonly rules: Rules;
  /** Before the name of an option, its key in the file; some names are the key already. */
  readonly prefix: string;
  readonly unprefixed?: readonly string[];
}

export type TransportName = "knet" | "udp" | "udpu";

const KNET = { title: "knet transport ", prefix: "" } as const;
const UDP_TRANSPORT: OptionSet = {
  title: "udp/udpu transport ",
  rules: { ip_version: IP_VERSION, netmtu: POSITIVE },
  prefix: "",
};
const UDP_LINK: OptionSet = {
  title: "link ",
  rules: {
    bindnetaddr: ADDRESS,
    broadcast: FLAG,
    mcastaddr: ADDRESS,
    mcastport: PORT,
    ttl: range(0, 255),
  },
  prefix: "",
};
const KNET_LINK: OptionSet = {
  title: "link ",
  rules: {
    link_priority: range(0, 255),
    linknumber: range(0, 7),
    mcastport: PORT,
    ping_interval: COUNT,
    ping_precision: COUNT,
    ping_timeout: COUNT,
    pong_count: COUNT,
    transport: words("sctp", "udp"),
  },
  prefix: "knet_",
  unprefixed: ["linknumber", "mcastport"],
};

export const TRANSPORT_OPTIONS: Readonly<Record<TransportName, OptionSet>> = {
  knet: {
    ...KNET,
    rules: {
      ip_version: IP_VERSION,
      knet_pmtud_interval: COUNT,
      link_mode: words("active", "passive", "rr"),
    },
  },
  udp: UDP_TRANSPORT,
  udpu: UDP_TRANSPORT,
};

export const LINK_OPTIONS: Readonly<Record<TransportName, OptionSet>> = {
  knet: KNET_LINK,
  udp: UDP_LINK,
  udpu: UDP_LINK,
};

export const COMPRESSION_OPTIONS: OptionSet = {
  title: "compression ",
  rules: {
    level: COUNT,
    model: {
      use: "a compression model e.g. zlib, lz4 or bzip2",
      isWord: true,
      accepts: (value) => /^[^\s{]+$/.test(value),
    },
    threshold: COUNT,
  },
  prefix: "knet_compression_",
};

export const CRYPTO_OPTIONS: OptionSet = {
  title: "crypto ",
  rules: {
    cipher: words("none", "aes128", "aes192", "aes256"),
    hash: words("none", "md5", "sha1", "sha256", "sha384", "sha512"),
    model: words("nss", "openssl"),
  },
  prefix: "crypto_",
};

export const TOTEM_OPTIONS: OptionSet = {
  title: "totem ",
  rules: {
    block_unlisted_ips: words("yes", "no"),
    ...Object.fromEntries(
      [
        "consensus",
        "downcheck",
        "fail_recv_const",
        "heartbeat_failures_allowed",
        "hold",
        "join",
        "max_messages",
        "max_network_delay",
        "merge",
        "miss_count_const",
        "send_join",
        "seqno_unchanged_const",
        "token",
        "token_coefficient",
        "token_retransmit",
        "token_retransmits_before_loss_const",
        "window_size",
      ].map((name) => [name, COUNT]),
    ),
  },
  prefix: "",
};

export const QUORUM_OPTIONS: OptionSet = {
  title: "quorum ",
  rules: {
    auto_tie_breaker: FLAG,
    last_man_standing: FLAG,
    last_man_standing_window: POSITIVE,
    wait_for_all: FLAG,
  },
  prefix: "",
};

interface CheckHow {
  /** An empty value is one, too: it removes the option, unless that is needed. */
  readonly canRemove?: boolean;
  /** `--force` has unknown names and wrong values written. */
  readonly isForceable?: boolean;
  /** Names that the caller looks after. */
  readonly alsoAllowed?: readonly string[];
}

/** Tells unknown names, then wrong values in the order of the names. */
export function checkOptions(
  reports: Reports,
  set: OptionSet,
  options: Options,
  { canRemove = false, isForceable = false, alsoAllowed = [] }: CheckHow = {},
): void {
  const allowed = [...Object.keys(set.rules), ...alsoAllowed];
  checkNames(reports, options.keys(), allowed, set.title, isForceable);
  for (const [name, rule] of Object.entries(set.rules)) {
    const value = options.get(name);
    if (value === undefined || rule.accepts(value)) continue;
    const mustNotBeEmpty = rule.isWord === true || rule.isNeeded === true;
    if (value === "" && canRemove && rule.isNeeded !== true) continue;
    if (value === "" && mustNotBeEmpty) reports.error(`${name} cannot be empty, use ${rule.use}`);
    else if (rule.isWord) reports.error(`${name} cannot contain blanks and {}, use ${rule.use}`);
    else {
      const text = `'${value}' is not a valid ${name} value, use ${rule.use}`;
      if (isForceable) reports.forceable(text);
      else reports.error(text);
    }
  }
}

/** A cipher is of no use without a hash. `options` are those that will be in force. */
export function checkCrypto(reports: Reports, options: Options): void {
  if ((options.get("cipher") ?? "none") === "none" || (options.get("hash") ?? "none") !== "none") return;
  reports.error("If crypto option 'cipher' is enabled, crypto option 'hash' must be enabled as well");
}

export function checkQuorum(reports: Reports, options: Options): void {
  if (!options.has("last_man_standing_window") || options.get("last_man_standing") === "1") return;
  reports.error(
    "If quorum option 'last_man_standing_window' is enabled, quorum option 'last_man_standing' must be enabled as well",
  );
}

/** The key of an option in the file. */
export function keyOf(set: OptionSet, name: string): string {
  return set.unprefixed?.includes(name) ? name : set.prefix + name;
}

/** The options of a set that stand in a section of the file, by their names on the command line, in the order of the file. */
export function optionsIn(set: OptionSet, items: ReadonlyMap<string, string>): Map<string, string> {
  const names = new Map(Object.keys(set.rules).map((name) => [keyOf(set, name), name]));
  const found = new Map<string, string>();
  for (const [key, value] of items) {
    const name = names.get(key);
    if (name === "broadcast") found.set(name, value === "yes" ? "1" : "0");
    else if (name !== undefined) found.set(name, value);
  }
  return found;
}

export function transportOf(name: string): TransportName | null {
  return name === "knet" || name === "udp" || name === "udpu" ? name : null;
}
