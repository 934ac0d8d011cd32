import type { OptionName } from "./options.ts";

export interface OptionHelp {
  /** Stands for the value, `[...]` when it may be left out; null for an option without one. */
  readonly metavar: string | null;
  /** One sentence without a full stop. */
  readonly help: string;
}

/** What each option of `pcs` means, for help, manual and completions. */
export const OPTION_HELP: Readonly<Record<OptionName, OptionHelp>> = {
  "--after": { metavar: "ID", help: "Put it behind this one" },
  "--agent-validation": { metavar: null, help: "Let the agent judge its parameters, too" },
  "--all": { metavar: null, help: "All of them: every property, or every node" },
  "--authkey": { metavar: "FILE", help: "Write the key that the nodes share to FILE, too" },
  "--autodelete": { metavar: null, help: "Delete what the removal leaves empty, too; needless when moving" },
  "--before": { metavar: "ID", help: "Put it before this one" },
  "--brief": { metavar: null, help: "Tell in a few words" },
  "--config": { metavar: null, help: "The configuration only, without the state of the cluster" },
  "--corosync_conf": { metavar: "FILE", help: "Work on this corosync.conf instead of the cluster's" },
  "--defaults": { metavar: null, help: "The defaults only" },
  "--disabled": { metavar: null, help: "Create it, but do not start it" },
  "--enable": { metavar: null, help: "Start the cluster at each boot of these nodes, too" },
  "--expired": { metavar: null, help: "Only what a rule has made ineffective by now" },
  "--force": {
    metavar: null,
    help: "Carry out what is refused as dangerous or wrong, where that is possible",
  },
  "--from": { metavar: "TIME", help: 'When it began, as "2026-11-28 13:05:00" (default: 24 hours ago)' },
  "--full": { metavar: null, help: "Tell everything" },
  "--group": { metavar: "ID", help: "Put the resource into this group" },
  "--help": { metavar: null, help: "Show help for the command before it" },
  "--hide-inactive": { metavar: null, help: "Leave out what does not run" },
  "--local": { metavar: null, help: "On this node alone" },
  "--master": { metavar: null, help: "The old word for --promoted" },
  "--monitor": { metavar: null, help: "Switch the recurring monitors, too" },
  "--name": { metavar: "NAME", help: "The attribute of this name only" },
  "--no-cluster-uuid": { metavar: null, help: "Give the cluster no identity of its own" },
  "--no-default-ops": { metavar: null, help: "Create only the operations that are named" },
  "--no-expire-check": { metavar: null, help: "Do not tell which rules have expired" },
  "--no-keys-sync": { metavar: null, help: "Leave the keys that are there; bring your own to all nodes" },
  "--no-strict": { metavar: null, help: "Other resources may be restarted, but not stopped for good" },
  "--no-watchdog-validation": { metavar: null, help: "Do not look for the watchdogs on the nodes" },
  "--nodesc": { metavar: null, help: "Names only, without what the agents say of themselves" },
  "--off": { metavar: null, help: "Switch the node off instead of restarting it" },
  "--output-format": { metavar: "text|cmd|json", help: "Form of the result" },
  "--overwrite": { metavar: null, help: "Replace a file that is there" },
  "--plan": {
    metavar: null,
    help: "Tell what the cluster would start, stop, move, promote and fence, and change nothing",
  },
  "--plan-json": { metavar: null, help: "As --plan, as JSON" },
  "--promoted": { metavar: null, help: "Only where the resource is promoted, or in that role" },
  "--request-timeout": { metavar: "SECONDS", help: "Give up on a host after so long" },
  "--safe": { metavar: null, help: "Refuse when another resource would be affected" },
  "--simulate": { metavar: null, help: "Tell what would happen, and do nothing" },
  "--skip-offline": { metavar: null, help: "Go on without the hosts that do not answer" },
  "--start": { metavar: null, help: "Start the cluster on these nodes, too" },
  "--strict": {
    metavar: null,
    help: "Exactly this one, not what it is part of or belongs to it; when moving: not if others would have to stop or move",
  },
  "--to": { metavar: "TIME", help: "When it was over (default: now)" },
  "--version": { metavar: null, help: "Print the version of pcs that this is compatible with" },
  "--wait": { metavar: "[SECONDS]", help: "Wait until the cluster has done it" },
  "-p": { metavar: "PASSWORD", help: "The password; better not given, then it is asked for" },
  "-u": { metavar: "USER", help: "The user to log in as: hacluster" },
  "-f": { metavar: "FILE", help: "Work on the CIB in FILE instead of the cluster's" },
};
