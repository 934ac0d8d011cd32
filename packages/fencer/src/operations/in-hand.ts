import { type Clock, ExecutionStatus, type FenceOutcome, type Log, type Member } from "@quorate/ports";
import type { FencingConfiguration } from "../configuration.ts";
import type { OperationRequest } from "../messages.ts";
import type { Peers } from "../peers.ts";
import { Operation, type OperationEnd } from "./operation.ts";

/** Somebody on this node who waits for the end of an operation. */
interface Waiter {
  readonly request: OperationRequest;
  /** Node whose fencer has the operation. */
  readonly owner: string;
  done(outcome: FenceOutcome): void;
}

interface Dependencies {
  readonly clock: Clock;
  readonly log: Log;
  readonly peers: Peers;
  readonly configuration: FencingConfiguration;
  /** An operation that this node owns is over, which all are to be told. */
  ended(request: OperationRequest, end: OperationEnd, isMerged: boolean): void;
  /** What a waiter is told for whom no result can come. */
  failure(request: OperationRequest, status: number, reason: string): FenceOutcome;
}

/** The operations that this node owns, until their result is delivered, and those on this node who wait for one, its own or another's. */
export class OperationsInHand {
  readonly #deps: Dependencies;
  readonly #operations = new Map<string, Operation>();
  readonly #waiters = new Map<string, Waiter>();

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  get(id: string): Operation | undefined {
    return this.#operations.get(id);
  }

  has(id: string): boolean {
    return this.#operations.has(id);
  }

  /** `owner`: the node whose fencer has the operation. */
  wait(request: OperationRequest, owner: string, done: (outcome: FenceOutcome) => void): void {
    this.#waiters.set(request.id, { request, owner, done });
  }

  /** This node becomes the owner. */
  own(request: OperationRequest, isWanted: () => boolean = () => true): void {
    const { clock, log, peers, configuration, ended } = this.#deps;
    log("notice", `Requesting peer fencing (${request.action}) targeting ${request.target}`);
    const operation = new Operation(request, {
      clock,
      log,
      levels: configuration.levelsFor(request.target),
      selfFencingMs: configuration.selfFencingMs(request.target),
      sendTo: (node, message) => peers.sendTo(node, message),
      isWanted,
      ended: (end) => ended(request, end, operation.mergedInto !== null),
    });
    this.#operations.set(request.id, operation);
    peers.send({ type: "query", request });
  }

  /** An operation is over: ends what this node still does for it, and what waits for it or shares its result. */
  settle(outcome: FenceOutcome): void {
    const { record, isSuccess, status, reason } = outcome;
    this.#operations.get(record.id)?.abandon();
    this.#operations.delete(record.id);
    const waiter = this.#waiters.get(record.id);
    this.#waiters.delete(record.id);
    waiter?.done(outcome);
    for (const operation of [...this.#operations.values()])
      if (operation.mergedInto === record.id)
        operation.share({
          isSuccess,
          status,
          reason,
          delegate: record.delegate,
          completedMs: record.completedMs,
        });
  }

  /** A fencer is gone. `presumedFailed`: its own operations, which end with it. */
  memberLost(member: Member, presumedFailed: readonly string[]): void {
    for (const operation of [...this.#operations.values()]) operation.nodeLost(member.name);
    this.unmergeFrom(presumedFailed);
    for (const [id, waiter] of [...this.#waiters]) {
      if (waiter.owner !== member.name) continue;
      this.#waiters.delete(id);
      const reason = `The fencer of ${member.name} was lost`;
      waiter.done(this.#deps.failure(waiter.request, ExecutionStatus.error, reason));
    }
  }

  /** Those that waited for the result of these operations have to go on by themselves. */
  unmergeFrom(ids: readonly string[]): void {
    for (const operation of [...this.#operations.values()])
      if (operation.mergedInto !== null && ids.includes(operation.mergedInto)) operation.unmerge();
  }

  /** Nothing can be heard or told any more. */
  abandonAll(reason: string): void {
    for (const operation of this.#operations.values()) operation.abandon();
    this.#operations.clear();
    const waiters = [...this.#waiters.values()];
    this.#waiters.clear();
    for (const { request, done } of waiters)
      done(this.#deps.failure(request, ExecutionStatus.disconnected, reason));
  }
}
