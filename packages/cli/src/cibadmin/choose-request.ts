import { emptyCib, FEATURE_SET, isKnownSchema, NEWEST_SCHEMA } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { CibCall } from "../cluster/cib-session.ts";
import { UsageError } from "../command.ts";
import type { CibadminOptions } from "./cibadmin-options.ts";

/** What the command line asks for. */
export type CibadminRequest =
  | {
      readonly kind: "call";
      readonly operation: CibCall["operation"];
      readonly needsData: boolean;
      readonly isDangerous: boolean;
      readonly flags: readonly string[];
    }
  /** The digest of the data alone. */
  | { readonly kind: "digest"; readonly version: 1 | 2 }
  /** A CIB that is made here. */
  | { readonly kind: "empty"; readonly document: XmlElement };

/** @throws UsageError */
export function chooseRequest(chosen: CibadminOptions): CibadminRequest {
  const given: CibadminRequest[] = [];
  const hasXPath = chosen.xpath !== null;
  if (chosen.query) {
    const shallow = chosen.noChildren ? ["no-children"] : [];
    given.push(call("cib_query", { flags: [...shallow, ...(chosen.nodePath ? ["xpath-address"] : [])] }));
  }
  if (chosen.create) given.push(call("cib_create", { needsData: true }));
  if (chosen.modify) {
    given.push(call("cib_modify", { needsData: true, flags: chosen.allowCreate ? ["can-create"] : [] }));
  }
  if (chosen.replace) given.push(call("cib_replace", { needsData: true }));
  if (chosen.delete) given.push(call("cib_delete", { needsData: !hasXPath }));
  if (chosen.deleteAll) {
    if (!hasXPath) throw new UsageError("--delete-all needs --xpath");
    given.push(call("cib_delete", { flags: ["multiple"] }));
  }
  if (chosen.patch) given.push(call("cib_apply_diff", { needsData: true }));
  if (chosen.bump) given.push(call("cib_bump"));
  if (chosen.upgrade) given.push(call("cib_upgrade", { isDangerous: true }));
  if (chosen.erase) given.push(call("cib_erase", { isDangerous: true }));
  if (chosen.empty !== null) given.push({ kind: "empty", document: emptyDocument(chosen.empty) });
  if (chosen.md5Sum) given.push({ kind: "digest", version: 1 });
  if (chosen.md5SumVersioned) given.push({ kind: "digest", version: 2 });
  if (given.length !== 1) {
    throw new UsageError("give exactly one command: -Q, -C, -M, -R, -D, -d, -P, -B, -u, -E, -a, -5 or -6");
  }
  if (chosen.showAccess !== null && !(chosen.query && chosen.user !== null)) {
    throw new UsageError("--show-access needs --query and --user");
  }
  return given[0]!;
}

function call(
  operation: CibCall["operation"],
  fields: {
    readonly needsData?: boolean;
    readonly isDangerous?: boolean;
    readonly flags?: readonly string[];
  } = {},
): CibadminRequest {
  return { kind: "call", operation, needsData: false, isDangerous: false, flags: [], ...fields };
}

function emptyDocument(schema: string): XmlElement {
  const name = schema === "" ? NEWEST_SCHEMA : schema;
  if (!isKnownSchema(name)) {
    throw new UsageError(`--empty "${schema}": no such schema; the newest is ${NEWEST_SCHEMA}`);
  }
  return emptyCib({ featureSet: FEATURE_SET, schema: name });
}
