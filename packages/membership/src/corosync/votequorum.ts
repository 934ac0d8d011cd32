import type { EngineResult, NodeId } from "@quorate/ports";
import { assertOk, callAsync, RequestError } from "./calls.ts";
import { Result, TRACK_CHANGES, VOTEQUORUM_FLAGS, VOTEQUORUM_STATE_MEMBER } from "./codes.ts";
import { Connection } from "./connection.ts";
import type { CallbackPointer, Handle, Native } from "./native.ts";

/** What votequorum knows of one node. */
export interface NodeVotes {
  readonly isMember: boolean;
  readonly votes: number;
  readonly expectedVotes: number;
  readonly highestExpected: number;
  readonly totalVotes: number;
  readonly quorum: number;
  readonly flags: readonly string[];
}

const INFO_BYTES = 292;

interface Callbacks {
  readonly quorum: CallbackPointer;
  readonly expected: CallbackPointer;
  readonly nodelist: CallbackPointer;
}

const changed = new Map<bigint, () => void>();
const callbacksOf = new WeakMap<Native, Callbacks>();

/** Votes, as Corosync's libvotequorum tells them. */
export class VotequorumService {
  readonly connection: Connection;
  readonly #native: Native;
  /** Votes or expected votes changed since it was set to false. */
  hasChanged = true;

  private constructor(native: Native, handle: Handle) {
    this.#native = native;
    const { votequorum_finalize, votequorum_fd_get, votequorum_dispatch } = native.votequorum;
    this.connection = new Connection(
      handle,
      { finalize: votequorum_finalize, descriptor: votequorum_fd_get, dispatch: votequorum_dispatch },
      native.poll,
    );
    changed.set(BigInt(handle), () => {
      this.hasChanged = true;
    });
  }

  /** @throws RequestError */
  static async open(native: Native): Promise<VotequorumService> {
    const { votequorum } = native;
    const handle: Handle[] = [0];
    assertOk(
      "reach the vote quorum service",
      await callAsync(votequorum.votequorum_initialize, handle, callbacks(native)),
    );
    const service = new VotequorumService(native, handle[0]!);
    const result = await callAsync(votequorum.votequorum_trackstart, handle[0], 0, TRACK_CHANGES);
    if (result !== Result.ok) service.close();
    assertOk("follow the votes", result);
    return service;
  }

  /** Null for a node that votequorum never heard of. @throws RequestError */
  async votesOf(nodeId: NodeId): Promise<NodeVotes | null> {
    const info = Buffer.alloc(INFO_BYTES);
    const { handle } = this.connection;
    const result = await callAsync(this.#native.votequorum.votequorum_getinfo, handle, nodeId, info);
    if (result === Result.notExist) return null;
    if (result !== Result.ok) throw new RequestError(`read the votes of node ${nodeId}`, result);
    const flags = info.readUInt32LE(28);
    return {
      isMember: info.readUInt32LE(4) === VOTEQUORUM_STATE_MEMBER,
      votes: info.readUInt32LE(8),
      expectedVotes: info.readUInt32LE(12),
      highestExpected: info.readUInt32LE(16),
      totalVotes: info.readUInt32LE(20),
      quorum: info.readUInt32LE(24),
      flags: VOTEQUORUM_FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name),
    };
  }

  setExpected(votes: number): EngineResult {
    const result = this.#native.votequorum.votequorum_setexpected(this.connection.handle, votes);
    switch (result) {
      case Result.ok:
        return "ok";
      case Result.tryAgain:
        return "tryAgain";
      case Result.invalid:
        return "invalid";
      default:
        return "lost";
    }
  }

  close(): void {
    changed.delete(BigInt(this.connection.handle));
    this.connection.close();
  }
}

function callbacks(native: Native): Callbacks {
  const known = callbacksOf.get(native);
  if (known !== undefined) return known;
  const note = (handle: Handle): void => changed.get(BigInt(handle))?.();
  const made: Callbacks = {
    quorum: native.callback("vq_quorum_fn", note),
    expected: native.callback("vq_expected_fn", note),
    nodelist: native.callback("vq_nodelist_fn", note),
  };
  callbacksOf.set(native, made);
  return made;
}
