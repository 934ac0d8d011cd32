import { scoreText } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import { topOf } from "../model/ancestry.ts";
import type { Cluster } from "../model/cluster.ts";
import type { Colocation } from "../model/colocation.ts";
import type { Resource } from "../model/resource.ts";
import { Role, roleName } from "../model/role.ts";
import { insertColocation } from "../placement/colocation/compare-colocations.ts";
import { TextReport } from "../render/text-report.ts";

/** What a resource is bound to, in both kinds of forms. */
export interface ConstraintView {
  readonly text: string;
  readonly elements: readonly XmlElement[];
}

/** Where colocations are followed to: the resources that go where this one is, or those that it goes to. */
type Direction = "dependents" | "primaries";

/**
 * Locations of a resource and what it is colocated with, each with its own locations; recursively also what those are colocated
 * with in the same direction. A member of a group or clone stands for the whole unless it is meant itself. Constraints must have
 * been read.
 */
export function viewConstraints(
  cluster: Cluster,
  named: Resource,
  { isRecursive, isItself }: { readonly isRecursive: boolean; readonly isItself: boolean },
): ConstraintView {
  const elements: XmlElement[] = [];
  let text = "";
  const append = (piece: string) => {
    text += piece;
  };
  const report = new TextReport({ out: append, error: append }, { isFancy: true, isQuiet: false });
  const resource = isItself ? named : topOf(named);

  const showLocations = (of: Resource) => {
    const list = report.lazyList("Locations");
    for (const location of cluster.locations) {
      if (location.resource !== of) continue;
      for (const { node, score } of location.nodes) {
        list.open();
        report.item(`Node ${node.name} (score=${scoreText(score)}, id=${location.id}, rsc=${of.id})`);
        elements.push(
          new XmlElement("rsc_location", [
            ["node", node.name],
            ["rsc", of.id],
            ["id", location.id],
            ["score", scoreText(score)],
          ]),
        );
      }
    }
    list.close();
  };

  const showColocations = (of: Resource, direction: Direction, seen: Set<Resource>, isTop: boolean) => {
    seen.add(of);
    const title =
      direction === "dependents"
        ? `Resources colocated with ${of.id}`
        : `Resources ${of.id} is colocated with`;
    const list = report.lazyList(title);
    for (const colocation of colocationsOf(cluster, of, direction)) {
      const other = direction === "dependents" ? colocation.dependent : colocation.primary;
      list.open();
      elements.push(colocationElement(colocation));
      if (seen.has(other)) {
        report.item(`${other.id} (id=${colocation.id} - loop)`);
        continue;
      }
      // Of the two roles, that of the one which the other needs.
      const { primaryRole } = colocation;
      const verb = direction === "dependents" ? "needs" : "with";
      const role = primaryRole > Role.Started ? `${verb} role=${roleName(primaryRole)}, ` : "";
      report.item(`${other.id} (score=${scoreText(colocation.score)}, ${role}id=${colocation.id})`);
      report.beginList(null);
      if (isTop || isRecursive) showLocations(other);
      if (isRecursive) showColocations(other, direction, seen, false);
      report.endList();
    }
    list.close();
  };

  showLocations(resource);
  showColocations(resource, "dependents", new Set(), true);
  showColocations(resource, "primaries", new Set(), true);
  return { text, elements };
}

/** Configured ones, in the order in which the scheduler considers them. */
export function colocationsOf(cluster: Cluster, resource: Resource, direction: Direction): Colocation[] {
  const isMeant = ({ dependent, primary, isExplicit }: Colocation) =>
    isExplicit && (direction === "dependents" ? primary : dependent) === resource;
  const side = direction === "dependents" ? "with-this" : "this-with";
  const list: Colocation[] = [];
  for (const colocation of cluster.colocations.filter(isMeant)) insertColocation(list, colocation, side);
  return list;
}

function colocationElement(colocation: Colocation): XmlElement {
  const element = new XmlElement("rsc_colocation", [
    ["id", colocation.id],
    ["rsc", colocation.dependent.id],
    ["with-rsc", colocation.primary.id],
    ["score", scoreText(colocation.score)],
    ["node-attribute", colocation.nodeAttribute],
  ]);
  if (colocation.dependentRole > Role.Started) element.set("rsc-role", roleName(colocation.dependentRole));
  if (colocation.primaryRole > Role.Started) element.set("with-rsc-role", roleName(colocation.primaryRole));
  return element;
}
