import {
  applyOperation,
  CIB_FLAGS,
  CIB_OPERATIONS,
  type CibOutcome,
  type CibRequest,
  diffCib,
  makeRequest,
  type Patchset,
  versionOf,
} from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import type { OrderedOperation } from "../wire/cib-message.ts";
import type { CibSummary } from "../wire/control-message.ts";

/** Operations that read or do nothing: answered by the node that was asked. */
const READ_ONLY: ReadonlySet<string> = new Set(["cib_query"]);

export function isReadOnly(request: {
  readonly operation: string;
  readonly flags: readonly string[];
}): boolean {
  return READ_ONLY.has(request.operation) || request.flags.includes("dryrun");
}

/**
 * Carries out one operation as it came over the wire, with the same result on every node. One that makes the code throw
 * would do so everywhere at the same time: it is refused instead, and the cluster goes on.
 */
export function carryOut(
  document: XmlElement,
  operation: OrderedOperation,
  context: {
    readonly featureSet: string;
    readonly origin: string;
    readonly isStoredValid: boolean;
    readonly isKnownValid: boolean;
  },
): CibOutcome {
  const request = toCibRequest(operation, context.origin);
  if (request === null)
    return refusal(
      document,
      `unknown operation or flag in ${operation.operation} ${operation.flags.join(" ")}`,
    );
  try {
    return applyOperation(document, request, {
      featureSet: context.featureSet,
      lastWritten: stampOf(operation.sentMs),
      isFileBacked: false,
      isStoredValid: context.isStoredValid,
      isKnownValid: context.isKnownValid,
      isPrivileged: true,
    });
  } catch (error) {
    return refusal(document, `${operation.operation} cannot be carried out: ${String(error)}`);
  }
}

function refusal(document: XmlElement, reason: string): CibOutcome {
  return {
    code: "invalidArgument",
    reason,
    cib: document,
    isChanged: false,
    isConfigurationChanged: false,
    isWriteNeeded: false,
    patchset: null,
    isNotified: false,
    reply: null,
    problems: [],
    isValidated: false,
    touched: [],
  };
}

/** `xpath` among the flags is implied by the field. */
function toCibRequest(operation: OrderedOperation, origin: string): CibRequest | null {
  const name = CIB_OPERATIONS.find((candidate) => candidate === operation.operation);
  const flags = CIB_FLAGS.filter((flag) => operation.flags.includes(flag));
  if (name === undefined) return null;
  return makeRequest(name, {
    section: operation.section,
    xpath: operation.xpath,
    data: operation.data,
    flags,
    origin,
    clientName: operation.client.name,
    clientId: operation.client.id,
    user: operation.client.user,
    groups: operation.client.groups,
  });
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Value of `cib-last-written`. In UTC, since all nodes must write the same whatever their time zone. */
function stampOf(sentMs: number): string {
  const date = new Date(sentMs);
  const two = (value: number) => String(value).padStart(2, "0");
  return (
    `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ` +
    `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${date.getUTCFullYear()}`
  );
}

export function versionSummary(
  document: XmlElement,
): Pick<CibSummary, "adminEpoch" | "epoch" | "numUpdates" | "schema"> {
  return { ...versionOf(document), schema: document.get("validate-with") };
}

/** Raises the epoch in place to at least this one. */
export function raiseEpoch(document: XmlElement, epochAtLeast: number): void {
  if (versionOf(document).epoch >= epochAtLeast) return;
  document.set("epoch", String(epochAtLeast));
  document.set("num_updates", "0");
}

/** Null when there is none. */
export function differenceOf(before: XmlElement, after: XmlElement): Patchset | null {
  const patchset = diffCib(before, after);
  return patchset.changes.length === 0 ? null : patchset;
}

/**
 * What goes to disk: everything but `status`, with `num_updates` 0. A view, to be written at once: its children are the document's
 * own, since copying ten megabytes takes as long as writing them. Source: CIB manager specification, 8.
 */
export function storedForm(document: XmlElement): XmlElement {
  const stored = new XmlElement(document.name, document.attributes);
  stored.set("num_updates", "0");
  for (const child of document.children)
    if (child.kind !== "element" || child.name !== "status") stored.children.push(child);
  return stored;
}

/** A loaded document made ready for use: with `status`, the three counters, without the DC of old. */
export function completeLoaded(document: XmlElement): XmlElement {
  const { adminEpoch, epoch, numUpdates } = versionOf(document);
  document.set("admin_epoch", String(adminEpoch));
  document.set("epoch", String(epoch));
  document.set("num_updates", String(numUpdates));
  document.attributes.delete("dc-uuid");
  if (document.first("configuration") === null) document.append(new XmlElement("configuration"));
  if (document.first("status") === null) document.append(new XmlElement("status"));
  return document;
}
