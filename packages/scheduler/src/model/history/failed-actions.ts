import type { HistoryEntry } from "../history-entry.ts";
import { hasNodeFlags, NodeFlag } from "../node.ts";
import type { HistoryReading } from "./reading.ts";

/** Puts an entry in the list of failed actions, once for a node and history key. Source: part 1, 12.9. */
export function recordFailure(reading: HistoryReading, entry: HistoryEntry): void {
  const { node, resource, unpacking } = reading;
  if (!hasNodeFlags(node, NodeFlag.Online)) return;
  const key = `${node.index} ${entry.key}`;
  if (unpacking.recordedFailures.has(key)) return;
  unpacking.recordedFailures.add(key);
  unpacking.cluster.failedActions.push({ entry, node, resource });
}
