import type { QuorumStatus } from "@quorate/ports";
import { classicLocalTime } from "../input/local-time.ts";

/** What the classic layouts show. */
export interface QuorumView {
  readonly status: QuorumStatus;
  readonly localNodeId: number;
  readonly nowMs: number;
}

interface LayoutOptions {
  /** A column for the quorum device, as `corosync-quorumtool -p` has always. */
  readonly showsDevice: boolean;
}

/** The layout of `corosync-quorumtool -s`. Source: votequorum specification, 7.1. */
export function quorumStatusText(view: QuorumView, options: LayoutOptions): string {
  const { status, localNodeId, nowMs } = view;
  const { ring } = status;
  return [
    ...title("Quorum information"),
    field("Date:", classicLocalTime(new Date(nowMs))),
    field("Quorum provider:", "corosync_votequorum"),
    field("Nodes:", String(status.members.length)),
    field("Node ID:", String(localNodeId)),
    field("Ring ID:", `${ring.representative.toString(16)}.${ring.sequence.toString(16)}`),
    field("Quorate:", status.isQuorate ? "Yes" : "No"),
    "",
    ...title("Votequorum information"),
    field("Expected votes:", String(status.expectedVotes)),
    field("Highest expected:", String(status.highestExpected)),
    field("Total votes:", String(status.totalVotes)),
    field("Quorum:", `${status.quorum} ${status.isQuorate ? " " : "Activity blocked"}`),
    field("Flags:", status.flags.map((flag) => `${flag} `).join("")),
    "",
    ...membershipLines(view, options),
    "",
  ].join("\n");
}

/** The layout of `corosync-quorumtool -l`. */
export function membershipText(view: QuorumView): string {
  return ["", ...membershipLines(view, { showsDevice: false }), ""].join("\n");
}

function membershipLines({ status, localNodeId }: QuorumView, { showsDevice }: LayoutOptions): string[] {
  const row = (id: string, votes: string, device: string, name: string) =>
    `${id.padStart(10)} ${votes.padStart(10)} ${showsDevice ? `${device.padStart(10)} ` : ""}${name}`;
  return [
    ...title("Membership information"),
    row("Nodeid", "Votes", "Qdevice", "Name"),
    ...[...status.members]
      .sort((left, right) => left.nodeId - right.nodeId)
      .map(({ nodeId, votes, name }) =>
        row(String(nodeId), String(votes), "NR", nodeId === localNodeId ? `${name} (local)` : name),
      ),
  ];
}

function title(text: string): string[] {
  return [text, "-".repeat(text.length)];
}

function field(label: string, value: string): string {
  return `${label.padEnd(18)}${value}`;
}
