/**
 * The words with which the classic commands describe each option, in their order. Scripts and the tools of administrators read these
 * listings, so they are part of the interface; the facts (type, default, values) are in the catalogue of options.
 */
export interface OptionReference {
  readonly name: string;
  /** Null: the same as `long`, or for an old name made from its successor. */
  readonly short: string | null;
  readonly long: string | null;
}

/** Cluster properties. */
export const CLUSTER_REFERENCE: readonly OptionReference[] = [
  {
    name: "dc-version",
    short: "Pacemaker version on cluster node elected Designated Controller (DC)",
    long: "Includes a hash which identifies the exact revision the code was built from. Used for diagnostic purposes.",
  },
  {
    name: "cluster-infrastructure",
    short: "The messaging layer on which Pacemaker is currently running",
    long: "Used for informational and diagnostic purposes.",
  },
  {
    name: "cluster-name",
    short: "An arbitrary name for the cluster",
    long: "This optional value is mostly for users' convenience as desired in administration, but may also be used in Pacemaker configuration rules via the #cluster-name node attribute, and by higher-level tools and resource agents.",
  },
  {
    name: "dc-deadtime",
    short: "How long to wait for a response from other nodes during start-up",
    long: "The optimal value will depend on the speed and load of your network and the type of switches used.",
  },
  {
    name: "cluster-recheck-interval",
    short: "Polling interval to recheck cluster state and evaluate rules with date specifications",
    long: 'Pacemaker is primarily event-driven, and looks ahead to know when to recheck cluster state for failure-timeout settings and most time-based rules. However, it will also recheck the cluster after this amount of inactivity, to evaluate rules with date specifications and serve as a fail-safe for certain types of scheduler bugs. A value of 0 disables polling. A positive value sets an interval in seconds, unless other units are specified (for example, "5min").',
  },
  {
    name: "election-timeout",
    short: null,
    long: "Declare an election failed if it is not decided within this much time. If you need to adjust this value, it probably indicates the presence of a bug.",
  },
  {
    name: "shutdown-escalation",
    short: null,
    long: "Exit immediately if shutdown does not complete within this much time. If you need to adjust this value, it probably indicates the presence of a bug.",
  },
  {
    name: "join-integration-timeout",
    short: null,
    long: "If you need to adjust this value, it probably indicates the presence of a bug.",
  },
  {
    name: "join-finalization-timeout",
    short: null,
    long: "If you need to adjust this value, it probably indicates the presence of a bug.",
  },
  {
    name: "transition-delay",
    short: "Enabling this option will slow down cluster recovery under all conditions",
    long: "Delay cluster recovery for this much time to allow for additional events to occur. Useful if your configuration is sensitive to the order in which ping updates arrive.",
  },
  { name: "no-quorum-policy", short: null, long: "What to do when the cluster does not have quorum" },
  {
    name: "shutdown-lock",
    short: "Whether to lock resources to a cleanly shut down node",
    long: 'When true, resources active on a node when it is cleanly shut down are kept "locked" to that node (not allowed to run elsewhere) until they start again on that node after it rejoins (or for at most shutdown-lock-limit, if set). Stonith resources and Pacemaker Remote connections are never locked. Clone and bundle instances and the promoted role of promotable clones are currently never locked, though support could be added in a future release.',
  },
  {
    name: "shutdown-lock-limit",
    short: "Do not lock resources to a cleanly shut down node longer than this",
    long: "If shutdown-lock is true and this is set to a nonzero time duration, shutdown locks will expire after this much time has passed since the shutdown was initiated, even if the node has not rejoined.",
  },
  { name: "enable-acl", short: null, long: "Enable Access Control Lists (ACLs) for the CIB" },
  { name: "symmetric-cluster", short: null, long: "Whether resources can run on any node by default" },
  {
    name: "maintenance-mode",
    short: null,
    long: "Whether the cluster should refrain from monitoring, starting, and stopping resources",
  },
  {
    name: "start-failure-is-fatal",
    short: "Whether a start failure should prevent a resource from being recovered on the same node",
    long: "When true, the cluster will immediately ban a resource from a node if it fails to start there. When false, the cluster will instead check the resource's fail count against its migration-threshold.",
  },
  {
    name: "enable-startup-probes",
    short: null,
    long: "Whether the cluster should check for active resources during start-up",
  },
  {
    name: "fence-remote-without-quorum",
    short: "Whether remote nodes can be fenced without quorum",
    long: "By default, an inquorate node can not fence Pacemaker Remote nodes that are part of its partition as long as the cluster thinks they can be restarted.  If true, inquorate nodes will be able to fence remote nodes regardless.",
  },
  {
    name: "fencing-enabled",
    short: "Whether nodes may be fenced as part of recovery",
    long: 'If false, unresponsive nodes are immediately assumed to be harmless, and resources that were active on them may be recovered elsewhere. This can result in a "split-brain" situation, potentially leading to data loss and/or service unavailability.',
  },
  { name: "stonith-enabled", short: null, long: null },
  {
    name: "fencing-action",
    short: null,
    long: "Action to send to fence device when a node needs to be fenced",
  },
  { name: "stonith-action", short: null, long: null },
  {
    name: "fencing-reaction",
    short: "How a cluster node should react if notified of its own fencing",
    long: 'A cluster node may receive notification of a "succeeded" fencing that targeted it if fencing is misconfigured, or if fabric fencing is in use that doesn\'t cut cluster communication. Use "stop" to attempt to immediately stop Pacemaker and stay stopped, or "panic" to attempt to immediately reboot the local node, falling back to stop on failure.',
  },
  { name: "fence-reaction", short: null, long: null },
  {
    name: "fencing-timeout",
    short: null,
    long: "How long to wait for on, off, and reboot fence actions to complete by default",
  },
  { name: "stonith-timeout", short: null, long: null },
  {
    name: "have-watchdog",
    short: "Whether watchdog integration is enabled",
    long: "This is set automatically by the cluster according to whether SBD is detected to be in use. User-configured values are ignored. The value `true` is meaningful if diskless SBD is used and `fencing-watchdog-timeout` is nonzero. In that case, if fencing is required, watchdog-based self-fencing will be performed via SBD without requiring a fencing resource explicitly configured.",
  },
  {
    name: "fencing-watchdog-timeout",
    short:
      "How long before nodes can be assumed to be safely down when watchdog-based self-fencing via SBD is in use",
    long: "If this is set to a positive value, lost nodes are assumed to achieve self-fencing using watchdog-based SBD within this much time. This does not require a fencing resource to be explicitly configured, though a fence_watchdog resource can be configured, to limit use to specific nodes. If this is set to 0 (the default), the cluster will never assume watchdog-based self-fencing. If this is set to a negative value, the cluster will use twice the local value of the `SBD_WATCHDOG_TIMEOUT` environment variable if that is positive, or otherwise treat this as 0. WARNING: When used, this timeout must be larger than `SBD_WATCHDOG_TIMEOUT` on all nodes that use watchdog-based SBD, and Pacemaker will refuse to start on any of those nodes where this is not true for the local value or SBD is not active. When this is set to a negative value, `SBD_WATCHDOG_TIMEOUT` must be set to the same value on all nodes that use SBD, otherwise data corruption or loss could occur.",
  },
  { name: "stonith-watchdog-timeout", short: null, long: null },
  {
    name: "fencing-max-attempts",
    short: null,
    long: "How many times fencing can fail before it will no longer be immediately re-attempted on a target",
  },
  { name: "stonith-max-attempts", short: null, long: null },
  { name: "concurrent-fencing", short: null, long: "Allow performing fencing operations in parallel" },
  {
    name: "startup-fencing",
    short: "Whether to fence unseen nodes at start-up",
    long: 'Setting this to false may lead to a "split-brain" situation, potentially leading to data loss and/or service unavailability.',
  },
  {
    name: "priority-fencing-delay",
    short: "Apply fencing delay targeting the lost nodes with the highest total resource priority",
    long: "Apply specified delay for the fencings that are targeting the lost nodes with the highest total resource priority in case we don't have the majority of the nodes in our cluster partition, so that the more significant nodes potentially win any fencing match, which is especially meaningful under split-brain of 2-node cluster. A promoted resource instance takes the base priority + 1 on calculation if the base priority is not 0. Any static/random delays that are introduced by `pcmk_delay_base/max` configured for the corresponding fencing resources will be added to this delay. This delay should be significantly greater than, safely twice, the maximum `pcmk_delay_base/max`. By default, priority fencing delay is disabled.",
  },
  {
    name: "node-pending-timeout",
    short: "How long to wait for a node that has joined the cluster to join the controller process group",
    long: "Fence nodes that do not join the controller process group within this much time after joining the cluster, to allow the cluster to continue managing resources. A value of 0 means never fence pending nodes. Setting the value to 2h means fence nodes after 2 hours.",
  },
  {
    name: "cluster-delay",
    short: "Maximum time for node-to-node communication",
    long: 'The node elected Designated Controller (DC) will consider an action failed if it does not get a response from the node executing the action within this time (after considering the action\'s own timeout). The "correct" value will depend on the speed and load of your network and cluster nodes.',
  },
  {
    name: "load-threshold",
    short: "Maximum amount of system load that should be used by cluster nodes",
    long: "The cluster will slow down its recovery process when the amount of system resources used (currently CPU) approaches this limit",
  },
  {
    name: "node-action-limit",
    short: null,
    long: "Maximum number of jobs that can be scheduled per node (defaults to 2x cores)",
  },
  {
    name: "batch-limit",
    short: "Maximum number of jobs that the cluster may execute in parallel across all nodes",
    long: 'The "correct" value will depend on the speed and load of your network and cluster nodes. If set to 0, the cluster will impose a dynamically calculated limit when any node has a high load.',
  },
  {
    name: "migration-limit",
    short: null,
    long: "The number of live migration actions that the cluster is allowed to execute in parallel on a node (-1 means no limit)",
  },
  { name: "cluster-ipc-limit", short: null, long: "Ignored" },
  { name: "stop-all-resources", short: null, long: "Whether the cluster should stop all active resources" },
  {
    name: "stop-removed-resources",
    short: null,
    long: "Whether to stop resources that were removed from the configuration",
  },
  { name: "stop-orphan-resources", short: null, long: null },
  {
    name: "cancel-removed-actions",
    short: null,
    long: "Whether to cancel recurring actions removed from the configuration",
  },
  { name: "stop-orphan-actions", short: null, long: null },
  {
    name: "pe-error-series-max",
    short: "The number of scheduler inputs resulting in errors to save",
    long: "Zero to disable, -1 to store unlimited.",
  },
  {
    name: "pe-warn-series-max",
    short: "The number of scheduler inputs resulting in warnings to save",
    long: "Zero to disable, -1 to store unlimited.",
  },
  {
    name: "pe-input-series-max",
    short: "The number of scheduler inputs without errors or warnings to save",
    long: "Zero to disable, -1 to store unlimited.",
  },
  {
    name: "node-health-strategy",
    short: "How cluster should react to node health attributes",
    long: 'Requires external entities to create node attributes (named with the prefix "#health") with values "red", "yellow", or "green".',
  },
  {
    name: "node-health-base",
    short: "Base health score assigned to a node",
    long: 'Only used when "node-health-strategy" is set to "progressive".',
  },
  {
    name: "node-health-green",
    short: 'The score to use for a node health attribute whose value is "green"',
    long: 'Only used when "node-health-strategy" is set to "custom" or "progressive".',
  },
  {
    name: "node-health-yellow",
    short: 'The score to use for a node health attribute whose value is "yellow"',
    long: 'Only used when "node-health-strategy" is set to "custom" or "progressive".',
  },
  {
    name: "node-health-red",
    short: 'The score to use for a node health attribute whose value is "red"',
    long: 'Only used when "node-health-strategy" is set to "custom" or "progressive".',
  },
  { name: "placement-strategy", short: null, long: "How the cluster should allocate resources to nodes" },
];

/** Meta-attributes of primitives. */
export const PRIMITIVE_REFERENCE: readonly OptionReference[] = [
  {
    name: "priority",
    short: "Resource assignment priority",
    long: "If not all resources can be active, the cluster will stop lower-priority resources in order to keep higher-priority ones active.",
  },
  {
    name: "critical",
    short: "Default value for influence in colocation constraints",
    long: "Use this value as the default for influence in all colocation constraints involving this resource, as well as in the implicit colocation constraints created if this resource is in a group.",
  },
  {
    name: "target-role",
    short: "State the cluster should attempt to keep this resource in",
    long: '"Stopped" forces the resource to be stopped. "Started" allows the resource to be started (and in the case of promotable clone resources, promoted if appropriate). "Unpromoted" allows the resource to be started, but only in the unpromoted role if the resource is promotable. "Promoted" is equivalent to "Started".',
  },
  {
    name: "is-managed",
    short: "Whether the cluster is allowed to actively change the resource's state",
    long: "If false, the cluster will not start, stop, promote, or demote the resource on any node. Recurring actions for the resource are unaffected. If true, a true value for the maintenance-mode cluster option, the maintenance node attribute, or the maintenance resource meta-attribute overrides this.",
  },
  {
    name: "maintenance",
    short: "If true, the cluster will not schedule any actions involving the resource",
    long: 'If true, the cluster will not start, stop, promote, or demote the resource on any node, and will pause any recurring monitors (except those specifying role as "Stopped"). If false, a true value for the maintenance-mode cluster option or maintenance node attribute overrides this.',
  },
  {
    name: "resource-stickiness",
    short: "Score to add to the current node when a resource is already active",
    long: "Score to add to the current node when a resource is already active. This allows running resources to stay where they are, even if they would be placed elsewhere if they were being started from a stopped state. The default is 1 for individual clone instances, and 0 for all other resources.",
  },
  {
    name: "requires",
    short: "Conditions under which the resource can be started",
    long: 'Conditions under which the resource can be started. "nothing" means the cluster can always start this resource. "quorum" means the cluster can start this resource only if a majority of the configured nodes are active. "fencing" means the cluster can start this resource only if a majority of the configured nodes are active and any failed or unknown nodes have been fenced. "unfencing" means the cluster can start this resource only if a majority of the configured nodes are active and any failed or unknown nodes have been fenced, and only on nodes that have been unfenced. The default is "quorum" for resources with a class of stonith; otherwise, "unfencing" if unfencing is active in the cluster; otherwise, "fencing" if the fencing-enabled cluster option is true; otherwise, "quorum".',
  },
  {
    name: "migration-threshold",
    short: "Number of failures on a node before the resource becomes ineligible to run there.",
    long: 'Number of failures that may occur for this resource on a node, before that node is marked ineligible to host this resource. A value of 0 indicates that this feature is disabled (the node will never be marked ineligible). By contrast, the cluster treats "INFINITY" (the default) as a very large but finite number. This option has an effect only if the failed operation specifies its on-fail attribute as "restart" (the default), and additionally for failed start operations, if the start-failure-is-fatal cluster property is set to false.',
  },
  {
    name: "failure-timeout",
    short: "Number of seconds before acting as if a failure had not occurred",
    long: "Number of seconds after a failed action for this resource before acting as if the failure had not occurred, and potentially allowing the resource back to the node on which it failed. A value of 0 indicates that this feature is disabled.",
  },
  {
    name: "multiple-active",
    short: "What to do if the cluster finds the resource active on more than one node",
    long: 'What to do if the cluster finds the resource active on more than one node. "block" means to mark the resource as unmanaged. "stop_only" means to stop all active instances of this resource and leave them stopped. "stop_start" means to stop all active instances of this resource and start the resource in one location only. "stop_unexpected" means to stop all active instances of this resource except where the resource should be active. (This should be used only when extra instances are not expected to disrupt existing instances, and the resource agent\'s monitor of an existing instance is capable of detecting any problems that could be caused. Note that any resources ordered after this one will still need to be restarted.)',
  },
  {
    name: "allow-migrate",
    short: 'Whether the cluster should try to "live migrate" this resource when it needs to be moved',
    long: 'Whether the cluster should try to "live migrate" this resource when it needs to be moved. The default is true for ocf:pacemaker:remote resources, and false otherwise.',
  },
  {
    name: "allow-unhealthy-nodes",
    short: null,
    long: "Whether the resource should be allowed to run on a node even if the node's health score would otherwise prevent it",
  },
  {
    name: "container-attribute-target",
    short: "Where to check user-defined node attributes",
    long: 'Whether to check user-defined node attributes on the physical host where a container is running or on the local node. This is usually set for a bundle resource and inherited by the bundle\'s primitive resource. A value of "host" means to check user-defined node attributes on the underlying physical host. Any other value means to check user-defined node attributes on the local node (for a bundled primitive resource, this is the bundle node).',
  },
  {
    name: "remote-node",
    short: "Name of the Pacemaker Remote guest node this resource is associated with, if any",
    long: "Name of the Pacemaker Remote guest node this resource is associated with, if any. If specified, this both enables the resource as a guest node and defines the unique name used to identify the guest node. The guest must be configured to run the Pacemaker Remote daemon when it is started. WARNING: This value cannot overlap with any resource or node IDs.",
  },
  {
    name: "remote-addr",
    short:
      "If remote-node is specified, the IP address or hostname used to connect to the guest via Pacemaker Remote",
    long: "If remote-node is specified, the IP address or hostname used to connect to the guest via Pacemaker Remote. The Pacemaker Remote daemon on the guest must be configured to accept connections on this address. The default is the value of the remote-node meta-attribute.",
  },
  {
    name: "remote-port",
    short: "If remote-node is specified, port on the guest used for its Pacemaker Remote connection",
    long: "If remote-node is specified, the port on the guest used for its Pacemaker Remote connection. The Pacemaker Remote daemon on the guest must be configured to listen on this port.",
  },
  {
    name: "remote-connect-timeout",
    short: null,
    long: "If remote-node is specified, how long before a pending Pacemaker Remote guest connection times out.",
  },
  {
    name: "remote-allow-migrate",
    short: null,
    long: "If remote-node is specified, this acts as the allow-migrate meta-attribute for the implicit remote connection resource (ocf:pacemaker:remote).",
  },
];

/** Parameters of every fence device. */
export const FENCING_REFERENCE: readonly OptionReference[] = [
  {
    name: "pcmk_host_argument",
    short: "Name of agent parameter that should be set to the fencing target",
    long: 'If the fencing agent metadata advertises support for the "port" or "plug" parameter, that will be used as the default, otherwise "none" will be used, which tells the cluster not to supply any additional parameters.',
  },
  {
    name: "pcmk_host_map",
    short: "A mapping of node names to port numbers for devices that do not support node names.",
    long: 'For example, "node1:1;node2:2,3" would tell the cluster to use port 1 for node1 and ports 2 and 3 for node2.',
  },
  {
    name: "pcmk_host_list",
    short: "Nodes targeted by this device",
    long: 'Comma-separated list of nodes that can be targeted by this device (for example, "node1,node2,node3"). If pcmk_host_check is "static-list", either this or pcmk_host_map must be set.',
  },
  {
    name: "pcmk_host_check",
    short: "How to determine which nodes can be targeted by the device",
    long: 'Use "dynamic-list" to query the device via the \'list\' command; "static-list" to check the pcmk_host_list attribute; "status" to query the device via the \'status\' command; or "none" to assume every device can fence every node. The default value is "static-list" if pcmk_host_map or pcmk_host_list is set; otherwise "dynamic-list" if the device supports the list operation; otherwise "status" if the device supports the status operation; otherwise "none"',
  },
  {
    name: "pcmk_delay_max",
    short: "Enable a delay of no more than the time specified before executing fencing actions.",
    long: "Enable a delay of no more than the time specified before executing fencing actions. Pacemaker derives the overall delay by taking the value of pcmk_delay_base and adding a random delay value such that the sum is kept below this maximum.",
  },
  {
    name: "pcmk_delay_base",
    short: "Enable a base delay for fencing actions and specify base delay value.",
    long: 'This enables a static delay for fencing actions, which can help avoid "death matches" where two nodes try to fence each other at the same time. If pcmk_delay_max is also used, a random delay will be added such that the total delay is kept below that value. This can be set to a single time value to apply to any node targeted by this device (useful if a separate device is configured for each target), or to a node map (for example, "node1:1s;node2:5") to set a different value for each target.',
  },
  {
    name: "pcmk_action_limit",
    short: "The maximum number of actions can be performed in parallel on this device",
    long: 'If the concurrent-fencing cluster property is "true", this specifies the maximum number of actions that can be performed in parallel on this device. A value of -1 means unlimited.',
  },
  {
    name: "pcmk_reboot_action",
    short: "An alternate command to run instead of 'reboot'",
    long: "Some devices do not support the standard commands or may provide additional ones. Use this to specify an alternate, device-specific, command that implements the 'reboot' action.",
  },
  {
    name: "pcmk_reboot_timeout",
    short: "Specify an alternate timeout to use for 'reboot' actions instead of fencing-timeout",
    long: "Some devices need much more/less time to complete than normal. Use this to specify an alternate, device-specific, timeout for 'reboot' actions.",
  },
  {
    name: "pcmk_reboot_retries",
    short: "The maximum number of times to try the 'reboot' command within the timeout period",
    long: "Some devices do not support multiple connections. Operations may \"fail\" if the device is busy with another task. In that case, Pacemaker will automatically retry the operation if there is time remaining. Use this option to alter the number of times Pacemaker tries a 'reboot' action before giving up.",
  },
  {
    name: "pcmk_off_action",
    short: "An alternate command to run instead of 'off'",
    long: "Some devices do not support the standard commands or may provide additional ones. Use this to specify an alternate, device-specific, command that implements the 'off' action.",
  },
  {
    name: "pcmk_off_timeout",
    short: "Specify an alternate timeout to use for 'off' actions instead of fencing-timeout",
    long: "Some devices need much more/less time to complete than normal. Use this to specify an alternate, device-specific, timeout for 'off' actions.",
  },
  {
    name: "pcmk_off_retries",
    short: "The maximum number of times to try the 'off' command within the timeout period",
    long: "Some devices do not support multiple connections. Operations may \"fail\" if the device is busy with another task. In that case, Pacemaker will automatically retry the operation if there is time remaining. Use this option to alter the number of times Pacemaker tries a 'off' action before giving up.",
  },
  {
    name: "pcmk_on_action",
    short: "An alternate command to run instead of 'on'",
    long: "Some devices do not support the standard commands or may provide additional ones. Use this to specify an alternate, device-specific, command that implements the 'on' action.",
  },
  {
    name: "pcmk_on_timeout",
    short: "Specify an alternate timeout to use for 'on' actions instead of fencing-timeout",
    long: "Some devices need much more/less time to complete than normal. Use this to specify an alternate, device-specific, timeout for 'on' actions.",
  },
  {
    name: "pcmk_on_retries",
    short: "The maximum number of times to try the 'on' command within the timeout period",
    long: "Some devices do not support multiple connections. Operations may \"fail\" if the device is busy with another task. In that case, Pacemaker will automatically retry the operation if there is time remaining. Use this option to alter the number of times Pacemaker tries a 'on' action before giving up.",
  },
  {
    name: "pcmk_list_action",
    short: "An alternate command to run instead of 'list'",
    long: "Some devices do not support the standard commands or may provide additional ones. Use this to specify an alternate, device-specific, command that implements the 'list' action.",
  },
  {
    name: "pcmk_list_timeout",
    short: "Specify an alternate timeout to use for 'list' actions instead of fencing-timeout",
    long: "Some devices need much more/less time to complete than normal. Use this to specify an alternate, device-specific, timeout for 'list' actions.",
  },
  {
    name: "pcmk_list_retries",
    short: "The maximum number of times to try the 'list' command within the timeout period",
    long: "Some devices do not support multiple connections. Operations may \"fail\" if the device is busy with another task. In that case, Pacemaker will automatically retry the operation if there is time remaining. Use this option to alter the number of times Pacemaker tries a 'list' action before giving up.",
  },
  {
    name: "pcmk_monitor_action",
    short: "An alternate command to run instead of 'monitor'",
    long: "Some devices do not support the standard commands or may provide additional ones. Use this to specify an alternate, device-specific, command that implements the 'monitor' action.",
  },
  {
    name: "pcmk_monitor_timeout",
    short: "Specify an alternate timeout to use for 'monitor' actions instead of fencing-timeout",
    long: "Some devices need much more/less time to complete than normal. Use this to specify an alternate, device-specific, timeout for 'monitor' actions.",
  },
  {
    name: "pcmk_monitor_retries",
    short: "The maximum number of times to try the 'monitor' command within the timeout period",
    long: "Some devices do not support multiple connections. Operations may \"fail\" if the device is busy with another task. In that case, Pacemaker will automatically retry the operation if there is time remaining. Use this option to alter the number of times Pacemaker tries a 'monitor' action before giving up.",
  },
  {
    name: "pcmk_status_action",
    short: "An alternate command to run instead of 'status'",
    long: "Some devices do not support the standard commands or may provide additional ones. Use this to specify an alternate, device-specific, command that implements the 'status' action.",
  },
  {
    name: "pcmk_status_timeout",
    short: "Specify an alternate timeout to use for 'status' actions instead of fencing-timeout",
    long: "Some devices need much more/less time to complete than normal. Use this to specify an alternate, device-specific, timeout for 'status' actions.",
  },
  {
    name: "pcmk_status_retries",
    short: "The maximum number of times to try the 'status' command within the timeout period",
    long: "Some devices do not support multiple connections. Operations may \"fail\" if the device is busy with another task. In that case, Pacemaker will automatically retry the operation if there is time remaining. Use this option to alter the number of times Pacemaker tries a 'status' action before giving up.",
  },
];
