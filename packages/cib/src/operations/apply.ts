import { parseXml, XmlElement } from "@quorate/xml";
import { AccessView } from "../acl/access.ts";
import { forbiddenChange, OWN_ATTRIBUTES } from "../acl/forbidden-change.ts";
import { type Identity, restrictedIdentity } from "../acl/identity.ts";
import { permissionsOf } from "../acl/permissions.ts";
import { readableCopy } from "../acl/readable-copy.ts";
import type { CibResultCode } from "../document/result-codes.ts";
import { type CibVersion, compareDotted, versionOf } from "../document/versions.ts";
import { Draft } from "../draft.ts";
import { applyToDraft } from "../patchset/apply.ts";
import { attributeChange, diffTrees } from "../patchset/diff.ts";
import type { PatchChange, Patchset } from "../patchset/patchset.ts";
import { patchsetFromXml } from "../patchset/patchset-xml.ts";
import { type CibProblem, describeProblem } from "../validate/problem.ts";
import { checkStructure, checkStructureAfter } from "../validate/structure.ts";
import { bump, erase, isConfigurationBump } from "./counters.ts";
import { create } from "./create.ts";
import { remove } from "./delete.ts";
import { modify } from "./modify.ts";
import { queryCib } from "./query.ts";
import { replace } from "./replace.ts";
import { type CibOperation, type CibRequest, requestFromXml } from "./request.ts";
import { DONE, failed, type Step, type StepOutcome } from "./step.ts";
import { upgrade } from "./upgrade.ts";

/** What the executing node adds to the request. Replicas agree when all but `isStoredValid` are the same for them. */
export interface CibContext {
  /** Newest feature set that this node knows, for example `3.20.5`. */
  readonly featureSet: string;
  /**
   * Value of `cib-last-written`, for example `Sat Nov 21 01:51:23 2026`. Should travel with the request, so that
   * all replicas write the same. Empty: not known, so nothing is written.
   */
  readonly lastWritten: string;
  /** A file of a tool and not the cluster's CIB: feature sets are not compared, and nobody is named as the author of the change. */
  readonly isFileBacked: boolean;
  /** False when the stored configuration failed validation at start-up: then everything is refused. */
  readonly isStoredValid: boolean;
  /** Whether the request came by a channel that may change things. */
  readonly isPrivileged: boolean;
  /** Default true. False for a dry run whose caller wants the patchset alone: the result may break its schema. */
  readonly isStructureChecked?: boolean;
  /** Default false. An earlier change `isValidated` the document: only what changes can break it, and only that is looked at. */
  readonly isKnownValid?: boolean;
}

export interface CibOutcome {
  readonly code: CibResultCode;
  /** For people: why, when the code is not `ok`; null when the code says it all. */
  readonly reason: string | null;
  /** The document to go on with; another tree than before only when the whole document was replaced. */
  readonly cib: XmlElement;
  /** Whether `cib` differs from before. */
  readonly isChanged: boolean;
  /** Whether the configuration differs from before, so that it must be made durable. */
  readonly isConfigurationChanged: boolean;
  /** Whether the document must be written to disk even though the configuration may be the same. */
  readonly isWriteNeeded: boolean;
  /**
   * What the request did or, when it was refused by validation or was a dry run, would have done; null when nothing.
   * Subscribers are told whenever it is not null, except for dry runs and `inhibit-notify`.
   */
  readonly patchset: Patchset | null;
  /** Whether subscribers are to be told. */
  readonly isNotified: boolean;
  /** Answer of a query (part of the document itself: print it at once), or what a failed request reports. */
  readonly reply: XmlElement | null;
  /** Mistakes in the result that was refused with `schema`. */
  readonly problems: readonly CibProblem[];
  /** Whether the whole document is known to be without mistakes. */
  readonly isValidated: boolean;
  /** Elements of the document from before whose attributes or children are others now. */
  readonly touched: readonly XmlElement[];
}

/** Operations after which the document is written whether or not the configuration changed. */
const ALWAYS_WRITTEN: ReadonlySet<CibOperation> = new Set([
  "cib_replace",
  "cib_upgrade",
  "cib_commit_transact",
]);

const NOT_IN_TRANSACTION: ReadonlySet<CibOperation> = new Set(["cib_query", "cib_commit_transact"]);

/** Nothing in a CIB is nested so deep; what is deeper could not be read again. */
const DEPTH_MAX = 200;

/**
 * Carries out one request on a document.
 *
 * The document is changed **in place** when the request succeeds, and is exactly as before when it does not
 * (and after a dry run): whoever needs the old state keeps a clone or the patchset. So the cost is that of
 * the change and not of the document, except for validation after a configuration change. The same requests
 * in the same order make the same document everywhere. Never throws on bad requests.
 *
 * Source: CIB specification, sections 2 and 3 ("Order of checks for a modifying op").
 */
export function applyOperation(cib: XmlElement, request: CibRequest, context: CibContext): CibOutcome {
  const restricted = restrictedIdentity(cib, request.user, request.groups);
  if (request.operation === "cib_query") {
    if (!context.isStoredValid)
      return storedIsInvalid(restricted === null ? cib : readableOrNothing(cib, restricted));
    return refused(cib, query(cib, request, restricted));
  }
  if (!context.isPrivileged) {
    return refused(
      cib,
      failed("permissionDenied", `${request.operation} is not allowed on a read-only channel`),
    );
  }
  const permissions = restricted === null ? null : permissionsOf(cib, restricted);
  // Before anything else that costs: nobody without a rule makes replicas parse, search or copy.
  if (permissions?.length === 0) return refused(cib, NOTHING_ALLOWED);
  if (!context.isStoredValid) {
    return storedIsInvalid(restricted === null ? cib : readableOrNothing(cib, restricted));
  }

  const draft = new Draft(cib);
  try {
    const access = permissions === null ? null : new AccessView(cib, permissions);
    const step = perform(draft, request);
    if (step.code !== "ok") {
      draft.rollback();
      return refused(cib, step);
    }
    if (permissions !== null && access !== null) {
      const forbidden =
        request.operation === "cib_bump" && access.access(cib, "denied") !== "writable"
          ? "/cib"
          : forbiddenChange(draft, access, permissions);
      if (forbidden !== null) {
        draft.rollback();
        return refused(cib, failed("permissionDenied", `${request.user} may not change ${forbidden}`));
      }
      keepOwnAttributes(draft);
    }
    return conclude(draft, request, context, step.reply);
  } catch (error) {
    // A defect, or a machine out of memory: whoever catches it must find the document as it was.
    draft.rollback();
    throw error;
  }
}

const NOTHING_ALLOWED = failed("permissionDenied", "no access rule names this user");

function query(cib: XmlElement, request: CibRequest, restricted: Identity | null): StepOutcome {
  if (restricted === null) return queryCib(cib, request);
  const readable = readableCopy(cib, restricted);
  return readable === null
    ? failed("permissionDenied", `${restricted.user} may not read anything`)
    : queryCib(readable, request);
}

function readableOrNothing(cib: XmlElement, restricted: Identity): XmlElement {
  return readableCopy(cib, restricted) ?? new XmlElement(cib.name);
}

/** Puts back what only the CIB itself writes. */
function keepOwnAttributes(draft: Draft): void {
  const before = draft.past().attributes(draft.originalRoot);
  for (const name of OWN_ATTRIBUTES) {
    const value = before.get(name);
    if (value === undefined) draft.unset(draft.root, name);
    else draft.set(draft.root, name, value);
  }
}

/** Everything after the operation itself: version rules, counters, difference, stamps, validation. */
function conclude(
  draft: Draft,
  request: CibRequest,
  context: CibContext,
  reply: XmlElement | null,
): CibOutcome {
  const before = draft.originalRoot;
  const source = versionBefore(draft);
  const isSync = request.flags.includes("sync");
  const isDryRun = request.flags.includes("dryrun");
  const refusal =
    checkFeatureSet(draft.root, context) ?? (isSync ? null : checkBackwards(draft.root, source));
  if (refusal !== null) {
    draft.rollback();
    return refused(before, refusal);
  }

  const past = draft.past();
  const found = diffTrees(before, draft.root, past);
  if (found.length === 0) {
    // Equal in content, so the tree that everybody knows stays, even when another one replaced it.
    draft.rollback();
    return { ...refused(before, DONE), isWriteNeeded: ALWAYS_WRITTEN.has(request.operation) && !isDryRun };
  }
  const isBump = isConfigurationBump(request);
  const isConfigurationChanged = isBump || found.some(touchesConfiguration);
  if (!isSync) {
    if (!isBump) advanceCounters(draft, isConfigurationChanged);
    // A file keeps when and by whom the cluster that it was taken from was changed. Another document in its place is given the time if
    // it tells none: crm_mon of 3.0.2 shows one then, and after no other change of a file. An upgraded document is no other.
    const isAnother = draft.root !== before && request.operation !== "cib_upgrade";
    const isDue = !context.isFileBacked || isAnother;
    const isStamped = isConfigurationChanged && isDue && !request.flags.includes("no-mtime");
    if (isStamped) stamp(draft, request, context);
  }
  const patchset: Patchset = {
    source,
    target: versionOf(draft.root),
    digest: null,
    changes: withRootChange(draft, found),
  };

  const isExempt = context.isStructureChecked === false || found.every(needsNoSchema);
  const check = context.isKnownValid === true ? checkStructureAfter : checkStructure;
  const problems = [...(isExempt ? [] : check(draft.root, found)), ...checkDepth(found)];
  if (problems.length > 0) {
    const restricted = restrictedIdentity(draft.root, request.user, request.groups);
    const rejected = restricted === null ? draft.root.clone() : readableOrNothing(draft.root, restricted);
    draft.rollback();
    return {
      ...refused(before, failed("schema", problems.map(describeProblem).join("\n"), rejected)),
      patchset,
      isNotified: !isDryRun && !request.flags.includes("inhibit-notify"),
      problems,
    };
  }
  if (isDryRun) {
    draft.rollback();
    return { ...refused(before, DONE), patchset };
  }
  return {
    code: "ok",
    reason: null,
    cib: draft.root,
    isChanged: true,
    isConfigurationChanged,
    isWriteNeeded: isConfigurationChanged || ALWAYS_WRITTEN.has(request.operation),
    patchset,
    isNotified: !request.flags.includes("inhibit-notify"),
    reply,
    problems: [],
    isValidated: !isExempt,
    touched: [...draft.touched()],
  };
}

function perform(draft: Draft, request: CibRequest): StepOutcome {
  let data: XmlElement | null = null;
  if (request.data !== null) {
    const parsed = parseXml(request.data);
    if (!parsed.ok) {
      const { message, line, column } = parsed.error;
      return failed("invalidArgument", `line ${line}, column ${column} of the data: ${message}`);
    }
    data = parsed.root;
  }
  const { section, xpath, digest } = request;
  const step: Step = { draft, section, xpath, data, digest, flags: new Set(request.flags) };
  switch (request.operation) {
    case "cib_create":
      return create(step);
    case "cib_modify":
      return modify(step);
    case "cib_replace":
      return replace(step);
    case "cib_delete":
      return remove(step);
    case "cib_erase":
      return erase(draft);
    case "cib_bump":
      return bump(draft, request);
    case "cib_apply_diff":
      return applyDiff(step);
    case "cib_upgrade":
      return upgrade(step);
    case "cib_commit_transact":
      return commit(step);
    case "cib_query":
      return failed("notSupported", "a query changes nothing");
  }
}

function applyDiff({ draft, data }: Step): StepOutcome {
  if (data === null) return failed("invalidArgument", "cib_apply_diff needs a patchset");
  const reading = patchsetFromXml(data);
  if (!reading.ok) return failed("invalidArgument", reading.error);
  const outcome = applyToDraft(draft, reading.patchset, true);
  return outcome.code === "ok" ? DONE : failed(outcome.code, outcome.reasons.join("\n"));
}

/** All requests on the one draft; the first failure is that of the transaction. */
function commit({ draft, data }: Step): StepOutcome {
  if (data?.name !== "cib_transaction") {
    return failed("invalidArgument", "cib_commit_transact needs a <cib_transaction>");
  }
  const requests: CibRequest[] = [];
  for (const element of data.elements()) {
    const request = requestFromXml(element);
    if (request === null)
      return failed("invalidArgument", `<${element.name}> in a transaction is no request`);
    if (NOT_IN_TRANSACTION.has(request.operation) || request.host !== null) {
      return failed("notSupported", `${request.operation} is not possible in a transaction`);
    }
    requests.push(request);
  }
  for (const request of requests) {
    const outcome = perform(draft, request);
    if (outcome.code === "ok") continue;
    const reason = `transaction aborted by ${request.operation}: ${outcome.reason ?? outcome.code}`;
    return failed(outcome.code, reason, outcome.reply);
  }
  return DONE;
}

function checkFeatureSet(root: XmlElement, context: CibContext): StepOutcome | null {
  const featureSet = root.get("crm_feature_set");
  if (context.isFileBacked || featureSet === null) return null;
  if (compareDotted(featureSet, context.featureSet) <= 0) return null;
  return failed(
    "protocol",
    `feature set ${featureSet} is newer than ${context.featureSet}, which this node has`,
  );
}

function checkBackwards(root: XmlElement, source: CibVersion): StepOutcome | null {
  const { adminEpoch, epoch } = versionOf(root);
  const isOlder =
    adminEpoch < source.adminEpoch || (adminEpoch === source.adminEpoch && epoch < source.epoch);
  return isOlder
    ? failed("oldData", `version ${adminEpoch}.${epoch} would be older than the present one`)
    : null;
}

function versionBefore(draft: Draft): CibVersion {
  const attributes = draft.past().attributes(draft.originalRoot);
  const counter = (name: string): number => Number.parseInt(attributes.get(name) ?? "", 10) || 0;
  return { adminEpoch: counter("admin_epoch"), epoch: counter("epoch"), numUpdates: counter("num_updates") };
}

/** Anything inside `configuration`, or a whole configuration created. */
function touchesConfiguration(change: PatchChange): boolean {
  if (/^\/cib\/configuration(?:[/[]|$)/.test(change.path)) return true;
  return (
    change.operation === "create" && change.node.kind === "element" && change.node.name === "configuration"
  );
}

/** Must be possible, too, while an older mistake in the configuration keeps everything else from being changed. */
function needsNoSchema(change: PatchChange): boolean {
  return staysInStatus(change) || tellsWhoLeads(change);
}

function tellsWhoLeads(change: PatchChange): boolean {
  return (
    change.operation === "modify" &&
    change.path === "/cib" &&
    change.attributes.every(
      ({ name, value }) => name === "dc-uuid" || (name === "have-quorum" && (value === "0" || value === "1")),
    )
  );
}

/** The status section is not part of the schema's contract, so such changes are not validated. */
function staysInStatus(change: PatchChange): boolean {
  return (
    /^\/cib\/status(?:[/[]|$)/.test(change.path) &&
    !(change.operation === "delete" && change.path === "/cib/status")
  );
}

function advanceCounters(draft: Draft, isConfigurationChanged: boolean): void {
  const { adminEpoch, epoch, numUpdates } = versionOf(draft.root);
  if (!draft.root.attributes.has("admin_epoch")) draft.set(draft.root, "admin_epoch", String(adminEpoch));
  draft.set(draft.root, "epoch", String(isConfigurationChanged ? epoch + 1 : epoch));
  draft.set(draft.root, "num_updates", String(isConfigurationChanged ? 0 : numUpdates + 1));
}

function stamp(draft: Draft, request: CibRequest, context: CibContext): void {
  if (context.isFileBacked) {
    if (context.lastWritten !== "" && !draft.root.attributes.has("cib-last-written"))
      draft.set(draft.root, "cib-last-written", context.lastWritten);
    return;
  }
  const stamps: [string, string | null][] = [
    ["cib-last-written", context.lastWritten],
    ["update-origin", request.origin],
    ["update-client", request.clientName],
    ["update-user", request.user],
  ];
  for (const [name, value] of stamps) {
    if (value === null || value === "") draft.unset(draft.root, name);
    else draft.set(draft.root, name, value);
  }
}

/** Counters and stamps came after the comparison: the root's own change is made anew, in its place after the deletes. */
function withRootChange(draft: Draft, found: readonly PatchChange[]): readonly PatchChange[] {
  const before = draft.past().attributes(draft.originalRoot);
  const rootChange = attributeChange(before, draft.root, { path: "/cib", attributeOrder: "noticed" });
  const others = found.filter((change) => !(change.operation === "modify" && change.path === "/cib"));
  const deletes = others.filter((change) => change.operation === "delete");
  const rest = others.filter((change) => change.operation !== "delete");
  return rootChange === null ? [...deletes, ...rest] : [...deletes, rootChange, ...rest];
}

function checkDepth(changes: readonly PatchChange[]): readonly CibProblem[] {
  for (const change of changes) {
    if (change.operation !== "create" || change.node.kind !== "element") continue;
    const depth = change.path.split("/").length + heightOf(change.node);
    if (depth > DEPTH_MAX) return [{ code: "tooDeep", path: change.path, line: 0, depthMax: DEPTH_MAX }];
  }
  return [];
}

function heightOf(element: XmlElement): number {
  let height = 0;
  let level: readonly XmlElement[] = [element];
  while (level.length > 0) {
    height++;
    level = level.flatMap((node) => node.elements());
  }
  return height;
}

function storedIsInvalid(cib: XmlElement): CibOutcome {
  const reason = "the stored configuration is invalid: repair it and restart";
  return refused(cib, failed("schema", reason, cib));
}

function refused(cib: XmlElement, step: StepOutcome): CibOutcome {
  return {
    code: step.code,
    reason: step.reason,
    cib,
    isChanged: false,
    isConfigurationChanged: false,
    isWriteNeeded: false,
    patchset: null,
    isNotified: false,
    reply: step.reply,
    problems: [],
    isValidated: false,
    touched: [],
  };
}
