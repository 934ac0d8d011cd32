import { connect as connectTls } from "node:tls";
import {
  type ApiErrorBody,
  answerRequest,
  describeRefusal,
  type EventName,
  type Events,
  type Handlers,
} from "@quorate/api";
import {
  type AgentCallback,
  type AgentName,
  type AgentRunner,
  type Agents,
  ExecutionStatus,
  type Log,
  type Operation,
  type OperationResult,
  type RemoteAttempt,
  type RemoteConnection,
  type RemoteConnectionEvents,
  type RemoteHosts,
  type RemoteTarget,
} from "@quorate/ports";
import { Link } from "./link.ts";
import { PSK_IDENTITY, readRemoteKey, TLS_OPTIONS } from "./settings.ts";
import {
  encodeOperation,
  REMOTE_VERSION,
  readHostGreeting,
  readToCluster,
  type ToCluster,
  type ToHost,
} from "./wire.ts";

interface Options {
  readonly keyFile: string;
  readonly localName: string;
  readonly clusterName: string;
  readonly log: Log;
  /** What answers the tools on a remote host; null while this node is starting. */
  handlers(node: string): Handlers | null;
}

/** The way to remote executors over TLS. */
export class TlsRemoteHosts implements RemoteHosts {
  readonly #options: Options;
  readonly #connections = new Set<HostConnection>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Tells the tools on all remote hosts that are connected here. */
  publish<E extends EventName>(name: E, data: Events[E]): void {
    for (const connection of this.#connections) connection.publish(name, data);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  connect(target: RemoteTarget, timeoutMs: number, done: (attempt: RemoteAttempt) => void): void {
    const { keyFile, localName, clusterName } = this.#options;
    const key = readRemoteKey(keyFile);
    if (!key.ok) {
      setImmediate(() => done({ kind: "refused", reason: key.reason }));
      return;
    }
    const place = `${target.server}:${target.port}`;
    let isDone = false;
    const end = (attempt: RemoteAttempt): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      if (attempt.kind !== "connected") socket.destroy();
      done(attempt);
    };
    const socket = connectTls({
      host: target.server,
      port: target.port,
      ...TLS_OPTIONS,
      pskCallback: () => ({ psk: key.key, identity: PSK_IDENTITY }),
      checkServerIdentity: () => undefined,
    });
    const timer = setTimeout(
      () => end({ kind: "failed", reason: `${place} does not answer within ${timeoutMs} ms` }),
      timeoutMs,
    );
    socket.setKeepAlive(true, 10_000);
    socket.once("error", (error: NodeJS.ErrnoException) =>
      end(
        error.code?.startsWith("ERR_SSL") === true || error.code === "EPROTO"
          ? { kind: "refused", reason: `${place} has another key than ${keyFile}, or none: ${error.message}` }
          : { kind: "failed", reason: `cannot connect to ${place}: ${error.message}` },
      ),
    );
    socket.once("secureConnect", () => {
      if (isDone) return;
      const link = new Link(socket);
      link.listen({
        message: (value) => {
          const greeting = readHostGreeting(value);
          if (greeting === null || greeting.quorateRemote !== REMOTE_VERSION)
            end({
              kind: "refused",
              reason: `${place} speaks another protocol than version ${REMOTE_VERSION}`,
            });
          else if (greeting.refusal !== null)
            end({ kind: "failed", reason: `${place} refuses to serve this node: ${greeting.refusal}` });
          else {
            const connection = new HostConnection(link, target.node, this.#options, () =>
              this.#connections.delete(connection),
            );
            this.#connections.add(connection);
            end({ kind: "connected", connection, host: greeting });
          }
        },
        closed: (reason) => end({ kind: "failed", reason: `${place}: ${reason}` }),
      });
      link.send({ quorateRemote: REMOTE_VERSION, cluster: clusterName, from: localName, node: target.node });
    });
  }
}

interface Waiting {
  readonly operation: Operation;
  readonly report: AgentCallback;
}

class HostConnection implements RemoteConnection {
  readonly agents: AgentRunner;
  readonly #link: Link;
  readonly #node: string;
  readonly #options: Options;
  readonly #over: () => void;
  /** By id; recurring ones stay until they end. */
  readonly #operations = new Map<number, Waiting>();
  readonly #metadata = new Map<number, Parameters<Agents["metadata"]>[1]>();
  readonly #pings = new Map<number, (isAlive: boolean) => void>();
  #events: RemoteConnectionEvents | null = null;
  /** What came before anybody listened. */
  #early: (() => void)[] = [];
  #count = 0;
  #isOver = false;
  #isReplaced = false;

  constructor(link: Link, node: string, options: Options, over: () => void) {
    this.#link = link;
    this.#node = node;
    this.#options = options;
    this.#over = over;
    link.listen({
      message: (value) => this.#receive(value),
      closed: (reason) => this.#lost(reason),
    });
    this.agents = {
      execute: (operation, report) => this.#execute(operation, report),
      cancel: (resource, action, intervalMs) => this.#cancel(resource, action, intervalMs),
      cancelAll: () => {
        for (const [id, { operation }] of this.#operations)
          if (operation.intervalMs > 0) this.#operations.delete(id);
        this.#send({ kind: "cancelAll" });
      },
      metadata: (agent, done) => {
        this.#count += 1;
        this.#metadata.set(this.#count, done);
        this.#send({ kind: "metadata", id: this.#count, agent });
      },
      forgetMetadata: (agent: AgentName) => this.#send({ kind: "forgetMetadata", agent }),
    };
  }

  subscribe(events: RemoteConnectionEvents): void {
    this.#events = events;
    const early = this.#early;
    this.#early = [];
    for (const tell of early) setImmediate(tell);
  }

  ping(timeoutMs: number, done: (isAlive: boolean) => void): void {
    this.#count += 1;
    const id = this.#count;
    const timer = setTimeout(() => answered(false), timeoutMs);
    const answered = (isAlive: boolean): void => {
      clearTimeout(timer);
      this.#pings.delete(id);
      done(isAlive);
    };
    this.#pings.set(id, answered);
    this.#send({ kind: "ping", id });
  }

  answerShutdown(isAccepted: boolean): void {
    this.#send({ kind: "shutdown", isAccepted });
  }

  close(): void {
    this.#end();
    this.#link.close();
  }

  publish<E extends EventName>(name: E, data: Events[E]): void {
    this.#send({ kind: "event", name, data });
  }

  /** Null, or why it is not sent. */
  #send(message: ToHost): string | null {
    const problem = this.#isOver ? null : this.#link.send(message);
    if (problem !== null)
      this.#options.log("error", `cannot send ${message.kind} to the remote node ${this.#node}: ${problem}`);
    return problem;
  }

  #execute(operation: Operation, report: AgentCallback): void {
    this.#count += 1;
    const { resourceId, action, intervalMs } = operation;
    if (intervalMs > 0) this.#forget(resourceId, action, intervalMs);
    this.#operations.set(this.#count, { operation, report });
    this.#send({ kind: "execute", id: this.#count, operation: encodeOperation(operation) });
  }

  #cancel(resource: string, action: string, intervalMs: number): boolean {
    const isKnown = this.#find(resource, action, intervalMs) !== null;
    this.#send({ kind: "cancel", resource, action, intervalMs });
    return isKnown;
  }

  /** It is taken over by a new request. */
  #forget(resource: string, action: string, intervalMs: number): void {
    const id = this.#find(resource, action, intervalMs);
    if (id !== null) this.#operations.delete(id);
  }

  #find(resource: string, action: string, intervalMs: number): number | null {
    for (const [id, { operation }] of this.#operations)
      if (
        operation.resourceId === resource &&
        operation.action === action &&
        operation.intervalMs === intervalMs
      )
        return id;
    return null;
  }

  #receive(value: unknown): void {
    const message = readToCluster(value);
    if (message === null) {
      this.#options.log(
        "warning",
        `Ignoring a message of the remote node ${this.#node} that this version cannot read`,
      );
      return;
    }
    switch (message.kind) {
      case "result":
        this.#onResult(message.id, message.result);
        return;
      case "metadata": {
        const done = this.#metadata.get(message.id);
        this.#metadata.delete(message.id);
        done?.(message.result);
        return;
      }
      case "pong":
        this.#pings.get(message.id)?.(true);
        return;
      case "request":
        this.#answer(message);
        return;
      case "replaced":
        this.#isReplaced = true;
        return;
      case "shutdownRequest":
        this.#tell(() => this.#events?.shutdownRequested());
        return;
      default:
        message satisfies never;
    }
  }

  #onResult(id: number, result: Omit<OperationResult, "operation">): void {
    this.#send({ kind: "noted", id });
    const waiting = this.#operations.get(id);
    if (waiting === undefined) return;
    const isLast = waiting.operation.intervalMs === 0 || result.status === ExecutionStatus.cancelled;
    if (isLast) this.#operations.delete(id);
    waiting.report({ ...result, operation: waiting.operation });
  }

  #answer({ id, method, params, caller }: Extract<ToCluster, { kind: "request" }>): void {
    const answer = (reply: { result: unknown } | { error: ApiErrorBody }): void => {
      const problem = this.#send({ kind: "answer", id, ...reply });
      if (problem !== null) this.#send({ kind: "answer", id, error: { code: "tooLarge", message: problem } });
    };
    const handlers = this.#options.handlers(this.#node);
    if (handlers === null) {
      answer({ error: { code: "notReady", message: "the node with the connection is still starting" } });
      return;
    }
    answerRequest(handlers, { method, params }, caller).then(
      (result) => answer({ result }),
      (error: unknown) =>
        answer({ error: describeRefusal(error, (text) => this.#options.log("warning", text)) }),
    );
  }

  #tell(event: () => void): void {
    if (this.#events === null) this.#early.push(event);
    else event();
  }

  #lost(reason: string): void {
    if (this.#isOver) return;
    this.#end();
    this.#tell(() =>
      this.#isReplaced
        ? this.#events?.lost("replaced", "another node of the cluster has connected")
        : this.#events?.lost("broken", reason),
    );
    // Last, so that whoever asked knows already why.
    for (const answered of [...this.#pings.values()]) answered(false);
  }

  #end(): void {
    this.#isOver = true;
    this.#operations.clear();
    this.#metadata.clear();
    this.#over();
  }
}
