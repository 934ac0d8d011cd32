import type { NodeId, NodeLinks } from "@quorate/ports";
import { assertOk, callAsync } from "./calls.ts";
import { CfgReply, CfgShutdown, Result } from "./codes.ts";
import { Connection } from "./connection.ts";
import type { CallbackPointer, Handle, Native } from "./native.ts";

const STATUS_VERSION = 1;
const STATUS_BYTES = 4176;
const LINKS_MAX = 8;
const LINK_BYTES = 520;
const LINKS_AT = 16;

/** Requests to stop that were fetched and not answered, by handle. */
const requests = new Map<bigint, number[]>();
const callbacksOf = new WeakMap<Native, { readonly shutdown: CallbackPointer }>();

/** What Corosync's libcfg offers: a vote on stopping Corosync, stopping it, and the state of the links. */
export class ConfigurationService {
  readonly connection: Connection;
  readonly #native: Native;
  readonly #requests: number[] = [];

  private constructor(native: Native, handle: Handle) {
    this.#native = native;
    const { corosync_cfg_finalize, corosync_cfg_fd_get, corosync_cfg_dispatch } = native.cfg;
    this.connection = new Connection(
      handle,
      { finalize: corosync_cfg_finalize, descriptor: corosync_cfg_fd_get, dispatch: corosync_cfg_dispatch },
      native.poll,
    );
    requests.set(BigInt(handle), this.#requests);
  }

  /** Becomes one of those that are asked before Corosync stops. @throws RequestError */
  static async open(native: Native): Promise<ConfigurationService> {
    const handle: Handle[] = [0];
    assertOk(
      "reach the configuration service",
      await callAsync(native.cfg.corosync_cfg_initialize, handle, callbacks(native)),
    );
    const service = new ConfigurationService(native, handle[0]!);
    const result = await callAsync(native.cfg.corosync_cfg_trackstart, handle[0], 0);
    if (result !== Result.ok) service.close();
    assertOk("take part in the decision to stop Corosync", result);
    return service;
  }

  /**
   * Refuses what was asked politely; returns whether there was such a request. What comes regardless of the answer is not answered:
   * Corosync goes, and the loss of the connection tells it.
   */
  refuseShutdown(): boolean {
    const polite = this.#requests.splice(0).filter((flags) => flags === CfgShutdown.request);
    for (const _ of polite)
      void callAsync(this.#native.cfg.corosync_cfg_replyto_shutdown, this.connection.handle, CfgReply.no);
    return polite.length > 0;
  }

  /** Stops Corosync on this node, whoever objects. @throws RequestError */
  async stopCorosync(): Promise<void> {
    const { handle } = this.connection;
    const result = await callAsync(this.#native.cfg.corosync_cfg_try_shutdown, handle, CfgShutdown.immediate);
    // It may be gone before it answers.
    if (result !== Result.library) assertOk("stop Corosync", result);
  }

  /** Null for a node that Corosync does not know, or with a transport that does not tell. */
  async linksTo(nodeId: NodeId): Promise<NodeLinks | null> {
    const status = Buffer.alloc(STATUS_BYTES);
    const { handle } = this.connection;
    const { corosync_cfg_node_status_get } = this.#native.cfg;
    const result = await callAsync(corosync_cfg_node_status_get, handle, nodeId, STATUS_VERSION, status);
    if (result !== Result.ok) return null;
    const links = Array.from({ length: LINKS_MAX }, (_, link) => readLink(status, link)).filter(
      ({ isEnabled }) => isEnabled,
    );
    return {
      nodeId,
      isReachable: status.readUInt8(8) !== 0,
      links: links.map(({ isEnabled: _, ...link }) => link),
    };
  }

  close(): void {
    requests.delete(BigInt(this.connection.handle));
    this.connection.close();
  }
}

function readLink(status: Buffer, link: number) {
  const at = LINKS_AT + link * LINK_BYTES;
  return {
    link,
    isEnabled: status.readUInt8(at) !== 0,
    isConnected: status.readUInt8(at + 1) !== 0,
    mtu: status.readUInt32LE(at + 4),
    from: readText(status, at + 8),
    to: readText(status, at + 264),
  };
}

function readText(bytes: Buffer, at: number): string {
  return bytes.toString("utf8", at, bytes.indexOf(0, at));
}

function callbacks(native: Native): { readonly shutdown: CallbackPointer } {
  const known = callbacksOf.get(native);
  if (known !== undefined) return known;
  const made = {
    // To be answered after the library's function returned, never from within. Source: Corosync interface facts, 3.5.
    shutdown: native.callback("cfg_shutdown_fn", (handle: Handle, flags: number) =>
      requests.get(BigInt(handle))?.push(flags),
    ),
  };
  callbacksOf.set(native, made);
  return made;
}
