import type { XmlElement } from "@quorate/xml";
import { BLOCK_NAMES, below, sectionOf } from "../elements.ts";

const RENAMED: ReadonlyMap<string, string> = new Map([
  ["crmd-finalization-timeout", "join-finalization-timeout"],
  ["crmd-integration-timeout", "join-integration-timeout"],
  ["crmd-transition-delay", "transition-delay"],
]);

/** Names that operations do not have any more. */
const OPERATION_DROPPED: ReadonlySet<string> = new Set(["can_fail", "role_after_failure"]);

/** Options that have other names or values, or are gone. */
export function upgradeOptions(cib: XmlElement): void {
  for (const pair of below(sectionOf(cib, "crm_config"), "nvpair")) {
    const name = pair.get("name") ?? "";
    const renamed = RENAMED.get(name);
    if (renamed !== undefined) pair.set("name", renamed);
    if (name === "remove-after-stop") pair.remove();
    if (name === "stonith-action" && pair.get("value") === "poweroff") pair.set("value", "off");
  }
  for (const block of below(cib, "meta_attributes")) {
    const owner = block.parent?.name;
    const isOfOperation = owner === "op" || owner === "op_defaults";
    for (const pair of block.all("nvpair")) {
      const name = pair.get("name") ?? "";
      if (isOfOperation ? OPERATION_DROPPED.has(name) : name === "restart-type") pair.remove();
    }
  }
  for (const pair of below(cib.first("configuration"), "nvpair")) {
    if (!BLOCK_NAMES.has(pair.parent?.name ?? "")) continue;
    if (!pair.attributes.has("value") && !pair.attributes.has("id-ref")) pair.remove();
  }
}
