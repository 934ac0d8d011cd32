import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { OwnCertificate } from "../certificate/self-signed.ts";
import { checkRequest, isMethod } from "../protocol/check.ts";
import {
  BODY_BYTES_MAX,
  CHANGES,
  ERROR_STATUS,
  ManagementError,
  type ManagementErrorCode,
  type MethodName,
  PROTOCOL,
  type Reply,
} from "../protocol/contract.ts";
import type { Audit } from "./audit.ts";
import { type Caller, createHandlers, type Handlers, type ServerParts } from "./handlers.ts";
import type { TokenHolder } from "./tokens.ts";

/** Whoever is slower than this with its handshake, headers or body is cut off. The answer may take as long as the work. */
const HANDSHAKE_MS_MAX = 10_000;
const HEADERS_MS_MAX = 10_000;
const REQUEST_MS_MAX = 15_000;
const HEADER_BYTES_MAX = 8 * 1024;
const CONNECTIONS_MAX = 200;
/** So that one host cannot take all connections. */
const CONNECTIONS_MAX_PER_ADDRESS = 40;

export interface ManagementServerOptions extends ServerParts {
  readonly certificate: OwnCertificate;
  readonly audit: Audit;
  readonly log: (line: string) => void;
}

/** The HTTPS server; the caller makes it listen, and closes it. */
export function createManagementServer(options: ManagementServerOptions): Server {
  const handlers = createHandlers(options);
  const server = createServer(
    {
      cert: options.certificate.certificate,
      key: options.certificate.key,
      minVersion: "TLSv1.3",
      handshakeTimeout: HANDSHAKE_MS_MAX,
      maxHeaderSize: HEADER_BYTES_MAX,
      requestTimeout: REQUEST_MS_MAX,
      headersTimeout: HEADERS_MS_MAX,
      connectionsCheckingInterval: 2000,
      keepAliveTimeout: 1000,
    },
    (request, response) => {
      void serve(options, handlers, request, response);
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  limitConnections(server);
  server.on("clientError", (_, socket) => socket.destroy());
  server.on("tlsClientError", (_, socket) => socket.destroy());
  return server;
}

function limitConnections(server: Server): void {
  const counts = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    socket.once("close", () => {
      const left = counts.get(address)! - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
    if (count > CONNECTIONS_MAX_PER_ADDRESS) socket.destroy();
  });
}

async function serve(
  options: ManagementServerOptions,
  handlers: Handlers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // An IPv4 address may come as an IPv6 one.
  const address = (request.socket.remoteAddress ?? "unknown").replace(/^::ffff:/, "");
  try {
    answer(response, 200, { ok: true, result: await carryOut(options, handlers, request, address) });
  } catch (error) {
    const known = error instanceof ManagementError && Object.hasOwn(ERROR_STATUS, error.code);
    const code = known ? (error.code as ManagementErrorCode) : "failed";
    const message = (error as Error).message;
    if (!known) options.log(`a request from ${address} failed: ${(error as Error).stack ?? message}`);
    answer(response, ERROR_STATUS[code], { ok: false, error: { code, message } });
    // What is left of a body that nobody reads is not waited for.
    if (!request.complete) response.once("finish", () => request.destroy());
  }
}

function answer(response: ServerResponse, status: number, reply: Reply): void {
  if (response.destroyed) return;
  const text = JSON.stringify(reply);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    connection: "close",
  });
  response.end(text);
}

async function carryOut(
  options: ManagementServerOptions,
  handlers: Handlers,
  request: IncomingMessage,
  address: string,
): Promise<unknown> {
  const method = methodOf(request);
  const holder = method === "auth.login" ? null : authenticate(options, request);
  const { params, lease } = checkRequest(method, await bodyOf(request));
  const caller: Caller = { address, holder, lease };
  const handle = (): unknown =>
    (handlers[method] as (params: unknown, caller: Caller) => unknown)(params, caller);
  const isChange = CHANGES.has(method);
  const isAudited = isChange || method.startsWith("auth.");
  if (!isAudited) return await handle();
  const entry = {
    who: holder?.user ?? (params as { user: string }).user,
    token: holder?.id ?? null,
    from: holder === null ? address : `${address} (${holder.client})`,
    what: method,
    detail: withoutSecrets(params),
  };
  let end: ((nowMs: number) => void) | null = null;
  try {
    if (isChange) {
      end = options.leases.begin(lease, options.monotonicMs());
      options.audit({ ...entry, outcome: "begun", reason: null });
    }
    const result = await handle();
    options.audit({ ...entry, outcome: "done", reason: null });
    return result;
  } catch (error) {
    // What is not even tried is not written down either: a log that strangers can fill is none.
    if (error instanceof ManagementError && error.code === "tooManyLogins") throw error;
    const outcome = error instanceof ManagementError && error.code !== "failed" ? "refused" : "failed";
    options.audit({ ...entry, outcome, reason: (error as Error).message });
    throw error;
  } finally {
    end?.(options.monotonicMs());
  }
}

/** @throws ManagementError for anything but a POST of JSON to a method of this version */
function methodOf({ method, url = "", headers }: IncomingMessage): MethodName {
  const [, version, name = "", ...rest] = url.split("/");
  if (version !== PROTOCOL)
    throw new ManagementError(
      "notFound",
      `this host speaks ${PROTOCOL}; use the same release of Quorate on all`,
    );
  if (rest.length > 0 || !isMethod(name))
    throw new ManagementError("notFound", "there is no such request; use the same release of Quorate on all");
  if (method !== "POST") throw new ManagementError("badRequest", "requests are sent with POST");
  if (headers["content-type"] !== "application/json")
    throw new ManagementError("badRequest", "the content type of requests is application/json");
  return name;
}

function authenticate({ tokens }: ManagementServerOptions, { headers }: IncomingMessage): TokenHolder {
  const token = /^Bearer ([A-Za-z0-9_-]{1,128})$/.exec(headers.authorization ?? "")?.[1];
  const holder = token === undefined ? null : tokens.find(token);
  if (holder === null)
    throw new ManagementError("unauthorized", "not authorized; run 'pcs host auth' for this host");
  return holder;
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const tooLarge = (): void =>
      reject(new ManagementError("tooLarge", `a request has at most ${BODY_BYTES_MAX} bytes`));
    if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES_MAX) return tooLarge();
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size > BODY_BYTES_MAX) {
        request.pause();
        tooLarge();
      } else parts.push(part);
    });
    request.once("end", () => resolve(Buffer.concat(parts).toString("utf8")));
    const cutOff = (): void => reject(new ManagementError("badRequest", "the request was cut off"));
    request.once("error", cutOff);
    request.once("close", cutOff);
  });
}

/** For the audit log: what was asked for, without passwords, tokens and the contents of files. */
function withoutSecrets(params: object): Record<string, unknown> {
  const hidden = new Set(["password", "token", "content", "user"]);
  return JSON.parse(JSON.stringify(params, (key, value) => (hidden.has(key) ? undefined : value)));
}
