import { serializeXml, type XmlElement } from "@quorate/xml";
import type { CibAnswer, CibRequest } from "../cluster-node.ts";

const MIB = 1024 * 1024;

/** Of one change, as a message to all carries it. The bus takes messages of 64 MiB, and nobody would get a larger one. */
const CHANGE_BYTES_MAX = 32 * MIB;

/** Of all changes of this node's clients that are under way. A node with 128 MiB of messages to be sent gives up. */
const UNDER_WAY_BYTES_MAX = 64 * MIB;

/** Characters of the configuration as text: with one more change, and what runs in the cluster, it is sent to a node that joins in one message. */
const CONFIGURATION_SIZE_MAX = 24 * MIB;

/** Operations that make a configuration larger. A replacement may make it smaller, and must be possible for that. */
const GROWS: ReadonlySet<string> = new Set([
  "cib_create",
  "cib_modify",
  "cib_apply_diff",
  "cib_commit_transact",
]);

/** Indentation and escapes: what a change of so many characters adds at most, for each of them. */
const GROWTH_MAX = 2;

/** What is too large to be asked for: without these limits a client could make a node, or every node, unable to speak with the others. */
export class SizeLimits {
  #underWayBytes = 0;
  /** Not less than the configuration has; null: not known. */
  #configurationAtMost: number | null = null;

  /** Null when the change may be made. `bytes` are those of `changeBytes`. */
  refusal(
    request: Pick<CibRequest, "operation" | "section" | "data">,
    bytes: number,
    document: XmlElement,
  ): CibAnswer | null {
    if (bytes > CHANGE_BYTES_MAX)
      return refused(
        `a change of ${inMib(bytes)} MiB is too large: at most ${inMib(CHANGE_BYTES_MAX)} MiB can be sent to the other nodes; make it in several steps`,
      );
    if (this.#underWayBytes > 0 && this.#underWayBytes + bytes > UNDER_WAY_BYTES_MAX)
      return {
        kind: "unavailable",
        reason: "other large changes are under way; try again when they are made",
      };
    if (!GROWS.has(request.operation) || request.section === "status") return null;
    const growth = GROWTH_MAX * (request.data?.length ?? 0);
    if ((this.#configurationAtMost ?? Number.POSITIVE_INFINITY) + growth > CONFIGURATION_SIZE_MAX) {
      const configuration = document.first("configuration");
      this.#configurationAtMost = configuration === null ? 0 : serializeXml(configuration).length;
    }
    return (this.#configurationAtMost ?? 0) + growth <= CONFIGURATION_SIZE_MAX
      ? null
      : refused(
          `the configuration would become too large: at most ${inMib(CONFIGURATION_SIZE_MAX)} MiB can be sent to a node that joins; delete what is not needed`,
        );
  }

  /** A client's change that was not refused: to be sent, or waiting for that. */
  begun(bytes: number): void {
    this.#underWayBytes += bytes;
  }

  over(bytes: number): void {
    this.#underWayBytes -= bytes;
  }

  /** A change, of whichever node, was carried out. */
  applied({
    operation,
    section,
    data,
    flags,
  }: Pick<CibRequest, "operation" | "section" | "data" | "flags">): void {
    // By far most changes: they are no part of the configuration.
    if (section === "status") return;
    if (operation === "cib_upgrade" || flags.includes("multiple")) this.#configurationAtMost = null;
    else if (this.#configurationAtMost !== null)
      this.#configurationAtMost += GROWTH_MAX * (data?.length ?? 0);
  }

  /** This node has another copy. */
  replaced(): void {
    this.#configurationAtMost = null;
  }
}

/** At least as many as the change has in JSON, in UTF-8. */
export function changeBytes({
  data,
  xpath,
  section,
}: Pick<CibRequest, "data" | "xpath" | "section">): number {
  let bytes = 0;
  for (const text of [data, xpath, section]) {
    if (text === null) continue;
    bytes += text.length;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit === 0x22 || unit === 0x5c || unit === 0x0a || unit === 0x09 || unit === 0x0d) bytes += 1;
      else if (unit < 0x20 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += 5;
      else if (unit >= 0x800) bytes += 2;
      else if (unit >= 0x7f) bytes += 1;
    }
  }
  return bytes;
}

function refused(reason: string): CibAnswer {
  return { kind: "done", code: "tooLarge", reason, data: null };
}

function inMib(bytes: number): string {
  return (bytes / MIB).toFixed(bytes % MIB === 0 ? 0 : 1);
}
