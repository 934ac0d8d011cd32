import { type CorosyncConf, setEverywhere, viewCorosyncConf } from "@quorate/corosync-conf";
import type { KnownHost } from "@quorate/management";
import { refuseRunning } from "../../corosync/distribute.ts";
import { keepTwoNode } from "../../corosync/two-node.ts";
import type { PcsCall } from "../../framework/command.ts";
import type { Hosts } from "../../hosts/hosts.ts";

/** Two halves of a cluster without devices would both reset themselves. */
export function needsTieBreaker(document: CorosyncConf): boolean {
  const { nodes, quorum } = viewCorosyncConf(document);
  return nodes.length % 2 === 0 && quorum.device === null && quorum.options.get("auto_tie_breaker") !== "1";
}

/** Changes the document, which the caller distributes. @throws PcsError where Corosync runs */
export async function breakTies(
  call: PcsCall,
  hosts: Hosts,
  targets: readonly KnownHost[],
  document: CorosyncConf,
): Promise<void> {
  call.reports.warn(
    "auto_tie_breaker quorum option will be enabled to make SBD fencing effective. Cluster has to be offline to be able to make this change.",
  );
  await refuseRunning(call, hosts, targets);
  setEverywhere(document, "quorum", "auto_tie_breaker", "1");
  keepTwoNode(document);
}
