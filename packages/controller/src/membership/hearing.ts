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
  /** This node has got its own question. */
  isDelivered: boolean;
  /** Somebody has not answered in time. */
  isOverdue: boolean;
}

/**
 * Tells when all other members have heard what this node has sent. That it has heard it itself does not show that: when it is cut off
 * just then, it may be the only one.
 *
 * Members that do not answer in time are not waited for any longer, but how long a loss takes to show depends on the cluster layer: with
 * Corosync's own settings it is longer than that. So the question is asked once more, after this node has got the first, and who is still
 * there when the second comes back counts as having heard: between the two every member of the ring had its turn. Where the ring is
 * broken, nothing comes back before the view that says who went.
 *
 * A member of a version that does not know the question looks like one that hangs, and is waited for in the same way, so that
 * whatever changes something on a remote host begins later by that time while a cluster is upgraded. To ask only those that can answer would
 * be faster and not safe: the others decide as well, one of them perhaps as the DC (the oldest feature set wins the election), in a part of the
 * cluster in which nobody else is left who has heard. No other message of theirs tells: `state`, which they do send, does not say which question
 * it answers.
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
      const next = {
        awaited: new Set(others.map(({ nodeId }) => nodeId)),
        tasks: [],
        timer: null,
        isDelivered: false,
        isOverdue: false,
      };
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

  /** This node's own question is at its place in the order. */
  delivered(id: number): void {
    const question = this.#open.get(id);
    if (question === undefined) return;
    if (question.isDelivered) {
      this.#end(id, question, true);
      return;
    }
    question.isDelivered = true;
    if (question.isOverdue) this.#deps.send({ kind: "askHeard", id });
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
    question.timer = after(this.#deps.context, HEARING_MS_MAX, () => {
      question.isOverdue = true;
      if (question.isDelivered) this.#deps.send({ kind: "askHeard", id });
    });
    this.#deps.send({ kind: "askHeard", id });
  }

  #end(id: number, question: Question, isHeard: boolean): void {
    this.#open.delete(id);
    if (this.#next === question) this.#next = null;
    question.timer?.cancel();
    for (const task of question.tasks.splice(0)) task(isHeard);
  }
}
