/** A kind of object that `crm configure` knows: its word, its element, and where the element stands in the CIB. */
export interface ObjectType {
  readonly word: string;
  readonly element: string;
  /** Child of `configuration` that holds it; the fencing topology is its own section. */
  readonly section: string;
  /** Where `show` prints it; objects of one rank are sorted by id among themselves. */
  readonly rank: number;
}

const type = (word: string, element: string, section: string, rank: number): ObjectType => ({
  word,
  element,
  section,
  rank,
});

/** In the order in which they are looked up by element, which is also that of `show` but for constraints. */
export const OBJECT_TYPES: readonly ObjectType[] = [
  type("node", "node", "nodes", 0),
  type("rsc_template", "template", "resources", 1),
  type("primitive", "primitive", "resources", 2),
  type("bundle", "bundle", "resources", 3),
  type("group", "group", "resources", 4),
  type("clone", "clone", "resources", 5),
  type("ms", "master", "resources", 5),
  type("tag", "tag", "tags", 6),
  type("location", "rsc_location", "constraints", 7),
  type("colocation", "rsc_colocation", "constraints", 7),
  type("order", "rsc_order", "constraints", 7),
  type("fencing_topology", "fencing-topology", "fencing-topology", 8),
  type("rsc_ticket", "rsc_ticket", "constraints", 9),
  type("property", "cluster_property_set", "crm_config", 10),
  type("rsc_defaults", "meta_attributes", "rsc_defaults", 11),
  type("op_defaults", "meta_attributes", "op_defaults", 12),
  type("role", "acl_role", "acls", 13),
  type("acl_target", "acl_target", "acls", 14),
  type("acl_group", "acl_group", "acls", 15),
  type("alert", "alert", "alerts", 16),
];

const BY_WORD = new Map(OBJECT_TYPES.map((entry) => [entry.word, entry]));

export function typeOfWord(word: string): ObjectType | null {
  return BY_WORD.get(word) ?? null;
}

export const CONSTRAINT_WORDS: ReadonlySet<string> = new Set([
  "location",
  "colocation",
  "order",
  "rsc_ticket",
]);
export const CONTAINER_WORDS: ReadonlySet<string> = new Set(["group", "clone", "ms", "bundle"]);
export const RESOURCE_WORDS: ReadonlySet<string> = new Set(["primitive", ...CONTAINER_WORDS]);

/** Id of an object: nodes go by their name, the fencing topology by its word. */
export const FENCING_TOPOLOGY_ID = "fencing_topology";
