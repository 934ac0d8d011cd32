import { parseScore } from "@quorate/cib";
import { readNodeAttributes } from "../nodes/read-attributes.ts";
import { markUnseen } from "../nodes/unseen.ts";
import type { Unpacking } from "../unpacking.ts";
import { attributeOf, isText } from "../xml-attribute.ts";
import { addNode } from "./add-node.ts";

/** Reads the nodes section in document order. Source: part 1, 5.1. */
export function unpackNodes(unpacking: Unpacking): void {
  const { cluster, lookup, sections } = unpacking;
  if (sections.nodes === null) return;
  for (const element of sections.nodes.all("node")) {
    const id = attributeOf(element, "id");
    if (id === null) {
      cluster.diagnostics.push({
        severity: "error",
        code: "node-invalid",
        message: `cib.xml:${element.line}: a node has no id and is ignored. Give it its node id.`,
        elementId: null,
        line: element.line,
      });
      continue;
    }
    const type = attributeOf(element, "type");
    const isRemote = isText(type, "remote");
    if (type !== null && !isRemote && !isText(type, "member")) {
      cluster.diagnostics.push({
        severity: "error",
        code: "node-type-unknown",
        message: `cib.xml:${element.line}: node "${id}" has type "${type}"; this node and all after it are ignored. Use "member" or "remote".`,
        elementId: id,
        line: element.line,
      });
      return;
    }
    const name = attributeOf(element, "uname") ?? id;
    if (lookup.nodeByName(name) !== null) {
      cluster.diagnostics.push({
        severity: "warning",
        code: "node-duplicate",
        message: `cib.xml:${element.line}: more than one node is named "${name}". Remove the entry that is out of date.`,
        elementId: id,
        line: element.line,
      });
    }
    const node = addNode(cluster, lookup, {
      id,
      name,
      kind: isRemote ? "remote" : "cluster",
      baseScore: parseScore(attributeOf(element, "score"), cluster.options.healthScores).score,
    });
    markUnseen(cluster, node);
    readNodeAttributes(unpacking, node, element, { isTransient: false });
  }
}
