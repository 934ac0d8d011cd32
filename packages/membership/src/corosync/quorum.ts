import type { QuorumUpdate } from "@quorate/ports";
import { assertOk, callAsync } from "./calls.ts";
import { QUORUM_MODEL_V1, Result, TRACK_CHANGES } from "./codes.ts";
import { Connection } from "./connection.ts";
import { readNodeIds } from "./group.ts";
import type { CallbackPointer, Handle, Native } from "./native.ts";

interface Callbacks {
  readonly quorum: CallbackPointer;
  readonly nodelist: CallbackPointer;
}

const inboxes = new Map<bigint, QuorumUpdate[]>();
const callbacksOf = new WeakMap<Native, Callbacks>();

/** Whether the ring of this node is quorate, as Corosync's libquorum tells it: the present state first, then each change. */
export class QuorumService {
  readonly connection: Connection;
  readonly inbox: QuorumUpdate[] = [];

  private constructor(native: Native, handle: Handle) {
    const { quorum_finalize, quorum_fd_get, quorum_dispatch } = native.quorum;
    this.connection = new Connection(
      handle,
      { finalize: quorum_finalize, descriptor: quorum_fd_get, dispatch: quorum_dispatch },
      native.poll,
    );
    inboxes.set(BigInt(handle), this.inbox);
  }

  /** @throws RequestError */
  static async open(native: Native): Promise<QuorumService> {
    const { quorum } = native;
    const handle: Handle[] = [0];
    const model = { model: QUORUM_MODEL_V1, ...callbacks(native) };
    assertOk(
      "reach the quorum service",
      await callAsync(quorum.quorum_model_initialize, handle, QUORUM_MODEL_V1, model, [0], null),
    );
    const service = new QuorumService(native, handle[0]!);
    const result = await callAsync(quorum.quorum_trackstart, handle[0], TRACK_CHANGES);
    if (result !== Result.ok) service.close();
    assertOk("follow quorum", result);
    return service;
  }

  close(): void {
    inboxes.delete(BigInt(this.connection.handle));
    this.connection.close();
  }
}

function callbacks(native: Native): Callbacks {
  const known = callbacksOf.get(native);
  if (known !== undefined) return known;
  const made: Callbacks = {
    quorum: native.callback(
      "q_quorum_fn",
      (
        handle: Handle,
        isQuorate: number,
        ring: { nodeid: number; seq: Handle },
        count: number,
        nodes: unknown,
      ) => {
        inboxes.get(BigInt(handle))?.push({
          isQuorate: isQuorate !== 0,
          ring: { representative: ring.nodeid, sequence: Number(ring.seq) },
          nodes: readNodeIds(native, nodes, count),
        });
      },
    ),
    // The same nodes come with the decision.
    nodelist: native.callback("q_nodelist_fn", () => {}),
  };
  callbacksOf.set(native, made);
  return made;
}
