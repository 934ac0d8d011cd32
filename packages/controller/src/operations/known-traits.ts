import type { AgentName, AgentRunner } from "@quorate/ports";
import type { WorkQueue } from "../work-queue.ts";
import { type AgentTraits, traitsOfMetadata, UNKNOWN_TRAITS } from "./agent-traits.ts";

/** What this node knows of its agents. They are asked once, and again whenever a resource is started: the agent may be another by then. */
export class KnownTraits {
  readonly #agents: AgentRunner;
  readonly #queue: WorkQueue;
  readonly #known = new Map<string, AgentTraits>();
  /** Per agent that is being asked, what waits for its answer. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(agents: AgentRunner, queue: WorkQueue) {
    this.#agents = agents;
    this.#queue = queue;
  }

  knows(agent: AgentName): boolean {
    return this.#known.has(nameOf(agent));
  }

  /** None for an agent that was never asked. */
  of(agent: AgentName): AgentTraits {
    return this.#known.get(nameOf(agent)) ?? UNKNOWN_TRAITS;
  }

  /** Asks the agent, unless that is under way. */
  refresh(agent: AgentName): void {
    const name = nameOf(agent);
    if (this.#waiting.has(name)) return;
    this.#waiting.set(name, []);
    this.#agents.forgetMetadata(agent);
    this.#agents.metadata(agent, (result) =>
      this.#queue.run(() => {
        this.#known.set(name, result.ok ? traitsOfMetadata(result.xml) : UNKNOWN_TRAITS);
        const waiting = this.#waiting.get(name) ?? [];
        this.#waiting.delete(name);
        for (const go of waiting) go();
      }),
    );
  }

  /** Calls back when no answer is awaited: at once, or as part of the turn in which it comes. */
  whenFresh(agent: AgentName, go: () => void): void {
    const waiting = this.#waiting.get(nameOf(agent));
    if (waiting === undefined) go();
    else waiting.push(go);
  }
}

function nameOf(agent: AgentName): string {
  return `${agent.class}:${agent.provider}:${agent.type}`;
}
