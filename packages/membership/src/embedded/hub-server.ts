import { randomBytes } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { Clock, Log, Random } from "@quorate/ports";
import { assertKey } from "./authentication.ts";
import { Hub, type HubOptions } from "./hub.ts";
import { HubSession } from "./hub-session.ts";
import { LIVENESS_TIMING, type LivenessTiming } from "./liveness.ts";

export interface HubServerOptions extends HubOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Shared by the hub and all its clients; 16 bytes or more, random. */
  readonly key: Uint8Array;
  /** Default 127.0.0.1. The protocol proves who is there but hides nothing: keep it on this machine. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
  readonly liveness?: LivenessTiming;
  /** Bytes that may wait for a client that does not read; then it is cut off. Several full backlogs; default 64 MiB. */
  readonly outputBytesMax?: number;
  /**
   * Whether the engine of a node lives and dies with its client, as if the daemon carried it: a client that vanishes is then a lost
   * node, one that leaves its group first is a node that was stopped. Default false: as with Corosync, the engine goes on.
   */
  readonly isEngineOfClient?: boolean;
}

export interface HubServer {
  readonly port: number;
  /** For controlling nodes and links. */
  readonly hub: Hub;
  /** Ends all nodes and connections; every client gets `lost`. */
  close(): Promise<void>;
}

/** Strangers and newcomers that may hang on the port at one time. */
const OPENING_COUNT_MAX = 64;

/**
 * A hub whose clients are other processes on this machine. A client that connects starts the engine of its node if
 * this does not run. A client whose connection closes is a dead process in its group, its node goes on; one
 * that falls silent counts as a dead machine: its node is killed.
 */
export async function serveHub(options: HubServerOptions): Promise<HubServer> {
  assertKey(options.key);
  const hub = new Hub(options);
  const sessions = new Set<HubSession>();
  const server = createServer((socket) => accept(socket));

  function accept(socket: Socket): void {
    const opening = [...sessions].filter((session) => !session.isOpen).length;
    if (opening >= OPENING_COUNT_MAX) {
      options.log("warning", `refused a connection to the hub: ${opening} others have not said who they are`);
      socket.destroy();
      return;
    }
    const session = new HubSession(socket, {
      hub,
      key: options.key,
      clock: options.clock,
      log: options.log,
      nonce: randomBytes(32),
      liveness: options.liveness ?? LIVENESS_TIMING,
      isEngineOfClient: options.isEngineOfClient ?? false,
      outputBytesMax: options.outputBytesMax ?? 64 * 1024 * 1024,
      limits: options.limits,
      ended: () => void sessions.delete(session),
    });
    sessions.add(session);
  }

  const port = await listen(server, options.port, options.host ?? "127.0.0.1");
  server.on("error", (error) => options.log("error", `the port of the hub failed: ${error.message}`));
  return {
    port,
    hub,
    close: async () => {
      hub.close();
      for (const session of [...sessions]) session.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("a TCP server without a port");
      resolve(address.port);
    });
  });
}
