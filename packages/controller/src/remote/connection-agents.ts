import {
  type AgentCallback,
  type AgentName,
  type AgentRunner,
  type Agents,
  ExecutionStatus,
  OcfCode,
  type Operation,
  type RemoteConnection,
  type RemoteHost,
  type RemoteHosts,
  type Timer,
} from "@quorate/ports";
import { after, type NodeContext, nowSeconds } from "../context.ts";

interface Dependencies {
  readonly context: NodeContext;
  /** Runs everything that is no connection. */
  readonly agents: Agents;
  readonly hosts: RemoteHosts;
  opened(node: string, connection: RemoteConnection, host: RemoteHost): void;
  /** `takenOver`: another node of the cluster has the connection now, as was planned. */
  closed(node: string, kind: "stopped" | "lost" | "takenOver"): void;
  shutdownRequested(node: string): void;
  /** Since when somebody is connected, as the CIB tells it, in seconds since 1970; 0: nobody is. */
  connectedSince(node: string): number;
}

interface Outcome {
  readonly status: number;
  readonly rc: number;
  readonly reason: string;
}

interface OpenConnection {
  readonly connection: RemoteConnection;
  /** It is to move to another node: that one connects before this end closes. */
  isMoving: boolean;
  /** Waits for the other node to take over. */
  whenReplaced: (() => void) | null;
}

interface Recurring {
  readonly operation: Operation;
  readonly callId: number;
  readonly report: AgentCallback;
  last: string | null;
  changedS: number;
  /** When `last` was found, on the monotonic clock. */
  foundMs: number;
  timer: Timer | null;
  isOver: boolean;
}

const ATTEMPT_MS_MAX = 10_000;
const ATTEMPT_PAUSE_MS = 1_000;
/** With less than this left of the timeout no further attempt is made. */
const ATTEMPT_LEFT_MS_MIN = 3_000;
const TIMEOUT_DEFAULT_MS = 60_000;
const PORT_DEFAULT = 3121;

const LOST = "Lost connection to remote executor";
const SILENT = "Remote executor did not respond";

/** Is a resource with this agent the connection to a remote node? */
export function isConnectionAgent(agent: AgentName): boolean {
  return agent.class === "ocf" && agent.provider === "pacemaker" && agent.type === "remote";
}

/**
 * The agents of this node, with `ocf:pacemaker:remote` carried out here: start connects, monitor asks for a sign of life,
 * stop disconnects. The resource's name is that of the remote node. Source: controller specification, 15.
 */
export class ConnectionAgents implements AgentRunner {
  readonly #deps: Dependencies;
  readonly #open = new Map<string, OpenConnection>();
  /** Lost and not stopped since, by the time of connecting: nobody may take such a connection for one that was never there. */
  readonly #lost = new Map<string, number>();
  readonly #recurring: Recurring[] = [];
  /** Per resource what waits for its turn; there while something is at work. */
  readonly #queues = new Map<string, ((over: () => void) => void)[]>();
  #callCount = 0;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  execute(operation: Operation, report: AgentCallback): void {
    if (!isConnectionAgent(operation.agent)) {
      this.#deps.agents.execute(operation, report);
      return;
    }
    this.#callCount += 1;
    const callId = this.#callCount;
    if (operation.intervalMs > 0) this.#repeat(operation, callId, report);
    else
      this.#enqueue(operation.resourceId, (over) => {
        const { context } = this.#deps;
        const startedMs = context.clock.monotonicMs();
        const startedS = nowSeconds(context);
        this.#perform(operation, (outcome) => {
          const execTimeMs = Math.round(context.clock.monotonicMs() - startedMs);
          report(resultOf(operation, callId, outcome, { runS: startedS, changeS: startedS, execTimeMs }));
          over();
        });
      });
  }

  cancel(resourceId: string, action: string, intervalMs: number): boolean {
    const isLocal = this.#deps.agents.cancel(resourceId, action, intervalMs);
    const isOurs = this.#end(
      ({ operation }) =>
        operation.resourceId === resourceId &&
        operation.action === action &&
        operation.intervalMs === intervalMs,
      true,
    );
    return isLocal || isOurs;
  }

  cancelAll(): void {
    this.#deps.agents.cancelAll();
    this.#end(() => true, false);
  }

  metadata(...[agent, done]: Parameters<Agents["metadata"]>): void {
    this.#deps.agents.metadata(agent, done);
  }

  forgetMetadata(agent: AgentName): void {
    this.#deps.agents.forgetMetadata(agent);
  }

  /** Does the host answer this node, and so nobody else? If not, the connection is lost. */
  ask(node: string, timeoutMs: number, done: (isAlive: boolean) => void): void {
    const open = this.#open.get(node);
    if (open === undefined) {
      done(false);
      return;
    }
    open.connection.ping(timeoutMs, (isAlive) =>
      this.#deps.context.queue.run(() => {
        if (!isAlive && this.#open.get(node) === open) {
          open.connection.close();
          this.#onLost(node, "broken", SILENT);
        }
        done(isAlive);
      }),
    );
  }

  /** Is the connection here, and another node to take it over? */
  isMoving(node: string): boolean {
    return this.#open.get(node)?.isMoving ?? false;
  }

  /**
   * The record of a failure is gone, as one goes that has grown old. A lost connection is still lost: it is looked at again, when that is due,
   * else the history would say from now on that it is here, and the cluster would wait for a host that nobody is connected to.
   */
  failureForgotten(resourceId: string): void {
    if (!this.#isLost(resourceId)) return;
    const { context } = this.#deps;
    for (const entry of this.#recurring) {
      if (entry.operation.resourceId !== resourceId) continue;
      entry.last = null;
      entry.timer?.cancel();
      const dueMs = entry.foundMs + entry.operation.intervalMs;
      entry.timer = after(context, Math.max(0, dueMs - context.clock.monotonicMs()), () => this.#look(entry));
    }
  }

  /** This node ends: so do its connections. */
  close(): void {
    for (const { connection } of this.#open.values()) connection.close();
    this.#open.clear();
  }

  #enqueue(resourceId: string, task: (over: () => void) => void): void {
    const queue = this.#queues.get(resourceId);
    if (queue !== undefined) {
      queue.push(task);
      return;
    }
    this.#queues.set(resourceId, [task]);
    this.#next(resourceId);
  }

  /** Never inside the call that asked for it. */
  #next(resourceId: string): void {
    after(this.#deps.context, 0, () => {
      const task = this.#queues.get(resourceId)?.shift();
      if (task === undefined) this.#queues.delete(resourceId);
      else task(() => this.#next(resourceId));
    });
  }

  #perform(operation: Operation, done: (outcome: Outcome) => void): void {
    const { resourceId } = operation;
    switch (operation.action) {
      case "start":
      case "migrate_from":
        this.#connect(operation, this.#deps.context.clock.monotonicMs() + timeoutOf(operation), done);
        return;
      case "stop":
        this.#disconnect(operation, done);
        return;
      case "migrate_to": {
        const open = this.#open.get(resourceId);
        if (open !== undefined) open.isMoving = true;
        done(open === undefined ? failure(OcfCode.notRunning, "not connected") : SUCCESS);
        return;
      }
      case "monitor":
        this.#monitor(operation, done);
        return;
      case "reload":
      case "reload-agent":
        done(SUCCESS);
        return;
      default:
        done(failure(OcfCode.unimplemented, `a remote connection cannot ${operation.action}`));
    }
  }

  #connect(operation: Operation, endMs: number, done: (outcome: Outcome) => void): void {
    const { context, hosts } = this.#deps;
    const node = operation.resourceId;
    if (this.#open.has(node)) {
      done(SUCCESS);
      return;
    }
    const server = operation.parameters.get("server") ?? operation.parameters.get("addr") ?? node;
    const port = Number(operation.parameters.get("port") ?? PORT_DEFAULT);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      done(
        failure(
          OcfCode.invalidArguments,
          `port "${operation.parameters.get("port")}" is not between 1 and 65535`,
        ),
      );
      return;
    }
    const leftMs = endMs - context.clock.monotonicMs();
    hosts.connect({ node, server, port }, Math.min(ATTEMPT_MS_MAX, leftMs), (attempt) =>
      context.queue.run(() => {
        if (attempt.kind === "connected") {
          this.#opened(node, attempt.connection, attempt.host);
          done(SUCCESS);
        } else if (attempt.kind === "refused") {
          done(failure(OcfCode.invalidArguments, attempt.reason));
        } else if (endMs - context.clock.monotonicMs() > ATTEMPT_LEFT_MS_MIN) {
          context.log("info", `Cannot connect to the remote node ${node} yet: ${attempt.reason}`);
          after(context, ATTEMPT_PAUSE_MS, () => this.#connect(operation, endMs, done));
        } else {
          done({ status: ExecutionStatus.timedOut, rc: OcfCode.genericError, reason: attempt.reason });
        }
      }),
    );
  }

  #opened(node: string, connection: RemoteConnection, host: RemoteHost): void {
    const { context } = this.#deps;
    this.#open.set(node, { connection, isMoving: false, whenReplaced: null });
    this.#lost.delete(node);
    connection.subscribe({
      lost: (kind, reason) =>
        context.queue.run(() => {
          if (this.#open.get(node)?.connection === connection) this.#onLost(node, kind, reason);
        }),
      shutdownRequested: () =>
        context.queue.run(() => {
          if (this.#open.get(node)?.connection === connection) this.#deps.shutdownRequested(node);
        }),
    });
    this.#deps.opened(node, connection, host);
  }

  #onLost(node: string, kind: "broken" | "replaced", reason: string): void {
    const { context } = this.#deps;
    const open = this.#open.get(node);
    this.#open.delete(node);
    if (kind === "replaced" && open?.isMoving === true) {
      context.log("notice", `The connection to the remote node ${node} has moved to another node`);
      this.#end(({ operation }) => operation.resourceId === node, false);
      this.#deps.closed(node, "takenOver");
      open.whenReplaced?.();
      return;
    }
    context.log("error", `${LOST} on ${node}: ${reason}`);
    this.#lost.set(node, this.#deps.connectedSince(node));
    this.#deps.closed(node, "lost");
    for (const entry of this.#recurring)
      if (entry.operation.resourceId === node) this.#found(entry, failure(OcfCode.genericError, LOST));
    open?.whenReplaced?.();
  }

  #disconnect(operation: Operation, done: (outcome: Outcome) => void): void {
    const node = operation.resourceId;
    this.#end((entry) => entry.operation.resourceId === node, true);
    this.#lost.delete(node);
    const open = this.#open.get(node);
    if (open === undefined) {
      done(SUCCESS);
      return;
    }
    const close = (): void => {
      this.#lost.delete(node);
      if (this.#open.get(node) === open) {
        this.#open.delete(node);
        open.connection.close();
        this.#deps.closed(node, "stopped");
      }
      done(SUCCESS);
    };
    if (!open.isMoving) {
      close();
      return;
    }
    // Without word from the host: either nobody came to take it over, or the line is cut and somebody has.
    const timer = after(this.#deps.context, timeoutOf(operation) / 2, () => {
      open.whenReplaced = null;
      this.ask(node, timeoutOf(operation) / 4, close);
    });
    open.whenReplaced = () => {
      timer.cancel();
      close();
    };
  }

  /** A connection that somebody else has made since, which takes no stop of this one where the host is a container, is the one that counts. */
  #isLost(node: string): boolean {
    const lostS = this.#lost.get(node);
    if (lostS === undefined) return false;
    const sinceS = this.#deps.connectedSince(node);
    if (sinceS === 0 || sinceS === lostS) return true;
    this.#lost.delete(node);
    return false;
  }

  #monitor(operation: Operation, done: (outcome: Outcome) => void): void {
    const node = operation.resourceId;
    if (this.#open.has(node))
      this.ask(node, timeoutOf(operation), (isAlive) =>
        done(isAlive ? SUCCESS : failure(OcfCode.genericError, SILENT)),
      );
    else done(this.#isLost(node) ? failure(OcfCode.genericError, LOST) : failure(OcfCode.notRunning, ""));
  }

  #repeat(operation: Operation, callId: number, report: AgentCallback): void {
    this.#end(
      (entry) =>
        entry.operation.resourceId === operation.resourceId &&
        entry.operation.action === operation.action &&
        entry.operation.intervalMs === operation.intervalMs,
      false,
    );
    const entry: Recurring = {
      operation,
      callId,
      report,
      last: null,
      changedS: nowSeconds(this.#deps.context),
      foundMs: 0,
      timer: null,
      isOver: false,
    };
    this.#recurring.push(entry);
    this.#look(entry);
  }

  #look(entry: Recurring): void {
    this.#enqueue(entry.operation.resourceId, (over) => {
      if (entry.isOver) {
        over();
        return;
      }
      this.#perform(entry.operation, (outcome) => {
        this.#found(entry, outcome);
        // Once it is lost, looking again tells nothing: it is to be stopped and started.
        if (!entry.isOver && !this.#isLost(entry.operation.resourceId))
          entry.timer = after(this.#deps.context, entry.operation.intervalMs, () => this.#look(entry));
        over();
      });
    });
  }

  #found(entry: Recurring, outcome: Outcome): void {
    const mark = `${outcome.status} ${outcome.rc}`;
    if (entry.isOver || entry.last === mark) return;
    entry.last = mark;
    entry.foundMs = this.#deps.context.clock.monotonicMs();
    entry.changedS = nowSeconds(this.#deps.context);
    const times = { runS: entry.changedS, changeS: entry.changedS, execTimeMs: 0 };
    entry.report(resultOf(entry.operation, entry.callId, outcome, times));
  }

  /** Returns whether there was any. */
  #end(matches: (entry: Recurring) => boolean, isReported: boolean): boolean {
    const found = this.#recurring.filter(matches);
    for (const entry of found) {
      entry.isOver = true;
      entry.timer?.cancel();
      this.#recurring.splice(this.#recurring.indexOf(entry), 1);
      if (!isReported) continue;
      const outcome = { status: ExecutionStatus.cancelled, rc: OcfCode.ok, reason: "" };
      const times = { runS: entry.changedS, changeS: entry.changedS, execTimeMs: 0 };
      after(this.#deps.context, 0, () =>
        entry.report(resultOf(entry.operation, entry.callId, outcome, times)),
      );
    }
    return found.length > 0;
  }
}

const SUCCESS: Outcome = { status: ExecutionStatus.done, rc: OcfCode.ok, reason: "" };

function failure(rc: number, reason: string): Outcome {
  return { status: ExecutionStatus.done, rc, reason };
}

function timeoutOf({ timeoutMs }: Operation): number {
  return timeoutMs > 0 ? timeoutMs : TIMEOUT_DEFAULT_MS;
}

function resultOf(
  operation: Operation,
  callId: number,
  { status, rc, reason }: Outcome,
  times: { readonly runS: number; readonly changeS: number; readonly execTimeMs: number },
): Parameters<AgentCallback>[0] {
  return {
    operation,
    callId,
    status,
    rc,
    exitReason: reason,
    lastRunS: times.runS,
    lastChangeS: times.changeS,
    execTimeMs: times.execTimeMs,
    queueTimeMs: 0,
    output: "",
  };
}
