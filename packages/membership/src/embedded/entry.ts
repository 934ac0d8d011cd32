import type { NodeId, ProcessId } from "@quorate/ports";
import type { Reconfiguration } from "../votequorum/votequorum.ts";

/** What a node puts into the order of its ring. */
export type EntryContent =
  | {
      readonly kind: "message";
      readonly group: string;
      readonly process: ProcessId;
      readonly message: Uint8Array;
    }
  | { readonly kind: "join" | "leave" | "gone"; readonly group: string; readonly process: ProcessId }
  | { readonly kind: "reconfiguration"; readonly change: Reconfiguration };

export interface Entry {
  readonly sender: NodeId;
  readonly content: EntryContent;
}

export function sizeOf(entry: Entry): number {
  return entry.content.kind === "message" ? entry.content.message.length : 0;
}

export function isSameProcess(a: ProcessId, b: ProcessId): boolean {
  return a.nodeId === b.nodeId && a.pid === b.pid;
}

export function compareProcesses(a: ProcessId, b: ProcessId): number {
  return a.nodeId - b.nodeId || a.pid - b.pid;
}
