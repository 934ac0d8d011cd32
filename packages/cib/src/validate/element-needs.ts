/** What an element needs: attributes by name, children as `<name>`. All of one way must be there. */
export type Way = readonly string[];

const RULE_PARTS = ["rule", "expression", "date_expression", "rsc_expression", "op_expression"];
const INNER = [["<primitive>"], ["<group>"]];

/**
 * What elements need beyond the attributes that each of them must have: of every list one way at least. Older schemas than 3.0 say it in other
 * words, and are not held to it. Source: what the classic validator accepts of documents from which one thing was taken (version 2.1.5).
 */
export const ELEMENT_NEEDS: ReadonlyMap<string, readonly (readonly Way[])[]> = new Map([
  ["nvpair", [[["name"], ["id-ref"]]]],
  ["primitive", [[["class", "type"], ["template"]]]],
  ["group", [[["<primitive>"]]]],
  ["clone", [INNER]],
  ["master", [INNER]],
  ["bundle", [[["<docker>"], ["<podman>"], ["<rkt>"]]]],
  ["storage-mapping", [[["source-dir"], ["source-dir-root"]]]],
  ["port-mapping", [[["port"], ["range"]]]],
  [
    "rsc_location",
    [
      [["rsc"], ["rsc-pattern"], ["<resource_set>"]],
      [["node", "score"], ["<rule>"], ["<lifecycle>"]],
    ],
  ],
  ["rsc_order", [[["first", "then"], ["<resource_set>"]]]],
  ["rsc_colocation", [[["rsc", "with-rsc"], ["<resource_set>"]]]],
  ["rsc_ticket", [[["rsc"], ["<resource_set>"]]]],
  ["resource_set", [[["<resource_ref>"], ["id-ref"]]]],
  ["rule", [[...RULE_PARTS.map((part) => [`<${part}>`]), ["id-ref"]]]],
  ["fencing-level", [[["target"], ["target-pattern"], ["target-attribute", "target-value"]]]],
  ["tag", [[["<obj_ref>"]]]],
]);

/** The name in `<name>`; null for an attribute. */
export function childIn(need: string): string | null {
  return need.startsWith("<") ? need.slice(1, -1) : null;
}

/** Attributes with the id of something else in the configuration, by element. */
export const REFERENCES: ReadonlyMap<string, readonly string[]> = new Map([
  ["primitive", ["template"]],
  ["rsc_location", ["rsc"]],
  ["rsc_order", ["first", "then"]],
  ["rsc_colocation", ["rsc", "with-rsc"]],
  ["rsc_ticket", ["rsc"]],
  ["resource_ref", ["id"]],
]);
