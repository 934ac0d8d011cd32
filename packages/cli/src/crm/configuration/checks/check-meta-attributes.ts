import { CLONE_OPTIONS, OPERATION_OPTIONS, PRIMITIVE_OPTIONS } from "@quorate/cib";
import type { ConfigurationObject } from "../document.ts";
import type { Finding } from "./check-objects.ts";

/** Known to older nodes, too; what came later (`critical`, `allow-unhealthy-nodes`) or is for bundles only is not among them. */
const EVERYWHERE: readonly string[] = [
  "allow-migrate",
  "description",
  "failure-timeout",
  "interval-origin",
  "is-managed",
  "maintenance",
  "migration-threshold",
  "multiple-active",
  "priority",
  "provides",
  "requires",
  "resource-stickiness",
  "restart-type",
  "target-role",
];
const PRIMITIVE: readonly string[] = [
  ...EVERYWHERE,
  ...PRIMITIVE_OPTIONS.map(({ name }) => name).filter((name) => name.startsWith("remote-")),
];
const MASTER: readonly string[] = [...EVERYWHERE, ...CLONE_OPTIONS.map(({ name }) => name)];
/** The names of old are for the word of old. */
const CLONE: readonly string[] = MASTER.filter((name) => !name.startsWith("master-"));

const KNOWN: Readonly<Record<string, ReadonlySet<string>>> = {
  primitive: new Set(PRIMITIVE),
  rsc_template: new Set(PRIMITIVE),
  group: new Set([...EVERYWHERE, "container"]),
  clone: new Set(CLONE),
  ms: new Set(MASTER),
  rsc_defaults: new Set([...PRIMITIVE, ...MASTER]),
  op_defaults: new Set(OPERATION_OPTIONS.map(({ name }) => name)),
  bundle: new Set([...CLONE, "container-attribute-target"]),
};

/** Names that the cluster does not know are most likely mistyped. */
export function checkMetaAttributes({ type, id, element }: ConfigurationObject): Finding[] {
  const known = KNOWN[type.word]!;
  const lists = element.name === "meta_attributes" ? [element] : element.all("meta_attributes");
  return lists
    .flatMap((list) => list.all("nvpair"))
    .map((nvpair) => nvpair.get("name"))
    .filter((name) => name !== null && !known.has(name))
    .map((name) => ({ severity: "warning", text: `${id}: unknown attribute '${name}'` }));
}
