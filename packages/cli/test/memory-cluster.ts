import { applyOperation, CIB_FLAGS, CIB_OPERATIONS, FEATURE_SET, makeRequest } from "@quorate/cib";
import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import type { Answers } from "./memory-world.ts";

export interface Request {
  readonly operation: string;
  readonly section: string | null;
  readonly xpath: string | null;
  readonly data: string | null;
  readonly flags: readonly string[];
}

/** The CIB of a running cluster in memory, changed as a daemon would, with moments at which somebody else acts. */
export class MemoryCluster {
  cib: XmlElement;
  /** Called before a change is applied: for what others do between a command's look and its change. */
  beforeChange: () => void = () => {};
  /** Called before a query is answered: for what the cluster does while a command waits. */
  beforeQuery: () => void = () => {};
  /** What the next change is answered with, after it was applied. */
  answerOnce: unknown = null;

  constructor(text: string) {
    const parsed = parseXml(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    this.cib = parsed.root;
  }

  get text(): string {
    return serializeXml(this.cib);
  }

  /** What the daemon answers. */
  get answers(): Answers {
    return {
      "cib.request": (params: Request) => this.#answer(params),
      "node.status": () => ({ nodeName: "node1" }),
    };
  }

  /** Something that somebody else does. */
  change(request: Partial<Request> & { readonly operation: string }): void {
    const reply = this.#apply({ section: null, xpath: null, data: null, flags: ["can-create"], ...request });
    if (reply.code !== "ok") throw new Error(`${reply.code}: ${reply.reason}`);
  }

  #answer(request: Request): unknown {
    if (request.operation === "cib_query") this.beforeQuery();
    else this.beforeChange();
    const { code, reason, reply } = this.#apply(request);
    const answer = this.answerOnce;
    if (request.operation !== "cib_query" && answer !== null) {
      this.answerOnce = null;
      return answer;
    }
    return { kind: "done", code, reason, data: reply === null ? null : serializeXml(reply) };
  }

  #apply(request: Request) {
    const operation = CIB_OPERATIONS.find((name) => name === request.operation);
    if (operation === undefined) throw new Error(`unexpected operation ${request.operation}`);
    const outcome = applyOperation(
      this.cib,
      makeRequest(operation, {
        ...request,
        flags: CIB_FLAGS.filter((flag) => request.flags.includes(flag)),
        clientName: "test",
        user: null,
        groups: [],
      }),
      {
        featureSet: FEATURE_SET,
        lastWritten: "Sat Nov 21 01:51:23 2026",
        isFileBacked: false,
        isStoredValid: true,
        isPrivileged: true,
      },
    );
    this.cib = outcome.cib;
    return outcome;
  }
}
