/** What may stand in an element of the configuration, as far as it is declared. */
export interface ElementRule {
  /** Allowed child elements. */
  readonly children: readonly string[];
  /** `required`: an id; `orReference`: an id or an id-ref. */
  readonly id: "required" | "orReference" | "optional";
  /** Attributes that take one of a few words, spelt exactly so. */
  readonly words: ReadonlyMap<string, readonly string[]>;
}

const ROLES = ["Stopped", "Started", "Unpromoted", "Promoted", "Slave", "Master"];
const ACTIONS = ["start", "promote", "demote", "stop"];
const KINDS = ["Optional", "Mandatory", "Serialize"];
const RULE_CHILDREN = ["rule", "expression", "date_expression", "rsc_expression", "op_expression"];
const AGENT_CHILDREN = ["meta_attributes", "instance_attributes", "utilization", "operations"];
const CONTAINER: ElementRule = rule([], "optional");

/**
 * The declared part of the schema: enough to refuse what no version of it allows. What an element lacks in this table
 * is not looked at. Sources: scheduler specification, part 1; the documents of the conformance data, which all pass.
 */
export const ELEMENT_RULES: ReadonlyMap<string, ElementRule> = new Map<string, ElementRule>([
  ["crm_config", rule(["cluster_property_set"], "optional")],
  ["cluster_property_set", rule(["nvpair", "rule"], "orReference")],
  ["instance_attributes", rule(["nvpair", "rule"], "orReference")],
  ["meta_attributes", rule(["nvpair", "rule"], "orReference")],
  ["utilization", rule(["nvpair", "rule"], "orReference")],
  ["nvpair", rule([], "orReference")],
  ["nodes", rule(["node"], "optional")],
  [
    "node",
    rule(["instance_attributes", "utilization"], "required", {
      type: ["normal", "member", "ping", "remote"],
    }),
  ],
  ["resources", rule(["primitive", "group", "clone", "master", "bundle", "template"], "optional")],
  ["primitive", rule(AGENT_CHILDREN, "required")],
  ["template", rule(AGENT_CHILDREN, "required")],
  ["group", rule(["meta_attributes", "instance_attributes", "primitive"], "required")],
  ["clone", rule(["meta_attributes", "instance_attributes", "primitive", "group"], "required")],
  ["master", rule(["meta_attributes", "instance_attributes", "primitive", "group"], "required")],
  [
    "bundle",
    rule(["meta_attributes", "docker", "podman", "rkt", "network", "storage", "primitive"], "required"),
  ],
  ["docker", CONTAINER],
  ["podman", CONTAINER],
  ["rkt", CONTAINER],
  ["network", rule(["port-mapping"], "optional")],
  ["storage", rule(["storage-mapping"], "optional")],
  ["port-mapping", rule([], "required")],
  ["storage-mapping", rule([], "required")],
  ["operations", rule(["op"], "optional")],
  [
    "op",
    rule(["meta_attributes", "instance_attributes"], "required", {
      role: ROLES,
      "on-fail": ["ignore", "block", "stop", "restart", "standby", "fence", "restart-container", "demote"],
    }),
  ],
  ["constraints", rule(["rsc_location", "rsc_order", "rsc_colocation", "rsc_ticket"], "optional")],
  [
    "rsc_location",
    rule(["rule", "resource_set", "lifecycle"], "required", {
      role: ROLES,
      "resource-discovery": ["always", "never", "exclusive"],
    }),
  ],
  [
    "rsc_order",
    rule(["resource_set", "lifecycle"], "required", {
      "first-action": ACTIONS,
      "then-action": ACTIONS,
      kind: KINDS,
    }),
  ],
  [
    "rsc_colocation",
    rule(["resource_set", "rule", "lifecycle"], "required", { "rsc-role": ROLES, "with-rsc-role": ROLES }),
  ],
  [
    "rsc_ticket",
    rule(["resource_set"], "required", {
      "rsc-role": ROLES,
      "loss-policy": ["stop", "demote", "fence", "freeze"],
    }),
  ],
  ["resource_set", rule(["resource_ref"], "orReference", { action: ACTIONS, role: ROLES, kind: KINDS })],
  ["resource_ref", rule([], "required")],
  ["rule", rule(RULE_CHILDREN, "orReference", { role: ROLES, "boolean-op": ["and", "or"] })],
  [
    "expression",
    rule([], "required", {
      operation: ["lt", "gt", "lte", "gte", "eq", "ne", "defined", "not_defined"],
      type: ["string", "integer", "number", "version"],
      "value-source": ["literal", "param", "meta"],
    }),
  ],
  ["rsc_expression", rule([], "required")],
  ["op_expression", rule([], "required")],
  ["rsc_defaults", rule(["meta_attributes"], "optional")],
  ["op_defaults", rule(["meta_attributes"], "optional")],
  ["fencing-topology", rule(["fencing-level"], "optional")],
  ["fencing-level", rule([], "required")],
  ["tags", rule(["tag"], "optional")],
  ["tag", rule(["obj_ref"], "required")],
  ["obj_ref", rule([], "required")],
  ["alerts", rule(["alert"], "optional")],
  ["alert", rule(["recipient", "meta_attributes", "instance_attributes", "select"], "required")],
  ["recipient", rule(["meta_attributes", "instance_attributes"], "required")],
  ["acl_permission", rule([], "required", { kind: ["read", "write", "deny"] })],
]);

function rule(
  children: readonly string[],
  id: ElementRule["id"],
  words: Readonly<Record<string, readonly string[]>> = {},
): ElementRule {
  return { children, id, words: new Map(Object.entries(words)) };
}
