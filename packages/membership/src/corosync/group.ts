import type { Arrival, Departure, EngineResult, NodeId, ProcessId } from "@quorate/ports";
import { assertOk, callAsync } from "./calls.ts";
import {
  CPG_DELIVER_INITIAL_RING,
  CPG_MODEL_V1,
  CpgReason,
  describeResult,
  GROUP_NAME_BYTES,
  GUARANTEE_AGREED,
  Result,
} from "./codes.ts";
import { Connection } from "./connection.ts";
import type { GroupEvent } from "./event-order.ts";
import type { CallbackPointer, Handle, Native } from "./native.ts";

/** Largest message that travels as one request. Source: Corosync interface facts, 3.1. */
export const REQUEST_BYTES_MAX = 1_047_552;

const ADDRESS_BYTES = 12;

interface RingStruct {
  readonly nodeid: number;
  readonly seq: number | bigint;
}

interface Callbacks {
  readonly deliver: CallbackPointer;
  readonly confchg: CallbackPointer;
  readonly totem: CallbackPointer;
}

/** Where callbacks put their events, by handle: functions given to a library stay for the life of the process. */
const inboxes = new Map<bigint, GroupEvent[]>();
const callbacksOf = new WeakMap<Native, Callbacks>();

/** A process group as Corosync's libcpg offers it: ordered messages, who is in the group, which ring. */
export class Group {
  readonly localNodeId: NodeId;
  readonly connection: Connection;
  /** What was fetched, in order; who takes it shifts it out. */
  readonly inbox: GroupEvent[] = [];
  readonly #native: Native;
  #name: { length: number; value: Uint8Array } | null = null;

  private constructor(native: Native, handle: Handle, localNodeId: NodeId) {
    this.#native = native;
    this.localNodeId = localNodeId;
    const { cpg_finalize, cpg_fd_get, cpg_dispatch } = native.cpg;
    this.connection = new Connection(
      handle,
      { finalize: cpg_finalize, descriptor: cpg_fd_get, dispatch: cpg_dispatch },
      native.poll,
    );
    inboxes.set(BigInt(handle), this.inbox);
  }

  /** @throws RequestError */
  static async open(native: Native): Promise<Group> {
    const { cpg } = native;
    const handle: Handle[] = [0];
    const model = { model: CPG_MODEL_V1, ...callbacks(native), flags: CPG_DELIVER_INITIAL_RING };
    assertOk(
      "reach the process group service",
      await callAsync(cpg.cpg_model_initialize, handle, CPG_MODEL_V1, model, null),
    );
    const nodeId = [0];
    const result = await callAsync(cpg.cpg_local_get, handle[0], nodeId);
    const group = new Group(native, handle[0]!, nodeId[0]!);
    if (result !== Result.ok) group.close();
    assertOk("learn the local node id", result);
    return group;
  }

  join(name: string): EngineResult {
    const bytes = Buffer.from(name, "utf8");
    if (bytes.length === 0 || bytes.length > GROUP_NAME_BYTES) return "invalid";
    const value = new Uint8Array(GROUP_NAME_BYTES);
    value.set(bytes);
    const group = { length: bytes.length, value };
    const result = toEngineResult(this.#native.cpg.cpg_join(this.connection.handle, group));
    if (result === "ok") this.#name = group;
    return result;
  }

  leave(): EngineResult {
    return toEngineResult(this.#native.cpg.cpg_leave(this.connection.handle, this.#name));
  }

  /** A one-way request: never waits. */
  multicast(bytes: Uint8Array): EngineResult {
    const vector = { iov_base: bytes, iov_len: bytes.length };
    return toEngineResult(
      this.#native.cpg.cpg_mcast_joined(this.connection.handle, GUARANTEE_AGREED, vector, 1),
    );
  }

  close(): void {
    inboxes.delete(BigInt(this.connection.handle));
    this.connection.close();
  }
}

function toEngineResult(result: number): EngineResult {
  switch (result) {
    case Result.ok:
      return "ok";
    case Result.tryAgain:
    case Result.busy:
      return "tryAgain";
    case Result.notExist:
      return "notJoined";
    case Result.exist:
      return "alreadyJoined";
    case Result.tooBig:
      return "tooBig";
    case Result.library:
    case Result.badHandle:
      return "lost";
    default:
      throw new Error(`Corosync refused a request: ${describeResult(result)}`);
  }
}

/**
 * No exception may leave a callback, or Corosync's library would deliver the same event for ever, and what a pointer points to is gone
 * after it: they copy and no more. Source: Corosync interface facts, 5.
 */
function callbacks(native: Native): Callbacks {
  const known = callbacksOf.get(native);
  if (known !== undefined) return known;
  const made: Callbacks = {
    deliver: native.callback(
      "cpg_deliver_fn",
      (handle: Handle, _group: unknown, nodeId: number, pid: number, message: unknown, size: Handle) => {
        inboxes.get(BigInt(handle))?.push({
          kind: "delivered",
          from: { nodeId, pid },
          message: native.copy(message, Number(size)),
        });
      },
    ),
    confchg: native.callback(
      "cpg_confchg_fn",
      (
        handle: Handle,
        _group: unknown,
        members: unknown,
        memberCount: Handle,
        left: unknown,
        leftCount: Handle,
        joined: unknown,
        joinedCount: Handle,
      ) => {
        inboxes.get(BigInt(handle))?.push({
          kind: "configuration",
          change: {
            members: readAddresses(native, members, memberCount, (process) => process),
            left: readAddresses(native, left, leftCount, toDeparture),
            joined: readAddresses(native, joined, joinedCount, toArrival),
          },
        });
      },
    ),
    totem: native.callback(
      "cpg_totem_fn",
      (handle: Handle, ring: RingStruct, nodeCount: number, nodes: unknown) => {
        inboxes.get(BigInt(handle))?.push({
          kind: "ring",
          ring: { representative: ring.nodeid, sequence: Number(ring.seq) },
          nodes: readNodeIds(native, nodes, nodeCount),
        });
      },
    ),
  };
  callbacksOf.set(native, made);
  return made;
}

/** Ascending. */
export function readNodeIds(native: Native, pointer: unknown, count: number): NodeId[] {
  const bytes = native.copy(pointer, count * 4);
  return Array.from({ length: count }, (_, index) => bytes.readUInt32LE(index * 4)).sort((a, b) => a - b);
}

function readAddresses<T extends ProcessId>(
  native: Native,
  pointer: unknown,
  count: Handle,
  make: (process: ProcessId, reason: number) => T,
): T[] {
  const bytes = native.copy(pointer, Number(count) * ADDRESS_BYTES);
  return Array.from({ length: Number(count) }, (_, index) => {
    const at = index * ADDRESS_BYTES;
    const process = { nodeId: bytes.readUInt32LE(at), pid: bytes.readUInt32LE(at + 4) };
    return make(process, bytes.readUInt32LE(at + 8));
  }).sort((a, b) => a.nodeId - b.nodeId || a.pid - b.pid);
}

function toDeparture(process: ProcessId, reason: number): Departure {
  switch (reason) {
    case CpgReason.leave:
      return { ...process, reason: "leave" };
    case CpgReason.nodeDown:
      return { ...process, reason: "nodeDown" };
    default:
      return { ...process, reason: "processDown" };
  }
}

function toArrival(process: ProcessId, reason: number): Arrival {
  return { ...process, reason: reason === CpgReason.nodeUp ? "nodeUp" : "join" };
}
