import { rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";

/**
 * What the supervisor can be asked to do, one JSON object a line. The fence agent of the playground uses `off`, `on`, `reboot`, `status`
 * and `list`; the rest is for people who break things on purpose.
 */
export type ControlRequest =
  | { readonly do: "list" | "heal" | "state" | "stop" }
  | {
      readonly do: "off" | "on" | "reboot" | "status" | "kill" | "start" | "partition";
      readonly node: string;
    };

export interface NodeState {
  readonly name: string;
  readonly power: "on" | "off";
  readonly isDaemonRunning: boolean;
  readonly isIsolated: boolean;
}

export type ControlReply =
  | {
      readonly ok: true;
      /** The node that was asked about; the fence agent refuses an answer about another one. */
      readonly node?: string;
      /** `status`, `on`, `off`, `reboot`: whether it has power now. */
      readonly power?: "on" | "off";
      /** `off`, `reboot`: no process of the node was left, verified. The fence agent takes nothing else for success. */
      readonly confirmedOff?: true;
      /** `list`: names of all nodes. */
      readonly nodes?: readonly string[];
      /** `state`. */
      readonly state?: readonly NodeState[];
    }
  | { readonly ok: false; readonly error: string };

/** A line longer than this is no request of ours. */
const LINE_BYTES_MAX = 4096;

/** Serves requests on a Unix socket; each connection may send any number of lines and gets one line for each. */
export function serveControl(
  path: string,
  handle: (request: ControlRequest) => Promise<ControlReply>,
): Promise<{ close(): void }> {
  rmSync(path, { force: true });
  const server: Server = createServer((socket) => {
    let text = "";
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > LINE_BYTES_MAX) socket.destroy();
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        answer(line, handle).then((reply) => {
          if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
        });
      }
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve({ close: () => server.close() }));
  });
}

async function answer(
  line: string,
  handle: (request: ControlRequest) => Promise<ControlReply>,
): Promise<ControlReply> {
  let request: ControlRequest;
  try {
    request = JSON.parse(line) as ControlRequest;
  } catch {
    return { ok: false, error: `not a JSON object: ${line.slice(0, 60)}` };
  }
  try {
    return await handle(request);
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Sends one request to a running supervisor. A supervisor that is not there is an answer, too. */
export function askSupervisor(path: string, request: ControlRequest): Promise<ControlReply> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(path, () => socket.write(`${JSON.stringify(request)}\n`));
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end < 0) return;
      socket.destroy();
      resolve(JSON.parse(text.slice(0, end)) as ControlReply);
    });
    socket.on("error", () =>
      resolve({ ok: false, error: `no playground is running at ${path}; start one with: npm start` }),
    );
    socket.on("close", () => resolve({ ok: false, error: "the playground ended before it answered" }));
  });
}
