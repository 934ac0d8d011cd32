/** What a value must look like. */
export type ValueRule =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "integer"; readonly min: number; readonly max: number }
  | { readonly kind: "text" };

const U8 = { kind: "integer", min: 0, max: 255 } as const;
const U32 = { kind: "integer", min: 0, max: 4_294_967_295 } as const;
const FLAG = { kind: "words", words: ["0", "1"] } as const;
const YES_NO = { kind: "words", words: ["yes", "no"] } as const;
const ON_OFF = { kind: "words", words: ["on", "off", "yes", "no"] } as const;
const TEXT = { kind: "text" } as const;
const words = (...list: string[]): ValueRule => ({ kind: "words", words: list });
const PRIORITY = words("alert", "crit", "debug", "emerg", "err", "info", "notice", "warning");

type Keys = Readonly<Record<string, ValueRule>>;

const LOGGING: Keys = {
  to_stderr: YES_NO,
  to_syslog: YES_NO,
  to_logfile: YES_NO,
  logfile: TEXT,
  logfile_priority: PRIORITY,
  syslog_priority: PRIORITY,
  syslog_facility: words("daemon", ...Array.from({ length: 8 }, (_, number) => `local${number}`)),
  debug: words("off", "on", "trace"),
};

/** The keys that Corosync knows, by path of the section. Other sections and keys are legal: applications keep data there. */
export const KNOWN_KEYS: Readonly<Record<string, Keys>> = {
  totem: {
    version: words("2"),
    cluster_name: TEXT,
    cluster_uuid: TEXT,
    transport: words("knet", "udpu", "udp"),
    ip_version: words("ipv4", "ipv6", "ipv4-6", "ipv6-4"),
    nodeid: U32,
    clear_node_high_bit: YES_NO,
    config_version: { kind: "integer", min: 0, max: Number.MAX_SAFE_INTEGER },
    crypto_model: words("nss", "openssl"),
    crypto_cipher: words("none", "aes128", "aes192", "aes256"),
    crypto_hash: words("none", "md5", "sha1", "sha256", "sha384", "sha512"),
    secauth: ON_OFF,
    keyfile: TEXT,
    key: TEXT,
    link_mode: words("passive", "active", "rr"),
    knet_pmtud_interval: U32,
    knet_mtu: U32,
    knet_compression_model: TEXT,
    knet_compression_threshold: U32,
    knet_compression_level: { kind: "integer", min: -2_147_483_648, max: 2_147_483_647 },
    netmtu: U32,
    block_unlisted_ips: YES_NO,
    cancel_token_hold_on_retransmit: YES_NO,
    token_warning: { kind: "integer", min: 0, max: 100 },
    ...Object.fromEntries(
      [
        "token",
        "token_coefficient",
        "token_retransmits_before_loss_const",
        "token_retransmit",
        "hold",
        "join",
        "consensus",
        "send_join",
        "merge",
        "downcheck",
        "fail_recv_const",
        "seqno_unchanged_const",
        "heartbeat_failures_allowed",
        "max_network_delay",
        "window_size",
        "max_messages",
        "miss_count_const",
      ].map((key) => [key, U32]),
    ),
  },
  "totem.interface": {
    linknumber: { kind: "integer", min: 0, max: 7 },
    bindnetaddr: TEXT,
    mcastaddr: TEXT,
    broadcast: YES_NO,
    mcastport: { kind: "integer", min: 0, max: 65_535 },
    ttl: U8,
    knet_transport: words("udp", "sctp"),
    knet_link_priority: U8,
    knet_ping_interval: U32,
    knet_ping_timeout: U32,
    knet_ping_precision: U32,
    knet_pong_count: U32,
  },
  "nodelist.node": {
    ...Object.fromEntries(Array.from({ length: 8 }, (_, link) => [`ring${link}_addr`, TEXT])),
    nodeid: { kind: "integer", min: 1, max: U32.max },
    name: TEXT,
    quorum_votes: U32,
  },
  quorum: {
    provider: words("corosync_votequorum"),
    expected_votes: U32,
    votes: U32,
    two_node: FLAG,
    wait_for_all: FLAG,
    auto_tie_breaker: FLAG,
    auto_tie_breaker_node: TEXT,
    last_man_standing: FLAG,
    last_man_standing_window: U32,
    allow_downscale: FLAG,
    expected_votes_tracking: FLAG,
  },
  "quorum.device": { model: TEXT, votes: U32, timeout: U32, sync_timeout: U32, master_wins: U8 },
  logging: {
    ...LOGGING,
    timestamp: words("off", "on", "hires"),
    fileline: ON_OFF,
    function_name: ON_OFF,
    blackbox: ON_OFF,
  },
  "logging.logger_subsys": { ...LOGGING, subsys: TEXT },
};
