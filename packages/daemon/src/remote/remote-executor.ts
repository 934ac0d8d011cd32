import { createServer, type Server, type TLSSocket } from "node:tls";
import { ApiError, type ApiErrorBody, type Caller } from "@quorate/api";
import { UnsettledOperations } from "@quorate/controller";
import type { Executor } from "@quorate/executor";
import { systemClock } from "@quorate/host";
import type { Log } from "@quorate/ports";
import { Link } from "./link.ts";
import { PSK_IDENTITY, type RemoteSettings, readRemoteKey, TLS_OPTIONS } from "./settings.ts";
import {
  type ClusterGreeting,
  decodeOperation,
  REMOTE_VERSION,
  readClusterGreeting,
  readToHost,
  type ToCluster,
  type ToHost,
} from "./wire.ts";

interface Options {
  readonly settings: RemoteSettings;
  readonly executor: Executor;
  readonly log: Log;
  /** An event of the cluster for the tools on this host. */
  event(name: string, data: unknown): void;
}

const HANDSHAKE_MS_MAX = 10_000;
/** Strangers may not pile up. */
const GREETINGS_MAX = 16;
/** How long a cluster may take to say whether it moves the resources away. */
const SHUTDOWN_ANSWER_MS_MAX = 30_000;

interface Provider {
  readonly link: Link;
  readonly greeting: ClusterGreeting;
  /** Requests of local tools that wait for their answer. */
  readonly requests: Map<number, { resolve(result: unknown): void; reject(error: ApiError): void }>;
  isOver: boolean;
}

/** Serves one node of a cluster at a time: runs what it asks for, and asks it what the tools on this host ask. */
export class RemoteExecutor {
  readonly #options: Options;
  readonly #server: Server;
  readonly #unsettled = new UnsettledOperations(systemClock);
  #provider: Provider | null = null;
  /** `CLUSTER/NODE` that this life of the daemon has been. */
  #servedAs: string | null = null;
  #greetingCount = 0;
  #requestCount = 0;
  #shutdown: { end(isAccepted: boolean): void; isAccepted: boolean; done(): void } | null = null;

  private constructor(options: Options) {
    this.#options = options;
    const { settings, log } = options;
    this.#server = createServer(
      {
        ...TLS_OPTIONS,
        handshakeTimeout: HANDSHAKE_MS_MAX,
        pskIdentityHint: PSK_IDENTITY,
        pskCallback: (_socket, identity) => {
          const key = readRemoteKey(settings.keyFile);
          if (!key.ok) log("error", `refusing a connection: ${key.reason}`);
          return key.ok && identity === PSK_IDENTITY ? key.key : null;
        },
      },
      (socket) => this.#greet(socket),
    );
    this.#server.on("tlsClientError", (error) =>
      log("warning", `a client could not be authenticated: ${error.message}`),
    );
  }

  /** @throws Error when it cannot listen, with the place */
  static listen(options: Options): Promise<RemoteExecutor> {
    const executor = new RemoteExecutor(options);
    const { address, port } = options.settings;
    const key = readRemoteKey(options.settings.keyFile);
    if (!key.ok) options.log("warning", `nobody can connect yet: ${key.reason}`);
    return new Promise((resolve, reject) => {
      executor.#server.once("error", (error) =>
        reject(new Error(`cannot listen on ${address ?? "*"}:${port}: ${error.message}`)),
      );
      executor.#server.listen({ port, ...(address === null ? {} : { host: address }) }, () => {
        executor.#server.removeAllListeners("error");
        executor.#server.on("error", (error) => options.log("error", `listening: ${error.message}`));
        resolve(executor);
      });
    });
  }

  /** Name of this host in the cluster; null while none is connected. */
  get nodeName(): string | null {
    return this.#provider?.greeting.node ?? null;
  }

  /**
   * Has the cluster answer a request of a local tool.
   * @throws ApiError what the cluster says, or that there is none
   */
  request(method: string, params: unknown, caller: Caller): Promise<unknown> {
    const provider = this.#provider;
    if (provider === null)
      return Promise.reject(
        new ApiError(
          "notReady",
          "no cluster is connected to this remote host: its node's connection resource must be started",
        ),
      );
    this.#requestCount += 1;
    const id = this.#requestCount;
    return new Promise((resolve, reject) => {
      const problem = provider.link.send({ kind: "request", id, method, params, caller } satisfies ToCluster);
      if (problem === null) provider.requests.set(id, { resolve, reject });
      else reject(new ApiError("tooLarge", problem));
    });
  }

  /** Resolves when this host may go down: resources have moved away, or nobody is there to move them. */
  shutdown(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#provider === null) {
        resolve();
        return;
      }
      const timer = setTimeout(() => this.#shutdown?.end(false), SHUTDOWN_ANSWER_MS_MAX);
      this.#shutdown = {
        isAccepted: false,
        done: resolve,
        end: (isAccepted) => {
          clearTimeout(timer);
          if (this.#shutdown !== null) this.#shutdown.isAccepted = isAccepted;
          if (isAccepted)
            this.#options.log("notice", "the cluster moves the resources away; waiting for that");
          else resolve();
        },
      };
      this.#options.log("notice", "asking the cluster to move the resources away");
      this.#send({ kind: "shutdownRequest" });
    });
  }

  close(): void {
    this.#server.close();
    this.#drop("this host shuts down");
  }

  #send(message: ToCluster): void {
    this.#provider?.link.send(message);
  }

  #greet(socket: TLSSocket): void {
    const { log } = this.#options;
    if (this.#greetingCount >= GREETINGS_MAX) {
      socket.destroy();
      return;
    }
    const place = `${socket.remoteAddress ?? "?"}`;
    const link = new Link(socket);
    this.#greetingCount += 1;
    const timer = setTimeout(() => over("Remote client authentication timed out"), HANDSHAKE_MS_MAX);
    const over = (problem: string | null): void => {
      clearTimeout(timer);
      this.#greetingCount -= 1;
      if (problem === null) return;
      log("warning", `closing a connection from ${place}: ${problem}`);
      link.send({ quorateRemote: REMOTE_VERSION, refusal: problem, isKnown: false, unsettled: [] });
      link.close();
    };
    socket.setKeepAlive(true, HANDSHAKE_MS_MAX);
    let isGreeted = false;
    link.listen({
      message: (value) => {
        if (isGreeted) return;
        isGreeted = true;
        const greeting = readClusterGreeting(value);
        if (greeting === null) over("its greeting cannot be read");
        else if (greeting.quorateRemote !== REMOTE_VERSION)
          over(`it speaks version ${greeting.quorateRemote}, this host speaks ${REMOTE_VERSION}`);
        else {
          over(null);
          this.#accept(link, greeting);
        }
      },
      closed: (reason) => {
        if (!isGreeted) over(reason);
      },
    });
  }

  #accept(link: Link, greeting: ClusterGreeting): void {
    const { log } = this.#options;
    if (this.#provider !== null) {
      log("notice", `${greeting.from} connects in the place of ${this.#provider.greeting.from}`);
      this.#provider.link.send({ kind: "replaced" } satisfies ToCluster);
      this.#drop("another node of the cluster has connected");
    }
    const provider: Provider = { link, greeting, requests: new Map(), isOver: false };
    const identity = `${greeting.cluster}/${greeting.node}`;
    const isKnown = this.#servedAs === identity;
    this.#servedAs = identity;
    this.#provider = provider;
    this.#unsettled.heard();
    log("notice", `this host is the remote node ${greeting.node}, connected to ${greeting.from}`);
    link.listen({
      message: (value) => this.#receive(provider, value),
      closed: (reason) => {
        if (this.#provider !== provider) return;
        log("warning", `the connection to ${greeting.from} is gone: ${reason}`);
        this.#drop(reason);
      },
    });
    link.send({ quorateRemote: REMOTE_VERSION, refusal: null, isKnown, unsettled: this.#unsettled.tell() });
  }

  /** What runs stays as it is, and is not watched until somebody connects again. */
  #drop(reason: string): void {
    const provider = this.#provider;
    if (provider === null) return;
    this.#provider = null;
    provider.isOver = true;
    this.#options.executor.cancelAll();
    this.#unsettled.forsaken();
    for (const { reject } of provider.requests.values())
      reject(new ApiError("connectionLost", `the connection to the cluster is gone: ${reason}`));
    provider.requests.clear();
    provider.link.close();
    if (this.#shutdown?.isAccepted === true) this.#shutdown.done();
    else this.#shutdown?.end(false);
  }

  #receive(provider: Provider, value: unknown): void {
    if (provider.isOver) return;
    this.#unsettled.heard();
    const message = readToHost(value);
    if (message === null) {
      this.#options.log("warning", "ignoring a message of the cluster that this version cannot read");
      return;
    }
    const { executor } = this.#options;
    switch (message.kind) {
      case "execute":
        this.#execute(provider, message);
        return;
      case "noted":
        this.#unsettled.noted(message.id);
        return;
      case "cancel":
        executor.cancel(message.resource, message.action, message.intervalMs);
        return;
      case "cancelAll":
        executor.cancelAll();
        return;
      case "metadata":
        executor.metadata(message.agent, (result) => {
          if (!provider.isOver)
            provider.link.send({ kind: "metadata", id: message.id, result } satisfies ToCluster);
        });
        return;
      case "forgetMetadata":
        executor.forgetMetadata(message.agent);
        return;
      case "ping":
        this.#send({ kind: "pong", id: message.id });
        return;
      case "answer":
        this.#onAnswer(provider, message);
        return;
      case "event":
        this.#options.event(message.name, message.data);
        return;
      case "shutdown":
        this.#shutdown?.end(message.isAccepted);
        return;
      default:
        message satisfies never;
    }
  }

  #execute(provider: Provider, { id, operation: wire }: Extract<ToHost, { kind: "execute" }>): void {
    const operation = decodeOperation(wire);
    if (operation.intervalMs === 0) this.#unsettled.begun(id, operation.resourceId);
    this.#options.executor.execute(operation, ({ operation: _, ...result }) => {
      if (!provider.isOver) provider.link.send({ kind: "result", id, result } satisfies ToCluster);
    });
  }

  #onAnswer(provider: Provider, message: Extract<ToHost, { kind: "answer" }>): void {
    const waiting = provider.requests.get(message.id);
    provider.requests.delete(message.id);
    if (waiting === undefined) return;
    const error = message.error as ApiErrorBody | undefined;
    if (error === undefined) waiting.resolve(message.result ?? null);
    else waiting.reject(new ApiError(error.code, error.message));
  }
}
