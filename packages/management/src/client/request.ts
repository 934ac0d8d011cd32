import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import {
  type Envelope,
  type KnownHost,
  ManagementError,
  type MethodName,
  type Methods,
  PROTOCOL,
  type Reply,
} from "../protocol/contract.ts";

/** A host that is not known yet has no token, and perhaps no certificate that it must show. */
export type Target = Pick<KnownHost, "name" | "address" | "port"> & {
  readonly token: string | null;
  /** Null: whoever answers is believed, once. */
  readonly fingerprint: string | null;
};

export interface RequestOptions {
  readonly timeoutMs: number;
  readonly lease?: string | null;
}

/** Answers are small; whoever sends more is no host of ours. */
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;
const CONNECT_MS_MAX = 15_000;

/**
 * Asks a host. Nothing is sent, the token least of all, before the host has shown the certificate that it must have.
 * @throws ManagementError with the host's own reason, or why it could not be asked
 */
export async function requestHost<M extends MethodName>(
  target: Target,
  method: M,
  params: Methods[M]["params"],
  options: RequestOptions,
): Promise<{ readonly result: Methods[M]["result"]; readonly fingerprint: string }> {
  const socket = await connectTo(target, Math.min(options.timeoutMs, CONNECT_MS_MAX));
  try {
    const fingerprint = socket.getPeerX509Certificate()?.fingerprint256 ?? "";
    if (fingerprint === "" || (target.fingerprint !== null && target.fingerprint !== fingerprint))
      throw new ManagementError(
        "wrongHost",
        `${target.name} shows another certificate than when it was authenticated: nothing was sent to it. If it was installed anew, run 'pcs host deauth ${target.name}' and 'pcs host auth ${target.name}'; otherwise somebody else answers at ${target.address}`,
      );
    const envelope: Envelope<M> = { params, lease: options.lease ?? null };
    const answer = await exchange(socket, target, method, JSON.stringify(envelope), options.timeoutMs);
    return { result: resultOf(target, answer) as Methods[M]["result"], fingerprint };
  } finally {
    socket.destroy();
  }
}

function connectTo(target: Target, timeoutMs: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const unreachable = (reason: string): void => {
      clearTimeout(timer);
      socket.destroy();
      const place = `${target.address} port ${target.port}`;
      reject(
        new ManagementError(
          "unreachable",
          `Unable to communicate with ${target.name} (${place}): ${reason}; is quorate-pcsd running there?`,
        ),
      );
    };
    const socket = tlsConnect({
      host: target.address,
      port: target.port,
      minVersion: "TLSv1.3",
      // The certificate is signed by itself: it is compared with the known one instead, before anything is sent.
      rejectUnauthorized: false,
      ...(isIP(target.address) === 0 ? { servername: target.address } : {}),
    });
    const timer = setTimeout(() => unreachable(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
    // It stays, so that an error that comes later is nobody's uncaught exception.
    socket.on("error", (error) => unreachable(reasonOf(error)));
    socket.once("close", () => unreachable("the connection was closed"));
  });
}

function exchange(
  socket: TLSSocket,
  target: Target,
  method: MethodName,
  body: string,
  timeoutMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (code: ManagementError["code"], reason: string): void => {
      clearTimeout(timer);
      sent.destroy();
      reject(new ManagementError(code, `${target.name}: ${reason}`));
    };
    const sent = httpsRequest({
      createConnection: () => socket,
      method: "POST",
      path: `/${PROTOCOL}/${method}`,
      headers: {
        host: "quorate-pcsd",
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        connection: "close",
        ...(target.token === null ? {} : { authorization: `Bearer ${target.token}` }),
      },
    });
    const timer = setTimeout(
      () =>
        fail(
          "timeout",
          `no answer to ${method} within ${timeoutMs / 1000} s; it may still be at it, look before you repeat it`,
        ),
      timeoutMs,
    );
    sent.on("error", (error) => fail("unreachable", `the connection was lost: ${reasonOf(error)}`));
    sent.on("response", (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on("data", (part: Buffer) => {
        size += part.length;
        if (size > ANSWER_BYTES_MAX) fail("failed", "its answer is too long");
        else parts.push(part);
      });
      response.on("error", (error) => fail("unreachable", `the connection was lost: ${reasonOf(error)}`));
      response.on("end", () => {
        clearTimeout(timer);
        resolve(Buffer.concat(parts).toString("utf8"));
      });
    });
    sent.end(body);
  });
}

function resultOf(target: Target, answer: string): unknown {
  let reply: Reply;
  try {
    reply = JSON.parse(answer) as Reply;
    if (reply.ok) return reply.result;
    if (typeof reply.error.message !== "string") throw new Error("no reply");
  } catch {
    throw new ManagementError(
      "failed",
      `${target.name}: its answer is not that of quorate-pcsd; what listens on port ${target.port} there?`,
    );
  }
  const code = reply.error.code as ManagementError["code"];
  throw new ManagementError(code, `${target.name}: ${printable(reply.error.message)}`);
}

/** What another host says reaches a terminal: control characters do not. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ENOTFOUND: "the name is not known",
  EAI_AGAIN: "the name cannot be looked up now",
  ECONNRESET: "the connection was cut",
  ETIMEDOUT: "no answer",
  EPROTO: "it does not speak TLS 1.3",
};

function reasonOf(error: Error): string {
  return REASONS[(error as NodeJS.ErrnoException).code ?? ""] ?? error.message;
}
