import type { XmlElement } from "@quorate/xml";
import { isTrue } from "../values/boolean.ts";

/** Who asks: the name of a user, and the Unix groups that the user belongs to. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

/** Users to whom no access rules apply. Source: CIB specification, section 10. */
const PRIVILEGED: ReadonlySet<string> = new Set(["root", "hacluster"]);

/** Null when access rules do not apply: nobody in particular asks, or somebody who may do everything, or they are switched off. */
export function restrictedIdentity(
  cib: XmlElement,
  user: string | null,
  groups: readonly string[],
): Identity | null {
  if (user === null || user === "" || PRIVILEGED.has(user) || !isAclEnabled(cib)) return null;
  return { user, groups };
}

/**
 * Whether `enable-acl` is true. A block that holds only under a rule counts as if it held always: whoever protects
 * a configuration at night must not find it open by day because of a clock.
 */
export function isAclEnabled(cib: XmlElement): boolean {
  const blocks = cib.first("configuration")?.first("crm_config")?.all("cluster_property_set") ?? [];
  const ordered = [...blocks].sort((a, b) => Number(isBootstrap(b)) - Number(isBootstrap(a)));
  let decided: boolean | null = null;
  for (const block of ordered) {
    for (const pair of block.all("nvpair")) {
      if (pair.get("name") !== "enable-acl") continue;
      const isEnabled = isTrue(pair.get("value") ?? "");
      if (block.first("rule") !== null) {
        if (isEnabled) return true;
      } else decided ??= isEnabled;
    }
  }
  return decided ?? false;
}

function isBootstrap(block: XmlElement): boolean {
  return block.id === "cib-bootstrap-options";
}
