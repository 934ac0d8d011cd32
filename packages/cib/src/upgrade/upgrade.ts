import type { XmlElement } from "@quorate/xml";
import { isKnownSchema, NEWEST_SCHEMA } from "../document/schemas.ts";
import { compareDotted } from "../document/versions.ts";
import { upgradeTo2 } from "./to-2.ts";
import { upgradeTo3 } from "./to-3/upgrade-to-3.ts";
import { upgradeTo4 } from "./to-4/upgrade-to-4.ts";
import { UpgradeLog } from "./upgrade-log.ts";

export type UpgradeOutcome =
  /** `document` is a new tree. `log`: what was done that deserves a remark. */
  | { readonly kind: "upgraded"; readonly document: XmlElement; readonly log: readonly string[] }
  /** It has the newest schema, or none that could be upgraded (`validate-with="none"`). */
  | { readonly kind: "unchanged" }
  | { readonly kind: "unknownSchema"; readonly schema: string | null };

type Transform = (cib: XmlElement, log: UpgradeLog) => void;

/** Each brings a document of an earlier major version to this one. */
const TRANSFORMS: readonly (readonly [version: string, Transform])[] = [
  ["2.0", upgradeTo2],
  ["3.0", upgradeTo3],
  ["4.0", upgradeTo4],
];

/**
 * Brings a document to the newest schema. The versions are left as they are. What a newer schema has no place for is dropped or expressed
 * in another way, so that the cluster behaves as before wherever that is possible.
 * Source: CIB specification, section 9; conformance data, upgrade.
 */
export function upgradeCib(cib: XmlElement): UpgradeOutcome {
  const schema = cib.get("validate-with");
  if (schema === null || !isKnownSchema(schema)) return { kind: "unknownSchema", schema };
  if (schema === "none" || schema === NEWEST_SCHEMA) return { kind: "unchanged" };
  const version = schema.replace("pacemaker-", "");
  const document = cib.clone();
  const log = new UpgradeLog();
  for (const [target, transform] of TRANSFORMS) {
    if (compareDotted(version, target) < 0) transform(document, log);
  }
  document.set("validate-with", NEWEST_SCHEMA);
  return { kind: "upgraded", document, log: log.lines };
}
