import { addressOf } from "../description.ts";

/** What may differ between the clusters of labs; everything else is Corosync's default. */
export interface CorosyncOptions {
  readonly clusterName?: string;
  /** Time without a sign of life after which a node counts as lost, in ms. */
  readonly tokenMs?: number;
  readonly transport?: "knet" | "udpu" | "udp";
  /** Encrypt and sign; needs the key that each host of the lab gets. */
  readonly isEncrypted?: boolean;
  /** Votes of single nodes by name; others have one. */
  readonly votes?: Readonly<Record<string, number>>;
  /** Keys of the quorum section besides the provider, for example `{ two_node: 1 }`. */
  readonly quorum?: Readonly<Record<string, string | number>>;
  /** More keys of the totem section. */
  readonly totem?: Readonly<Record<string, string | number>>;
}

/** Short, so that tests do not wait, and long enough for two busy cores. */
const TOKEN_MS = 1500;

/** The `corosync.conf` of a lab, the same on all hosts. */
export function corosyncConf(hosts: readonly string[], linkCount: number, options: CorosyncOptions): string {
  const transport = options.transport ?? "knet";
  const nodes = hosts.map((name, index) => {
    const addresses = Array.from({ length: linkCount }, (_, link) => [
      `ring${link}_addr`,
      addressOf(index + 1, link),
    ]);
    const votes = options.votes?.[name];
    return section("node", [
      ...addresses,
      ["name", name],
      ["nodeid", index + 1],
      ...(votes === undefined ? [] : [["quorum_votes", votes]]),
    ]);
  });
  const crypto = options.isEncrypted ? ["aes256", "sha256"] : ["none", "none"];
  return [
    section("totem", [
      ["version", 2],
      ["cluster_name", options.clusterName ?? "lab"],
      ["transport", transport],
      ["token", options.tokenMs ?? TOKEN_MS],
      ...(transport === "knet"
        ? [
            ["crypto_cipher", crypto[0]!],
            ["crypto_hash", crypto[1]!],
          ]
        : []),
      ...Object.entries(options.totem ?? {}),
    ]),
    `nodelist {\n${nodes.join("")}}\n`,
    section("quorum", [["provider", "corosync_votequorum"], ...Object.entries(options.quorum ?? {})]),
    section("logging", [
      ["to_logfile", "yes"],
      ["logfile", "/var/log/corosync/corosync.log"],
      ["to_syslog", "no"],
      ["timestamp", "hires"],
    ]),
  ].join("\n");
}

function section(name: string, keys: readonly (readonly (string | number)[])[]): string {
  return `${name} {\n${keys.map(([key, value]) => `    ${key}: ${value}\n`).join("")}}\n`;
}
