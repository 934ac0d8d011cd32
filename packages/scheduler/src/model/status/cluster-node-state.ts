import { INFINITY, isTrue, parseInteger } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { requestFencing } from "../../actions/fencing.ts";
import type { Cluster } from "../cluster.ts";
import { type ClusterNode, hasNodeFlags, NodeFlag } from "../node.ts";
import { readNodeAttributes } from "../nodes/read-attributes.ts";
import type { FixedReason } from "../reason.ts";
import { offerRecheck } from "../recheck.ts";
import type { Unpacking } from "../unpacking.ts";
import { isText } from "../xml-attribute.ts";
import { type Membership, readMembership } from "./membership.ts";

/** Judges a cluster node by its state entry. Source: part 1, 10.1 rule 3. */
export function unpackClusterNodeState(unpacking: Unpacking, node: ClusterNode, state: XmlElement): void {
  const { cluster } = unpacking;
  const transient = state.first("transient_attributes");
  if (transient !== null) readNodeAttributes(unpacking, node, transient, { isTransient: true });
  if (isTrue(node.attributes.get("standby") ?? null)) node.flags |= NodeFlag.Standby;
  if (isTrue(node.attributes.get("maintenance") ?? null)) node.flags |= NodeFlag.Maintenance;
  node.flags &= ~NodeFlag.Unclean;
  node.flags |= NodeFlag.Seen;

  const membership = readMembership(state, cluster.nowS);
  if (wantsShutdown(node)) node.flags |= NodeFlag.Shutdown;
  else if (isText(membership.expected, "member")) node.flags |= NodeFlag.ExpectedUp;
  if (cluster.options.isFencingEnabled) judgeWithFencing(cluster, node, membership);
  else judgeWithoutFencing(cluster, node, membership);

  if (!hasNodeFlags(node, NodeFlag.Online) || hasNodeFlags(node, NodeFlag.Shutdown))
    node.baseScore = -INFINITY;
  if (
    !cluster.hasQuorum &&
    cluster.options.noQuorumPolicy === "fence" &&
    hasNodeFlags(node, NodeFlag.Online)
  ) {
    requestFencing(cluster, node, { kind: "cluster does not have quorum" });
  }
}

/** Source: part 1, 10.2. */
export function wantsShutdown(node: ClusterNode): boolean {
  const shutdown = node.attributes.get("shutdown");
  return shutdown !== undefined && shutdown !== "" && shutdown !== "0";
}

function setOnline(node: ClusterNode, isOnline: boolean): void {
  if (isOnline) node.flags |= NodeFlag.Online;
  else node.flags &= ~NodeFlag.Online;
}

/** Source: part 1, 10.4. */
function judgeWithoutFencing(cluster: Cluster, node: ClusterNode, membership: Membership): void {
  if (membership.memberS <= 0) {
    setOnline(node, false);
    return;
  }
  if (membership.onlineS > 0) {
    setOnline(node, isText(membership.join, "member"));
    return;
  }
  setOnline(node, false);
  if (hasNodeFlags(node, NodeFlag.ExpectedUp)) {
    requestFencing(cluster, node, { kind: "peer is unexpectedly down" });
  }
}

/** Source: part 1, 10.5. */
function judgeWithFencing(cluster: Cluster, node: ClusterNode, membership: Membership): void {
  if (hasNodeFlags(node, NodeFlag.Shutdown)) {
    setOnline(node, membership.onlineS > 0);
    return;
  }
  if (membership.memberS < 0) {
    setOnline(node, false);
    requestFencing(cluster, node, { kind: "peer has not been seen by the cluster" });
    return;
  }
  const verdict = verdictOf(cluster, node, membership);
  if (verdict === "fenced as requested") {
    setOnline(node, false);
    return;
  }
  setOnline(node, membership.memberS > 0);
  switch (verdict) {
    case "fine":
      return;
    case "pending":
      node.flags |= NodeFlag.Standby | NodeFlag.Pending;
      return;
    default:
      requestFencing(
        cluster,
        node,
        { kind: verdict },
        { withPriorityDelay: verdict === "peer is no longer part of the cluster" },
      );
  }
}

type Verdict = "fine" | "pending" | "fenced as requested" | FixedReason;

/** Rows 3 to 13 of the table of 10.5; the first that matches decides. */
function verdictOf(cluster: Cluster, node: ClusterNode, membership: Membership): Verdict {
  const { memberS, onlineS, join, expected } = membership;
  if (join === "banned") return "peer failed Pacemaker membership criteria";
  if (isTerminationRequested(node)) {
    return memberS <= 0 && onlineS <= 0 && join === "down" ? "fenced as requested" : "fencing was requested";
  }
  if (expected === null || expected === "down") {
    if (isPendingTooLong(cluster, membership)) return "peer pending timed out on joining the process group";
    return memberS > 0 || onlineS > 0 ? "pending" : "fine";
  }
  if (memberS <= 0) return "peer is no longer part of the cluster";
  if (onlineS <= 0) return "peer process is no longer available";
  if (join === "member") return "fine";
  return join === "pending" || join === "down" ? "pending" : "peer was in an unknown state";
}

function isTerminationRequested(node: ClusterNode): boolean {
  const terminate = node.attributes.get("terminate") ?? null;
  if (terminate === null) return false;
  return isTrue(terminate) || (parseInteger(terminate) ?? 0) > 0;
}

function isPendingTooLong(cluster: Cluster, membership: Membership): boolean {
  const timeoutS = Math.floor(cluster.options.nodePendingTimeoutMs / 1000);
  if (cluster.options.nodePendingTimeoutMs <= 0 || membership.memberS <= 0 || membership.onlineS > 0)
    return false;
  const deadlineS = membership.memberS + timeoutS;
  if (cluster.nowS >= deadlineS) return true;
  offerRecheck(cluster, deadlineS);
  return false;
}
