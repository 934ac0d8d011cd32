import type { DaemonOptions } from "./daemon-metadata.ts";
import { CLUSTER_LISTING, FENCING_LISTING, type ListedOption } from "./listed-option.ts";

/** Cluster options that the CIB manager reads. */
const CIB_MANAGER: ReadonlySet<string> = new Set(["enable-acl", "cluster-ipc-limit"]);

/** Cluster options that the controller reads; the scheduler reads all others. */
const CONTROLLER: ReadonlySet<string> = new Set([
  "dc-version",
  "cluster-infrastructure",
  "cluster-name",
  "dc-deadtime",
  "cluster-recheck-interval",
  "election-timeout",
  "shutdown-escalation",
  "join-integration-timeout",
  "join-finalization-timeout",
  "transition-delay",
  "fencing-reaction",
  "fence-reaction",
  "fencing-watchdog-timeout",
  "stonith-watchdog-timeout",
  "fencing-max-attempts",
  "stonith-max-attempts",
  "load-threshold",
  "node-action-limit",
]);

function clusterOptions(isMeant: (option: ListedOption) => boolean): ListedOption[] {
  return CLUSTER_LISTING.options.filter(isMeant);
}

export const BASED: DaemonOptions = {
  name: "pacemaker-based",
  title: "Cluster Information Base manager options",
  description: "Cluster options used by Pacemaker's Cluster Information Base manager",
  options: clusterOptions(({ name }) => CIB_MANAGER.has(name)),
};

export const CONTROLD: DaemonOptions = {
  name: "pacemaker-controld",
  title: "Pacemaker controller options",
  description: "Cluster options used by Pacemaker's controller",
  options: clusterOptions(({ name }) => CONTROLLER.has(name)),
};

export const SCHEDULERD: DaemonOptions = {
  name: "pacemaker-schedulerd",
  title: "Pacemaker scheduler options",
  description: "Cluster options used by Pacemaker's scheduler",
  options: clusterOptions(({ name }) => !CONTROLLER.has(name) && !CIB_MANAGER.has(name)),
};

export const FENCED: DaemonOptions = {
  name: "pacemaker-fenced",
  title: 'Instance attributes available for all "stonith"-class resources',
  description:
    'Instance attributes available for all "stonith"-class resources and used by Pacemaker\'s fence daemon',
  options: FENCING_LISTING.options,
};

export const ATTRD: DaemonOptions = {
  name: "pacemaker-attrd",
  title: "Pacemaker attribute manager options",
  description: "Cluster options used by Pacemaker's attribute manager",
  options: [],
};

export const EXECD: DaemonOptions = {
  name: "pacemaker-execd",
  title: "Pacemaker executor options",
  description: "Cluster options used by Pacemaker's executor",
  options: [],
};
