import {
  advanced,
  BOOLEAN,
  choice,
  DURATION,
  deprecated,
  generated,
  integer,
  type Option,
  type OptionType,
  oldName,
  option,
  PERCENTAGE,
  SCORE,
  TEXT,
  TIMEOUT,
} from "./option.ts";

const FENCING_ACTION: OptionType = { kind: "choice", words: ["reboot", "off"], oldWords: [], isExact: true };

const fencingEnabled = advanced(
  option(
    "fencing-enabled",
    BOOLEAN,
    "true",
    "Fence nodes that fail; without it data can be lost in a split cluster",
  ),
);
const fencingAction = option(
  "fencing-action",
  FENCING_ACTION,
  "reboot",
  "What fencing does to a node unless a device says otherwise",
);
const fencingReaction = option(
  "fencing-reaction",
  choice("stop", "panic"),
  "stop",
  "What a node does when it hears that it was fenced and is still running",
);
const fencingTimeout = option(
  "fencing-timeout",
  DURATION,
  "60s",
  "How long a fencing action may take unless its device says otherwise",
);
const fencingWatchdogTimeout = option(
  "fencing-watchdog-timeout",
  TIMEOUT,
  "0",
  "After this time a lost node counts as stopped by its own watchdog; 0 never, negative twice the SBD timeout",
);
const fencingMaxAttempts = option(
  "fencing-max-attempts",
  SCORE,
  "10",
  "Failures of fencing one target before it is not tried again at once",
);
const stopRemovedResources = deprecated(
  option("stop-removed-resources", BOOLEAN, "true", "Stop resources that are no longer in the configuration"),
);
const cancelRemovedActions = deprecated(
  option(
    "cancel-removed-actions",
    BOOLEAN,
    "true",
    "Cancel recurring operations that are no longer in the configuration",
  ),
);

/**
 * Properties of the whole cluster (`crm_config`). Sources: scheduler specification, part 1, 3.2; daemons specification,
 * controller; conformance data of `crm_attribute --list-options` for names and kinds of values.
 */
export const CLUSTER_OPTIONS: readonly Option[] = [
  generated(option("dc-version", TEXT, null, "Version of the software on the DC")),
  generated(option("cluster-infrastructure", TEXT, null, "Kind of membership layer the cluster runs on")),
  option("cluster-name", TEXT, null, "Name of the cluster; rules see it as the node attribute #cluster-name"),
  option(
    "dc-deadtime",
    DURATION,
    "20s",
    "How long a starting node waits to hear from a DC before it calls an election",
  ),
  option(
    "cluster-recheck-interval",
    DURATION,
    "15min",
    "After this time without events the cluster looks at rules and failures again; 0 never",
  ),
  option(
    "no-quorum-policy",
    choice("stop", "freeze", "ignore", "demote", "fence", "suicide"),
    "stop",
    "What a partition without quorum does with its resources",
  ),
  option(
    "shutdown-lock",
    BOOLEAN,
    "false",
    "Keep resources of a cleanly stopped node for it until it comes back",
  ),
  option("shutdown-lock-limit", DURATION, "0", "After this time shutdown-lock gives resources free; 0 never"),
  option("enable-acl", BOOLEAN, "false", "Apply the access rules of section acls"),
  option(
    "symmetric-cluster",
    BOOLEAN,
    "true",
    "Let resources run on any node unless a constraint forbids it",
  ),
  option("maintenance-mode", BOOLEAN, "false", "Neither start, stop nor monitor anything"),
  option(
    "start-failure-is-fatal",
    BOOLEAN,
    "true",
    "Move a resource away after its first failed start, whatever its migration-threshold",
  ),
  fencingAction,
  fencingReaction,
  fencingTimeout,
  generated(
    option("have-watchdog", BOOLEAN, "false", "Nodes have a watchdog that stops them when they are lost"),
  ),
  fencingWatchdogTimeout,
  fencingMaxAttempts,
  option(
    "priority-fencing-delay",
    DURATION,
    "0",
    "Delay of fencing against the node with the more important resources when a cluster splits in halves; make it at least twice the longest delay of the devices",
  ),
  option(
    "node-pending-timeout",
    DURATION,
    "0",
    "Fence a node that joined the membership but not the cluster within this time; 0 never",
  ),
  option(
    "cluster-delay",
    DURATION,
    "60s",
    "How long an answer of another node may take beyond the timeout of the action",
  ),
  option("load-threshold", PERCENTAGE, "80%", "Load of a node above which recovery goes slower"),
  option("node-action-limit", integer(), "0", "Most actions at once on a node; 0 is twice its cores"),
  option("batch-limit", integer(), "0", "Most actions at once in the whole cluster; 0 adapts to the load"),
  option("migration-limit", integer(-1), "-1", "Most live migrations at once on a node; -1 is no limit"),
  option("stop-all-resources", BOOLEAN, "false", "Stop everything"),
  option("pe-error-series-max", integer(-1), "-1", "Scheduler inputs with errors to keep; 0 none, -1 all"),
  option("pe-warn-series-max", integer(-1), "5000", "Scheduler inputs with warnings to keep; 0 none, -1 all"),
  option("pe-input-series-max", integer(-1), "4000", "Other scheduler inputs to keep; 0 none, -1 all"),
  option(
    "node-health-strategy",
    choice("none", "migrate-on-red", "only-green", "progressive", "custom"),
    "none",
    "How node attributes that begin with #health change where resources run",
  ),
  option("node-health-base", SCORE, "0", "Health score that every node starts with (strategy progressive)"),
  option(
    "node-health-green",
    SCORE,
    "0",
    "Score of the health value green (strategies progressive and custom)",
  ),
  option(
    "node-health-yellow",
    SCORE,
    "0",
    "Score of the health value yellow (strategies progressive and custom)",
  ),
  option(
    "node-health-red",
    SCORE,
    "-INFINITY",
    "Score of the health value red (strategies progressive and custom)",
  ),
  option(
    "placement-strategy",
    choice("default", "utilization", "minimal", "balanced"),
    "default",
    "How free capacity of nodes counts when a place is chosen",
  ),
  advanced(option("election-timeout", DURATION, "2min", "An election that takes longer has failed")),
  advanced(
    option(
      "shutdown-escalation",
      DURATION,
      "20min",
      "A node that takes longer to stop its resources exits without waiting for them",
    ),
  ),
  advanced(
    option("join-integration-timeout", DURATION, "3min", "How long the DC waits for nodes to ask to join"),
  ),
  advanced(
    option(
      "join-finalization-timeout",
      DURATION,
      "30min",
      "How long the DC waits for nodes to confirm that they joined",
    ),
  ),
  advanced(
    option(
      "transition-delay",
      DURATION,
      "0s",
      "Wait for further events before each calculation; slows down every recovery",
    ),
  ),
  advanced(
    option(
      "fence-remote-without-quorum",
      BOOLEAN,
      "false",
      "Fence remote nodes of the partition even without quorum",
    ),
  ),
  fencingEnabled,
  advanced(
    option(
      "startup-fencing",
      BOOLEAN,
      "true",
      "Fence nodes that were never seen when the cluster starts; without it data can be lost in a split cluster",
    ),
  ),
  deprecated(
    option("enable-startup-probes", BOOLEAN, "true", "Look for running resources when a node joins"),
  ),
  deprecated(option("concurrent-fencing", BOOLEAN, "true", "Fence several nodes at once")),
  deprecated(option("cluster-ipc-limit", integer(0), null, "Without effect")),
  stopRemovedResources,
  cancelRemovedActions,
  oldName("stonith-enabled", fencingEnabled),
  oldName("stonith-action", fencingAction),
  oldName("fence-reaction", fencingReaction),
  oldName("stonith-timeout", fencingTimeout),
  oldName("stonith-watchdog-timeout", fencingWatchdogTimeout),
  oldName("stonith-max-attempts", fencingMaxAttempts),
  oldName("stop-orphan-resources", stopRemovedResources),
  oldName("stop-orphan-actions", cancelRemovedActions),
];
