import {
  advanced,
  BOOLEAN,
  choice,
  DURATION,
  integer,
  type Option,
  type OptionType,
  oldName,
  option,
  PORT,
  SCORE,
  TEXT,
  TIMEOUT,
} from "./option.ts";

const ROLE: OptionType = {
  kind: "choice",
  words: ["Stopped", "Started", "Unpromoted", "Promoted"],
  oldWords: ["Slave", "Master"],
  isExact: false,
};

/** Meta-attributes of every resource. Source: scheduler specification, part 1, 6.4 to 6.10. */
export const PRIMITIVE_OPTIONS: readonly Option[] = [
  option(
    "priority",
    SCORE,
    "0",
    "When not all resources can run, those with the lower priority stay stopped",
  ),
  option(
    "critical",
    BOOLEAN,
    "true",
    "Whether resources that this one is placed with or grouped with move along when it fails too often",
  ),
  option("target-role", ROLE, "Started", "Role the cluster is to bring the resource to"),
  option("is-managed", BOOLEAN, "true", "Let the cluster start and stop the resource"),
  option("maintenance", BOOLEAN, "false", "Neither start, stop nor monitor the resource"),
  option(
    "resource-stickiness",
    SCORE,
    null,
    "How much the resource prefers to stay where it is; 1 for instances of clones, else 0",
  ),
  option(
    "requires",
    choice("nothing", "quorum", "fencing", "unfencing"),
    null,
    "What must hold before the resource may start; depends on its class and on whether fencing is in use",
  ),
  option(
    "provides",
    choice("unfencing"),
    null,
    "For fence devices that must switch a node on before it may be used",
  ),
  option(
    "migration-threshold",
    SCORE,
    "INFINITY",
    "Failures on a node after which the resource leaves it; 0 never",
  ),
  option("failure-timeout", DURATION, "0", "After this time a failure is forgotten; 0 never"),
  option(
    "multiple-active",
    choice("block", "stop_only", "stop_start", "stop_unexpected"),
    "stop_start",
    "What to do when the resource runs on more nodes than it should",
  ),
  option(
    "allow-migrate",
    BOOLEAN,
    null,
    "Move the resource alive where its agent can; true for connections to remote nodes, else false",
  ),
  option(
    "allow-unhealthy-nodes",
    BOOLEAN,
    "false",
    "Let the resource run where the health of the node forbids it",
  ),
  option(
    "container-attribute-target",
    TEXT,
    null,
    "`host`: look up node attributes on the host of a container and not in it",
  ),
  option("remote-node", TEXT, null, "Makes the resource a guest node of this name"),
  option("remote-addr", TEXT, null, "Address of the guest node; its name unless given"),
  option("remote-port", PORT, "3121", "Port of the guest node"),
  option("remote-connect-timeout", TIMEOUT, "60s", "How long a connection to the guest node may take"),
  option("remote-allow-migrate", BOOLEAN, "true", "Let the connection to the guest node move alive"),
];

const promotedMax = option("promoted-max", integer(0), "1", "How many instances may be promoted");
const promotedNodeMax = option(
  "promoted-node-max",
  integer(0),
  "1",
  "How many instances may be promoted on one node",
);

/** Meta-attributes of clones. Source: scheduler specification, part 1, 6.6. */
export const CLONE_OPTIONS: readonly Option[] = [
  option("clone-max", integer(0), null, "How many instances there are; the number of nodes unless given"),
  option("clone-node-max", integer(0), "1", "How many instances may run on one node"),
  option(
    "clone-min",
    integer(0),
    null,
    "How many instances must run before what is ordered after the clone may start",
  ),
  option(
    "globally-unique",
    BOOLEAN,
    null,
    "Instances differ from each other; true when clone-node-max is above 1, else false",
  ),
  option("ordered", BOOLEAN, "false", "Start instances one after the other"),
  option(
    "interleave",
    BOOLEAN,
    "false",
    "What is ordered after the clone waits for the instance on its own node only",
  ),
  option("notify", BOOLEAN, "false", "Tell the agents before and after instances change"),
  option("promotable", BOOLEAN, "false", "Instances have the roles promoted and unpromoted"),
  promotedMax,
  promotedNodeMax,
  oldName("master-max", promotedMax),
  oldName("master-node-max", promotedNodeMax),
];

/** Meta-attributes of groups. Source: scheduler specification, part 1, 6.6. */
export const GROUP_OPTIONS: readonly Option[] = [
  advanced(option("ordered", BOOLEAN, "true", "Start members one after the other")),
  advanced(option("collocated", BOOLEAN, "true", "Keep members on one node")),
];

const ON_FAIL = choice(
  "restart",
  "ignore",
  "block",
  "stop",
  "standby",
  "fence",
  "demote",
  "migrate",
  "restart-container",
  "nothing",
);

/** Attributes and meta-attributes of operations. Source: scheduler specification, part 1, 13.2 and 13.5. */
export const OPERATION_OPTIONS: readonly Option[] = [
  option("interval", DURATION, "0", "How often the operation is repeated; 0 is once"),
  option("timeout", TIMEOUT, "20s", "How long the operation may take"),
  option("on-fail", ON_FAIL, null, "What a failure leads to; for stop fence or block, else restart"),
  option("role", ROLE, null, "Repeat the operation only while the resource has this role"),
  option("enabled", BOOLEAN, "true", "Whether the operation is performed at all"),
  option("start-delay", TIMEOUT, "0", "How long to wait before the operation is first performed"),
  option("interval-origin", TEXT, null, "Date that repetitions are counted from"),
  option("record-pending", BOOLEAN, "true", "Note when the operation begins"),
  option("description", TEXT, null, "A note for people"),
];

const FENCING_COMMANDS = ["reboot", "off", "on", "list", "monitor", "status"] as const;

/** Parameters of every fence device that the cluster reads itself. Source: fencer specification. */
export const FENCING_OPTIONS: readonly Option[] = [
  option(
    "pcmk_host_map",
    TEXT,
    null,
    "Which plug of the device belongs to which node, for example n1:1;n2:2,3",
  ),
  option("pcmk_host_list", TEXT, null, "Nodes the device can fence, with commas between them"),
  option(
    "pcmk_host_check",
    choice("dynamic-list", "static-list", "status", "none"),
    null,
    "How to find out which nodes the device can fence; depends on what else is given and on what the agent can do",
  ),
  option(
    "pcmk_delay_max",
    DURATION,
    "0s",
    "Wait a random time up to this before fencing, so that two nodes do not fence each other",
  ),
  option(
    "pcmk_delay_base",
    TEXT,
    "0s",
    "Wait at least this before fencing; may differ by node, for example n1:0s;n2:5s",
  ),
  option("pcmk_action_limit", integer(-1), "1", "Most actions at once on the device; -1 is no limit"),
  advanced(
    option(
      "pcmk_host_argument",
      TEXT,
      null,
      "Parameter of the agent that takes the target; port or plug if it has one of them, none for no parameter",
    ),
  ),
  ...FENCING_COMMANDS.flatMap((command) => [
    advanced(
      option(`pcmk_${command}_action`, TEXT, command, `What to ask the agent for instead of ${command}`),
    ),
    advanced(option(`pcmk_${command}_timeout`, TIMEOUT, "60s", `How long ${command} may take`)),
    advanced(
      option(`pcmk_${command}_retries`, integer(0), "2", `How often ${command} is tried within its timeout`),
    ),
  ]),
];
