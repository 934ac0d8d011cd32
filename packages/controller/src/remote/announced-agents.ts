import {
  type AgentCallback,
  type AgentRunner,
  ExecutionStatus,
  OcfCode,
  type Operation,
} from "@quorate/ports";
import { type NodeContext, nowSeconds } from "../context.ts";

interface Dependencies {
  readonly context: NodeContext;
  readonly agents: AgentRunner;
  /** Calls back when all members have heard what this node has sent, or one of them went without. */
  whenHeard(task: (isHeard: boolean) => void): void;
  isConnected(): boolean;
  /** It was not begun, though the history says that it is. */
  refused(operation: Operation): void;
}

const CHANGES_STATE: ReadonlySet<string> = new Set([
  "start",
  "stop",
  "promote",
  "demote",
  "migrate_to",
  "migrate_from",
]);

/**
 * The agents of a remote node. What changes anything there begins only when all members have it in their histories as under way: when
 * this node is lost, the host goes on, and nobody else could tell. On a node of the cluster that is not needed, since it is fenced.
 */
export class AnnouncedAgents implements AgentRunner {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  execute(operation: Operation, report: AgentCallback): void {
    const { agents } = this.#deps;
    if (!CHANGES_STATE.has(operation.action)) {
      agents.execute(operation, report);
      return;
    }
    this.#deps.whenHeard((isHeard) => {
      // Whoever waits for it was told when the connection went.
      if (!this.#deps.isConnected()) return;
      if (isHeard) agents.execute(operation, report);
      else this.#refuse(operation, report);
    });
  }

  cancel(...[resourceId, action, intervalMs]: Parameters<AgentRunner["cancel"]>): boolean {
    return this.#deps.agents.cancel(resourceId, action, intervalMs);
  }

  cancelAll(): void {
    this.#deps.agents.cancelAll();
  }

  metadata(...[agent, done]: Parameters<AgentRunner["metadata"]>): void {
    this.#deps.agents.metadata(agent, done);
  }

  forgetMetadata(...[agent]: Parameters<AgentRunner["forgetMetadata"]>): void {
    this.#deps.agents.forgetMetadata(agent);
  }

  #refuse(operation: Operation, report: AgentCallback): void {
    const nowS = nowSeconds(this.#deps.context);
    this.#deps.refused(operation);
    report({
      operation,
      callId: 0,
      status: ExecutionStatus.cancelled,
      rc: OcfCode.ok,
      exitReason: "",
      lastRunS: nowS,
      lastChangeS: nowS,
      execTimeMs: 0,
      queueTimeMs: 0,
      output: "",
    });
  }
}
