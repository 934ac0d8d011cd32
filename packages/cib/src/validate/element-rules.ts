/** What may stand in an element of the configuration, as far as it is declared. */
export interface ElementRule {
  /** Allowed child elements. */
  readonly children: readonly string[];
  /** `required`: an id; `orReference`: an id or an id-ref. */
  readonly id: "required" | "orReference" | "optional";
  /** Attributes that take one of a few words, spelt exactly so. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** All allowed attributes but `id` and `id-ref`, of which `id` says enough; those of `words` are among them. */
  readonly attributes: readonly string[];
  /** Attributes that must be there. */
  readonly required: readonly string[];
}

const ROLES = ["Stopped", "Started", "Unpromoted", "Promoted", "Slave", "Master"];
const ACTIONS = ["start", "promote", "demote", "stop"];
const KINDS = ["Optional", "Mandatory", "Serialize"];
const RULE_CHILDREN = ["rule", "expression", "date_expression", "rsc_expression", "op_expression"];
const AGENT_CHILDREN = ["meta_attributes", "instance_attributes", "utilization", "operations"];
const NO_WORDS = {};
/** `image` decides what runs in a bundle: without it there is nothing to run. */
const CONTAINER: ElementRule = rule(
  [],
  "optional",
  NO_WORDS,
  ["replicas", "replicas-per-host", "masters", "promoted-max", "run-command", "network", "options"],
  ["image"],
);
const AGENT = ["class", "provider", "type", "description"];
const SET: readonly string[] = ["score"];
const UNITS = [
  "seconds",
  "minutes",
  "hours",
  "days",
  "weeks",
  "months",
  "years",
  "monthdays",
  "weekdays",
  "yeardays",
  "weekyears",
  "moon",
];

/**
 * The declared part of the schema: enough to refuse what no version of it allows. What an element lacks in this table
 * is not looked at. The attributes are those of all versions of the schema since 3.0 together. Sources: scheduler specification, part 1; the
 * documents of the conformance data, which all pass; what the classic validator accepts of each attribute on each element (version 2.1.5).
 */
export const ELEMENT_RULES: ReadonlyMap<string, ElementRule> = new Map<string, ElementRule>([
  ["crm_config", rule(["cluster_property_set"], "optional")],
  ["cluster_property_set", rule(["nvpair", "rule"], "orReference", NO_WORDS, SET)],
  ["instance_attributes", rule(["nvpair", "rule"], "orReference", NO_WORDS, SET)],
  ["meta_attributes", rule(["nvpair", "rule"], "orReference", NO_WORDS, SET)],
  ["utilization", rule(["nvpair", "rule"], "orReference", NO_WORDS, SET)],
  ["nvpair", rule([], "orReference", NO_WORDS, ["name", "value"])],
  ["nodes", rule(["node"], "optional")],
  [
    "node",
    rule(
      ["instance_attributes", "utilization"],
      "required",
      { type: ["normal", "member", "ping", "remote"] },
      ["score", "description"],
      ["uname"],
    ),
  ],
  ["resources", rule(["primitive", "group", "clone", "master", "bundle", "template"], "optional")],
  ["primitive", rule(AGENT_CHILDREN, "required", NO_WORDS, [...AGENT, "template"])],
  ["template", rule(AGENT_CHILDREN, "required", NO_WORDS, ["provider", "description"], ["class", "type"])],
  [
    "group",
    rule(["meta_attributes", "instance_attributes", "primitive"], "required", NO_WORDS, ["description"]),
  ],
  [
    "clone",
    rule(["meta_attributes", "instance_attributes", "primitive", "group"], "required", NO_WORDS, [
      "description",
    ]),
  ],
  [
    "master",
    rule(["meta_attributes", "instance_attributes", "primitive", "group"], "required", NO_WORDS, [
      "description",
    ]),
  ],
  [
    "bundle",
    rule(
      [
        "meta_attributes",
        "instance_attributes",
        "docker",
        "podman",
        "rkt",
        "network",
        "storage",
        "primitive",
      ],
      "required",
      NO_WORDS,
      ["description"],
    ),
  ],
  ["docker", CONTAINER],
  ["podman", CONTAINER],
  ["rkt", CONTAINER],
  [
    "network",
    rule(["port-mapping"], "optional", NO_WORDS, [
      "ip-range-start",
      "control-port",
      "host-interface",
      "host-netmask",
      "add-host",
    ]),
  ],
  ["storage", rule(["storage-mapping"], "optional")],
  ["port-mapping", rule([], "required", NO_WORDS, ["port", "internal-port", "range"])],
  [
    "storage-mapping",
    rule([], "required", NO_WORDS, ["source-dir", "source-dir-root", "options"], ["target-dir"]),
  ],
  ["operations", rule(["op"], "optional", NO_WORDS, ["id-ref"])],
  [
    "op",
    rule(
      ["meta_attributes", "instance_attributes"],
      "required",
      {
        role: ROLES,
        "on-fail": ["ignore", "block", "stop", "restart", "standby", "fence", "restart-container", "demote"],
      },
      ["timeout", "start-delay", "interval-origin", "enabled", "record-pending", "requires", "description"],
      ["name", "interval"],
    ),
  ],
  ["constraints", rule(["rsc_location", "rsc_order", "rsc_colocation", "rsc_ticket"], "optional")],
  [
    "rsc_location",
    rule(
      ["rule", "resource_set", "lifecycle"],
      "required",
      {
        role: ROLES,
        "resource-discovery": ["always", "never", "exclusive"],
      },
      ["rsc", "rsc-pattern", "node", "score"],
    ),
  ],
  [
    "rsc_order",
    rule(
      ["resource_set", "lifecycle"],
      "required",
      {
        "first-action": ACTIONS,
        "then-action": ACTIONS,
        kind: KINDS,
      },
      ["first", "then", "score", "symmetrical", "require-all"],
    ),
  ],
  [
    "rsc_colocation",
    rule(["resource_set", "rule", "lifecycle"], "required", { "rsc-role": ROLES, "with-rsc-role": ROLES }, [
      "rsc",
      "with-rsc",
      "score",
      "node-attribute",
      "influence",
    ]),
  ],
  [
    "rsc_ticket",
    rule(
      ["resource_set"],
      "required",
      {
        "rsc-role": ROLES,
        "loss-policy": ["stop", "demote", "fence", "freeze"],
      },
      ["rsc"],
      ["ticket"],
    ),
  ],
  [
    "resource_set",
    rule(["resource_ref"], "orReference", { action: ACTIONS, role: ROLES, kind: KINDS }, [
      "sequential",
      "require-all",
      "ordering",
      "score",
    ]),
  ],
  ["resource_ref", rule([], "required")],
  [
    "rule",
    rule(RULE_CHILDREN, "orReference", { role: ROLES, "boolean-op": ["and", "or"] }, [
      "score",
      "score-attribute",
    ]),
  ],
  [
    "expression",
    rule(
      [],
      "required",
      {
        operation: ["lt", "gt", "lte", "gte", "eq", "ne", "defined", "not_defined"],
        type: ["string", "integer", "number", "version"],
        "value-source": ["literal", "param", "meta"],
      },
      ["value"],
      ["attribute", "operation"],
    ),
  ],
  ["rsc_expression", rule([], "required", NO_WORDS, ["class", "provider", "type"])],
  ["op_expression", rule([], "required", NO_WORDS, ["interval"], ["name"])],
  [
    "date_expression",
    rule(["date_spec", "duration"], "orReference", NO_WORDS, ["operation", "start", "end"]),
  ],
  ["date_spec", rule([], "optional", NO_WORDS, UNITS)],
  ["duration", rule([], "optional", NO_WORDS, UNITS)],
  ["rsc_defaults", rule(["meta_attributes"], "optional")],
  ["op_defaults", rule(["meta_attributes"], "optional")],
  ["fencing-topology", rule(["fencing-level"], "optional")],
  [
    "fencing-level",
    rule(
      [],
      "required",
      NO_WORDS,
      ["target", "target-pattern", "target-attribute", "target-value"],
      ["index", "devices"],
    ),
  ],
  ["tags", rule(["tag"], "optional")],
  ["tag", rule(["obj_ref"], "required")],
  ["obj_ref", rule([], "required")],
  ["alerts", rule(["alert"], "optional")],
  [
    "alert",
    rule(
      ["recipient", "meta_attributes", "instance_attributes", "select"],
      "required",
      NO_WORDS,
      ["description"],
      ["path"],
    ),
  ],
  [
    "recipient",
    rule(["meta_attributes", "instance_attributes"], "required", NO_WORDS, ["description"], ["value"]),
  ],
  [
    "acl_permission",
    rule([], "required", { kind: ["read", "write", "deny"] }, [
      "xpath",
      "reference",
      "object-type",
      "attribute",
      "description",
    ]),
  ],
]);

function rule(
  children: readonly string[],
  id: ElementRule["id"],
  words: Readonly<Record<string, readonly string[]>> = {},
  others: readonly string[] = [],
  required: readonly string[] = [],
): ElementRule {
  const attributes = [...new Set([...Object.keys(words), ...others, ...required])];
  return { children, id, words: new Map(Object.entries(words)), attributes, required };
}
