import { canonicalXml, parseXml, XmlElement } from "@quorate/xml";

/**
 * The operations on the document itself. Source: CIB specification, section 3; the names appear in logs and
 * notifications.
 */
export const CIB_OPERATIONS = [
  "cib_query",
  "cib_create",
  "cib_modify",
  "cib_replace",
  "cib_delete",
  "cib_erase",
  "cib_bump",
  "cib_apply_diff",
  "cib_upgrade",
  "cib_commit_transact",
] as const;

export type CibOperation = (typeof CIB_OPERATIONS)[number];

/**
 * `xpath`: not here, it is the field of the request. `multiple`: act on all matches of the XPath. `can-create`:
 * modify may create. `no-children`: query answers without children. `xpath-address`: query answers with
 * paths. `dryrun`: only tell what would happen. `score-update`: accepted; `name++` and `name+=N` are arithmetic without it, too.
 * `no-mtime`: leave the stamps alone. `inhibit-notify`: tell no subscriber. `sync`: a replacement that
 * makes replicas equal; counters stay as they come.
 */
export const CIB_FLAGS = [
  "multiple",
  "can-create",
  "no-children",
  "xpath-address",
  "dryrun",
  "score-update",
  "no-mtime",
  "inhibit-notify",
  "sync",
] as const;

export type CibFlag = (typeof CIB_FLAGS)[number];

/**
 * One request, with nothing but text and numbers in it, so that it can be multicast as JSON or XML and every
 * replica does the same with it.
 */
export interface CibRequest {
  readonly operation: CibOperation;
  /** Section name; null for the whole document. Ignored when `xpath` is given. */
  readonly section: string | null;
  /** XPath 1.0. */
  readonly xpath: string | null;
  /** XML text. */
  readonly data: string | null;
  readonly flags: readonly CibFlag[];
  /** `digestV2` of the data of a `sync`, or null. */
  readonly digest: string | null;
  /** Name of the node that is to execute it alone; null for every node. Not allowed in a transaction. */
  readonly host: string | null;
  /** Name of the node that received it from a client. */
  readonly origin: string | null;
  readonly clientName: string | null;
  readonly clientId: string | null;
  readonly callId: number;
  /** Whose rights it has; null when it is nobody's in particular, and then no access rules apply. */
  readonly user: string | null;
  /** Unix groups of the user. They travel with the request, so that every replica judges it alike. */
  readonly groups: readonly string[];
}

/** A request for the whole document without flags, data or names, but for the given fields. */
export function makeRequest(
  operation: CibOperation,
  fields: Partial<Omit<CibRequest, "operation">> = {},
): CibRequest {
  return {
    operation,
    section: fields.section ?? null,
    xpath: fields.xpath ?? null,
    data: fields.data ?? null,
    flags: fields.flags ?? [],
    digest: fields.digest ?? null,
    host: fields.host ?? null,
    origin: fields.origin ?? null,
    clientName: fields.clientName ?? null,
    clientId: fields.clientId ?? null,
    callId: fields.callId ?? 0,
    user: fields.user ?? null,
    groups: fields.groups ?? [],
  };
}

const TEXT_FIELDS = [
  ["section", "section"],
  ["xpath", "xpath"],
  ["digest", "digest"],
  ["host", "host"],
  ["origin", "origin"],
  ["client", "clientName"],
  ["client-id", "clientId"],
  ["user", "user"],
] as const;

/** The request as an element, the form it has inside `<cib_transaction>`. Data that is not XML is lost. */
export function requestToXml(request: CibRequest): XmlElement {
  const element = new XmlElement("cib_request", [["operation", request.operation]]);
  for (const [attribute, field] of TEXT_FIELDS) {
    const value = request[field];
    if (value !== null) element.set(attribute, value);
  }
  if (request.flags.length > 0) element.set("flags", request.flags.join(" "));
  element.set("call", String(request.callId));
  const data = request.data === null ? null : parseXml(request.data);
  if (data?.ok) element.append(data.root);
  return element;
}

/** Reads what `requestToXml` wrote; null for anything else. */
export function requestFromXml(element: XmlElement): CibRequest | null {
  const operation = CIB_OPERATIONS.find((name) => name === element.get("operation"));
  const flagNames = (element.get("flags") ?? "").split(" ").filter((name) => name !== "");
  const flags = CIB_FLAGS.filter((flag) => flagNames.includes(flag));
  const data = element.elements();
  if (element.name !== "cib_request" || operation === undefined || data.length > 1) return null;
  if (flags.length !== new Set(flagNames).size) return null;
  const texts: { -readonly [Field in (typeof TEXT_FIELDS)[number][1]]?: string | null } = {};
  for (const [attribute, field] of TEXT_FIELDS) texts[field] = element.get(attribute);
  return makeRequest(operation, {
    ...texts,
    flags,
    data: data[0] === undefined ? null : canonicalXml(data[0]),
    callId: Number(element.get("call") ?? 0),
  });
}

/** `<cib_transaction>` around requests: the data of `cib_commit_transact`. */
export function transactionOf(requests: readonly CibRequest[]): XmlElement {
  const transaction = new XmlElement("cib_transaction");
  for (const request of requests) transaction.append(requestToXml(request));
  return transaction;
}
