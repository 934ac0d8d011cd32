import { CLONE_OPTIONS, GROUP_OPTIONS, PRIMITIVE_OPTIONS } from "@quorate/cib";
import type { ConfigurationObject } from "../document.ts";
import type { Finding } from "./check-objects.ts";

/** Meta-attributes of old that are still understood. */
const OLD_NAMES: readonly string[] = [
  "restart-type",
  "remote-clear-port",
  "master-max",
  "master-node-max",
  "isolation",
  "isolation-instance",
  "isolation-wrapper",
  "isolation-host",
  "is-managed-default",
];

const KNOWN: Readonly<Record<string, ReadonlySet<string>>> = {
  primitive: namesOf(PRIMITIVE_OPTIONS),
  rsc_template: namesOf(PRIMITIVE_OPTIONS),
  group: namesOf(GROUP_OPTIONS, PRIMITIVE_OPTIONS),
  clone: namesOf(CLONE_OPTIONS, PRIMITIVE_OPTIONS),
  ms: namesOf(CLONE_OPTIONS, PRIMITIVE_OPTIONS),
  bundle: namesOf(CLONE_OPTIONS, PRIMITIVE_OPTIONS),
};

function namesOf(...lists: readonly (readonly { readonly name: string }[])[]): ReadonlySet<string> {
  return new Set([...lists.flat().map(({ name }) => name), ...OLD_NAMES]);
}

/** Names that the cluster does not know are most likely mistyped. */
export function checkMetaAttributes({ type, id, element }: ConfigurationObject): Finding[] {
  const known = KNOWN[type.word]!;
  return element
    .all("meta_attributes")
    .flatMap((list) => list.all("nvpair"))
    .map((nvpair) => nvpair.get("name"))
    .filter((name) => name !== null && !known.has(name))
    .map((name) => ({ severity: "warning", text: `${id}: unknown attribute '${name}'` }));
}
