import type { AgentRunner, OperationResult } from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";
import type { OwnChanges } from "../cib/own-changes.ts";
import type { NodeContext } from "../context.ts";
import { FOREIGN_UUID, formatTransitionKey } from "../transition/transition-key.ts";
import { decodeAction } from "../wire/action-message.ts";
import type { ControlMessage } from "../wire/control-message.ts";
import { afterMigrationsS } from "./after-migrations.ts";
import { resourcesToForget } from "./cleanup.ts";
import type { HistoryMemory } from "./history-memory.ts";
import { OperationRunner } from "./operation-runner.ts";

interface Dependencies {
  readonly context: NodeContext;
  /** The node that the agents run on: this one, or a remote one that is connected to it. */
  readonly node: { readonly id: string; readonly name: string };
  readonly agents: AgentRunner;
  /** What has begun is in the history even where the configuration leaves it out. */
  readonly recordsAllBegun?: boolean;
  readonly changes: OwnChanges;
  document(): XmlElement;
  answer(transitionKey: string, status: number, rc: number): void;
  ended(result: OperationResult, targetRc: number): void;
  readiness(): "all" | "stopOnly" | "stopping";
  /** Is the resource a connection to a remote node that is open here? Default: no. */
  isOpenConnection?(resourceId: string): boolean;
}

type Request = Extract<
  ControlMessage,
  { kind: "execute" | "forgetHistory" | "failResource" | "forgetFailure" }
>;

/** What others ask of the resources on a node, and what comes of it in the CIB. */
export class LocalOperations {
  readonly #deps: Dependencies;
  readonly #runner: OperationRunner;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    const { context, node, agents, changes } = deps;
    this.#runner = new OperationRunner(context, node.name, agents, {
      writeHistory: ({ id, agent, lockS }, entries, removed) => {
        for (const entryId of removed) changes.removeHistoryEntry(node.id, id, entryId, false);
        changes.writeHistory(node, { id, agent, lockS }, entries);
      },
      removeEntry: (resourceId, entryId) => changes.removeHistoryEntry(node.id, resourceId, entryId, true),
      removeResource: (resourceId) => changes.removeHistory(node.id, resourceId),
      answer: deps.answer,
      ended: deps.ended,
      readiness: deps.readiness,
      recordsAllBegun: deps.recordsAllBegun ?? false,
      earliestS: (resourceId, migrateSource) =>
        afterMigrationsS(deps.document(), { resourceId, nodeName: node.name, migrateSource }),
    });
  }

  get memory(): HistoryMemory {
    return this.#runner.memory;
  }

  /** Calls back when nothing runs any more. */
  drain(done: () => void): void {
    this.#runner.drain(done);
  }

  /** The history of the resource is wrong: it is to be looked at anew. */
  forget(resourceId: string): void {
    this.#runner.refresh(resourceId);
  }

  onMessage(message: Request): void {
    switch (message.kind) {
      case "execute":
        this.#runner.execute({
          transitionKey: message.transitionKey,
          action: decodeAction(message.action),
        });
        return;
      case "forgetHistory":
        this.#forgetHistory(message);
        return;
      case "failResource":
        this.#failResource(message.resource);
        return;
      case "forgetFailure":
        this.memory.remove(message.resource, `${message.resource}_last_failure_0`);
    }
  }

  #forgetHistory(message: Extract<Request, { kind: "forgetHistory" }>): void {
    const { node } = this.#deps;
    if (message.node !== null && message.node.toLowerCase() !== node.name.toLowerCase()) return;
    const document = this.#deps.document();
    for (const resourceId of resourcesToForget(document, node.id, message, message.isRefresh)) {
      // Without its history the node behind it would count as lost until it is looked at, and what runs there would be recovered.
      if (this.#deps.isOpenConnection?.(resourceId) === true) this.#runner.forgetFailure(resourceId);
      else this.#runner.refresh(resourceId);
    }
  }

  #failResource(resource: string): void {
    const key = formatTransitionKey({ actionId: 0, transition: -1, targetRc: 0, leaderUuid: FOREIGN_UUID });
    if (!this.#runner.fail(resource, key))
      this.#deps.context.log(
        "warning",
        `Cannot fail ${resource}: it has no history on ${this.#deps.node.name}`,
      );
  }
}
