import type { NodeId, Timer } from "@quorate/ports";
import { after, type NodeContext } from "../context.ts";
import type { ControlMessage } from "../wire/control-message.ts";
import type { Peers } from "./peers.ts";

/** A daemon that hangs must not keep others from their work; as far as it is there when it wakes, it hears all in order. */
const HEARING_MS_MAX = 5_000;

interface Dependencies {
  readonly context: NodeContext;
  readonly peers: Peers;
  send(message: ControlMessage): void;
}

interface Question {
  readonly awaited: Set<NodeId>;
  readonly tasks: ((isHeard: boolean) => void)[];
  timer: Timer | null;
}

/**
 * Tells when all other members have heard what this node has sent. That it has heard it itself does not show that: when it is cut off
 * just then, it may be the only one.
 */
export class Hearing {
  readonly #deps: Dependencies;
  readonly #open = new Map<number, Question>();
  /** Not asked yet: all that is to be asked at the same time is asked at once. */
  #next: Question | null = null;
  #count = 0;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Of everything that was sent before this call. False: a member went without having said so. */
  whenHeard(task: (isHeard: boolean) => void): void {
    const { context, peers } = this.#deps;
    if (this.#next === null) {
      const others = peers.online().filter((peer) => peer.nodeId !== context.localNodeId && !peer.isSilent);
      const next = { awaited: new Set(others.map(({ nodeId }) => nodeId)), tasks: [], timer: null };
      this.#next = next;
      context.queue.run(() => this.#ask(next));
    }
    this.#next.tasks.push(task);
  }

  heard(from: NodeId, id: number): void {
    const question = this.#open.get(id);
    if (question === undefined) return;
    question.awaited.delete(from);
    if (question.awaited.size === 0) this.#end(id, question, true);
  }

  departed(nodeId: NodeId): void {
    for (const [id, question] of [...this.#open])
      if (question.awaited.has(nodeId)) this.#end(id, question, false);
    if (this.#next?.awaited.has(nodeId)) this.#end(0, this.#next, false);
  }

  #ask(question: Question): void {
    if (this.#next === question) this.#next = null;
    if (question.tasks.length === 0) return;
    if (question.awaited.size === 0) {
      this.#end(0, question, true);
      return;
    }
    this.#count += 1;
    const id = this.#count;
    this.#open.set(id, question);
    question.timer = after(this.#deps.context, HEARING_MS_MAX, () => this.#end(id, question, true));
    this.#deps.send({ kind: "askHeard", id });
  }

  #end(id: number, question: Question, isHeard: boolean): void {
    this.#open.delete(id);
    if (this.#next === question) this.#next = null;
    question.timer?.cancel();
    for (const task of question.tasks.splice(0)) task(isHeard);
  }
}
