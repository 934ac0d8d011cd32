import type { ServiceDescription } from "@quorate/host";
import { SETTINGS } from "./configuration.ts";

export const QUORATED: ServiceDescription = {
  name: "quorated",
  summary: "the daemon of one node of a Quorate cluster",
  usage: "[--root DIR] [--remote]",
  options: [
    { name: "--root", metavar: "DIR", help: "everything on disk lies below DIR (default /)" },
    {
      name: "--remote",
      metavar: null,
      help: "serve a cluster on a host that is no member of it, as one of its remote nodes (pacemaker_remote)",
    },
    { name: "--check", metavar: null, help: "read the configuration, say what is wrong with it, and exit" },
    { name: "--version", metavar: null, help: "show the version and exit" },
    { name: "--help", metavar: null, help: "show this help and exit" },
  ],
  settingsFile: "/etc/quorate/quorated.conf",
  settings: SETTINGS,
  remark:
    "In the environment, /etc/default/pacemaker or /etc/sysconfig/pacemaker: PCMK_node_start_state, standby or online, puts the node into standby or takes it out when it joins. PCMK_node_action_limit: actions at once on this node, whatever node-action-limit says. PCMK_authkey_location: the key shared with remote nodes. In the environment: PCMK_panic_action, how the machine is reset that must be (reboot, crash, off).",
  signals:
    "SIGTERM and SIGINT leave the cluster in order; SIGPIPE writes the configuration to disk again, after a disk that was full or read-only has been mended.",
  exitStatus:
    "0 left the cluster in order; 1 error, start again; 64 wrong command line; 69 Corosync does not answer, start again; 70 defect, start again; 78 wrong configuration; 100 stay down until a person has looked; 101 this machine was to go down; 102 the cluster layer was lost, start again.",
};

/** Of `pacemaker-remoted`, which is `quorated --remote` for containers; its help and its manual page are made from it. */
export const PACEMAKER_REMOTED = {
  name: "pacemaker-remoted",
  summary: "serves a cluster on a remote host or in the container of a bundle",
  use: "It is quorated --remote, whose options it takes, under the name by which bundles call it, and fit to be the first process of a container. Settings are those of a remote node, in the environment: PCMK_remote_port, PCMK_remote_address, PCMK_authkey_location.",
  exitStatus: "That of quorated.",
} as const;
