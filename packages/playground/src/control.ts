import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";

/**
 * What the supervisor can be asked to do, one JSON object a line. The fence agent of the playground uses `off`, `on`, `reboot`, `status`
 * and `list`; the rest is for people who break things on purpose.
 */
export type ControlRequest =
  | { readonly do: (typeof CLUSTER_REQUESTS)[number] }
  | { readonly do: (typeof NODE_REQUESTS)[number]; readonly node: string };

const CLUSTER_REQUESTS = ["list", "heal", "state", "stop"] as const;
const NODE_REQUESTS = ["off", "on", "reboot", "status", "kill", "start", "partition"] as const;

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
const LINE_LENGTH_MAX = 4096;

/** Serves requests on a Unix socket; each connection may send any number of lines and gets one line for each. */
export function serveControl(
  path: string,
  handle: (request: ControlRequest) => Promise<ControlReply>,
): Promise<{ close(): void }> {
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const underWay = new Set<Promise<void>>();
  const server: Server = createServer((socket) => {
    let text = "";
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        const answered = Promise.resolve()
          .then(() => answer(line, handle))
          .then((reply) => {
            underWay.delete(answered);
            if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
          });
        underWay.add(answered);
      }
      if (text.length > LINE_LENGTH_MAX) socket.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () =>
      resolve({
        close: () => {
          server.close();
          // Whoever asked for the end is told before it comes.
          Promise.all(underWay).then(() => {
            for (const socket of sockets) socket.destroySoon();
          });
        },
      }),
    );
  });
}

async function answer(
  line: string,
  handle: (request: ControlRequest) => Promise<ControlReply>,
): Promise<ControlReply> {
  const request = parseRequest(line);
  if (typeof request === "string") return { ok: false, error: request };
  try {
    return await handle(request);
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

/** The request in a line, or what is wrong with the line. */
function parseRequest(line: string): ControlRequest | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `not a JSON object: ${line.slice(0, 60)}`;
  const { do: action, node } = value as { do?: unknown; node?: unknown };
  const ofCluster = CLUSTER_REQUESTS.find((name) => name === action);
  if (ofCluster !== undefined) return { do: ofCluster };
  const ofNode = NODE_REQUESTS.find((name) => name === action);
  if (ofNode === undefined) {
    const known = [...CLUSTER_REQUESTS, ...NODE_REQUESTS].join(", ");
    return `unknown request ${JSON.stringify(action ?? null)}; there are ${known}`;
  }
  if (typeof node !== "string") return `"${ofNode}" needs the name of a node as "node"`;
  return { do: ofNode, node };
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
      resolve(parseReply(text.slice(0, end), path));
    });
    socket.on("error", () =>
      resolve({
        ok: false,
        error: `no playground is running in ${dirname(path)}; start one with: npm start`,
      }),
    );
    socket.on("close", () => resolve({ ok: false, error: "the playground ended before it answered" }));
  });
}

function parseReply(line: string, path: string): ControlReply {
  try {
    return JSON.parse(line) as ControlReply;
  } catch {
    return { ok: false, error: `what listens at ${path} is no playground: it answered ${line.slice(0, 60)}` };
  }
}
