import type { XmlElement, XmlNode } from "@quorate/xml";

/** The step that leads to an element from its parent: `/name[@id='ID']`, or `/name` without an id. */
export function stepTo(name: string, id: string | null): string {
  return id === null ? `/${name}` : `/${name}[@id='${id}']`;
}

/** The path of an element from its root, as patchsets and `cibadmin --xpath-address` write it. */
export function pathOf(element: XmlElement): string {
  let path = "";
  for (let up: XmlElement | null = element; up !== null; up = up.parent) path = stepTo(up.name, up.id) + path;
  return path;
}

/**
 * The node that a path of a patchset means: at each step the first child of that name and id, without an id
 * in the step the first of that name. With a `position`, `/comment` at the end of the path is the comment there.
 *
 * `ambiguous` when ids with quotes let the path be read in two ways, one of which may name another node: ids are
 * not escaped in paths, and the status section may hold any.
 */
export function resolvePath(
  root: XmlElement,
  path: string,
  position: number | null,
): XmlNode | "ambiguous" | null {
  let element = root;
  let rest = afterStep(path, root);
  if (rest === null) return null;
  while (rest !== "") {
    if (rest === "/comment" && position !== null) return commentAt(element, position);
    let next: XmlElement | null = null;
    let nextRest: string | null = null;
    for (const child of element.children) {
      if (child.kind !== "element") continue;
      const after = afterStep(rest, child);
      if (after === null) continue;
      if (nextRest !== null && after !== nextRest) return "ambiguous";
      // A step without an id means the element without one if there is such an element.
      if (nextRest === null || isBetterWithoutId(next, child)) {
        next = child;
        nextRest = after;
        // The whole rest, and no other reading of it: no quote is in the id.
        if (after === "" && !child.id?.includes("'") && (child.id === null || isStepWithId(rest, child)))
          break;
      }
    }
    if (next === null || nextRest === null) return null;
    element = next;
    rest = nextRest;
  }
  return element;
}

function isBetterWithoutId(found: XmlElement | null, child: XmlElement): boolean {
  return child.id === null && found !== null && found.id !== null;
}

function isStepWithId(path: string, element: XmlElement): boolean {
  return path[1 + element.name.length] === "[";
}

const ID_BEGIN = "[@id='";
const ID_END = "']";

/** What follows in `path` after the step to this element; null when the path starts with another step. */
function afterStep(path: string, element: XmlElement): string | null {
  const { name, id } = element;
  if (!path.startsWith(name, 1) || path[0] !== "/") return null;
  const afterName = 1 + name.length;
  const next = path[afterName];
  if (next === undefined || next === "/") return path.slice(afterName);
  if (next !== "[" || id === null) return null;
  // Compared in parts: to put the step together for each of hundreds of children takes longer than all else.
  const idStart = afterName + ID_BEGIN.length;
  const idEnd = idStart + id.length;
  if (!path.startsWith(id, idStart) || !path.startsWith(ID_BEGIN, afterName)) return null;
  if (!path.startsWith(ID_END, idEnd)) return null;
  const end = idEnd + ID_END.length;
  return end === path.length || path[end] === "/" ? path.slice(end) : null;
}

function commentAt(element: XmlElement, position: number): XmlNode | null {
  const node = element.children[position];
  return node?.kind === "comment" ? node : null;
}
