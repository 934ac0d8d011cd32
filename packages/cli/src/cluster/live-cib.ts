import type { ApiClient } from "@quorate/api";
import type { CibResultCode } from "@quorate/cib";
import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";
import { cibError } from "./cib-error.ts";
import { type CibCall, CibError, type CibSession } from "./cib-session.ts";
import { guardParameters } from "./guard-parameters.ts";

/** Tools wait this long for an operation. Source: CIB manager specification, 3. */
const TIMEOUT_MS = 30_000;

/** The cluster's CIB, through the daemon of this node. */
export class LiveCib implements CibSession {
  readonly isLive = true;
  readonly #world: World;
  readonly #daemon: ApiClient;
  readonly #timeoutMs: number;
  readonly #user: string | null;

  /** `user`: whose rights the requests have, for a caller that may choose; null: the caller's own. */
  constructor(
    world: World,
    daemon: ApiClient,
    settings: { readonly user?: string | null; readonly timeoutMs?: number | null } = {},
  ) {
    this.#world = world;
    this.#daemon = daemon;
    this.#timeoutMs = settings.timeoutMs ?? TIMEOUT_MS;
    this.#user = settings.user ?? null;
  }

  async document(): Promise<XmlElement> {
    return (await this.call({ operation: "cib_query" }))!;
  }

  async call(call: CibCall): Promise<XmlElement | null> {
    const text = await this.textOf(call);
    return text === null ? null : parseReply(text);
  }

  async textOf(call: CibCall): Promise<string | null> {
    await guardParameters(this.#world, call, () => this.document());
    const params = {
      operation: call.operation,
      section: call.section ?? null,
      xpath: call.xpath ?? null,
      data: call.data === undefined || call.data === null ? null : serializeXml(call.data),
      flags: call.flags ?? [],
      user: this.#user,
    };
    const reply = await this.#daemon.request("cib.request", params, { timeoutMs: this.#timeoutMs });
    switch (reply.kind) {
      case "done": {
        if (reply.code === "ok") return reply.data;
        const data = reply.data === null ? null : parseReply(reply.data);
        throw cibError(reply.code as CibResultCode, reply.reason, data);
      }
      case "notDurable": {
        const nodes = reply.failures
          .map(({ node, code, message }) => `${node}: ${message} (${code})`)
          .join("; ");
        const text = `The change is in effect, but not on every disk, and may be lost when nodes fail: ${nodes}. Mend the disk, then restart quorated there or send it SIGPIPE, so that it writes the configuration again`;
        throw new CibError(text, ExitCode.cannotCreate, { effect: "done" });
      }
      case "unavailable":
        throw new CibError(`Nothing was changed: ${reply.reason}`, ExitCode.unavailable);
      case "outcomeUnknown":
        throw new CibError(
          `The change may or may not be in effect: ${reply.reason}. Look before you repeat it`,
          ExitCode.timeout,
          { effect: "unknown" },
        );
    }
  }
}

function parseReply(text: string): XmlElement {
  const parsed = parseXml(text);
  if (parsed.ok) return parsed.root;
  throw new CibError(`the daemon's answer is not XML: ${parsed.error.message}`, ExitCode.software);
}
