import type { XmlElement, XmlNode } from "@quorate/xml";
import type { Past } from "../draft.ts";

/** Which children of an element before and after a change are the same ones. */
export interface ChildrenMatch {
  /** Old child to new child. */
  readonly newOf: ReadonlyMap<XmlNode, XmlNode>;
  /** New child to old child. */
  readonly oldOf: ReadonlyMap<XmlNode, XmlNode>;
  /** New children whose place among the surviving ones is another than before. */
  readonly moved: ReadonlySet<XmlNode>;
}

/**
 * Matches elements by name and id, comments by text and place. A patch addresses elements by nothing else,
 * so siblings that share name and id are either all unchanged or not matched at all: they are deleted and
 * created anew. The same holds for an element with changed text, which the format cannot express.
 */
export function matchChildren(oldParent: XmlElement, newParent: XmlElement, past: Past): ChildrenMatch {
  const oldChildren = past.children(oldParent);
  const newChildren = newParent.children;
  const newOf = new Map<XmlNode, XmlNode>();
  const oldOf = new Map<XmlNode, XmlNode>();
  const link = (before: XmlNode, after: XmlNode): void => {
    newOf.set(before, after);
    oldOf.set(after, before);
  };
  const unlink = (after: XmlNode): void => {
    const before = oldOf.get(after);
    if (before !== undefined) newOf.delete(before);
    oldOf.delete(after);
  };

  const newByKey = groupByKey(newChildren, (element) => element.id);
  const ambiguous: XmlElement[][] = [];
  for (const [key, olds] of groupByKey(
    oldChildren,
    (element) => past.attributes(element).get("id") ?? null,
  )) {
    const news = newByKey.get(key) ?? [];
    if (olds.length === 1 && news.length === 1) {
      const [before, after] = [olds[0] as XmlElement, news[0] as XmlElement];
      if (hasSameText(before, after, past)) link(before, after);
    } else if (olds.length === news.length) {
      if (olds.every((before, index) => isSame(before, news[index] as XmlElement, past))) {
        olds.forEach((before, index) => {
          link(before, news[index] as XmlElement);
        });
        ambiguous.push(news);
      }
    }
  }
  for (let index = 0; index < Math.min(oldChildren.length, newChildren.length); index++) {
    const [before, after] = [oldChildren[index], newChildren[index]];
    if (before?.kind === "comment" && after?.kind === "comment" && before.text === after.text)
      link(before, after);
  }

  for (;;) {
    const moved = displaced(oldChildren, newChildren, newOf, oldOf);
    const unaddressable: XmlNode[] = [...moved].filter((node) => node.kind === "comment");
    for (const group of ambiguous) {
      if (group.some((node) => moved.has(node)))
        unaddressable.push(...group.filter((node) => oldOf.has(node)));
    }
    if (unaddressable.length === 0) return { newOf, oldOf, moved };
    for (const node of unaddressable) unlink(node);
  }
}

/** Whether two subtrees hold the same, order included. Does not recurse. */
function isSame(before: XmlElement, after: XmlElement, past: Past): boolean {
  const pending: [XmlElement, XmlElement][] = [[before, after]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [old, current] = pair;
    if (old === current && past.isUntouched(current)) continue;
    if (old.name !== current.name || !hasSameAttributes(past.attributes(old), current.attributes))
      return false;
    const oldChildren = past.children(old);
    if (oldChildren.length !== current.children.length) return false;
    for (let index = 0; index < oldChildren.length; index++) {
      const [oldChild, child] = [oldChildren[index], current.children[index]];
      if (oldChild?.kind === "element" && child?.kind === "element") pending.push([oldChild, child]);
      else if (oldChild?.kind === "element" || child?.kind === "element") return false;
      else if (oldChild?.kind !== child?.kind || oldChild?.text !== child?.text) return false;
    }
  }
  return true;
}

function hasSameAttributes(old: ReadonlyMap<string, string>, current: ReadonlyMap<string, string>): boolean {
  if (old.size !== current.size) return false;
  const others = current.entries();
  for (const [name, value] of old) {
    const other = others.next();
    if (other.done || other.value[0] !== name || other.value[1] !== value) return false;
  }
  return true;
}

function groupByKey(
  nodes: readonly XmlNode[],
  idOf: (element: XmlElement) => string | null,
): Map<string, XmlElement[]> {
  const groups = new Map<string, XmlElement[]>();
  for (const node of nodes) {
    if (node.kind !== "element") continue;
    const id = idOf(node);
    const key = id === null ? node.name : `${node.name} ${id}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return groups;
}

/** An element with text is the same only as a whole: a patch cannot change text. */
function hasSameText(before: XmlElement, after: XmlElement, past: Past): boolean {
  const hasText = (node: XmlNode): boolean => node.kind === "text";
  if (!past.children(before).some(hasText) && !after.children.some(hasText)) return true;
  return isSame(before, after, past);
}

function displaced(
  oldChildren: readonly XmlNode[],
  newChildren: readonly XmlNode[],
  newOf: ReadonlyMap<XmlNode, XmlNode>,
  oldOf: ReadonlyMap<XmlNode, XmlNode>,
): Set<XmlNode> {
  const moved = new Set<XmlNode>();
  const survivors = oldChildren.filter((node) => newOf.has(node));
  let place = 0;
  for (const node of newChildren) {
    const before = oldOf.get(node);
    if (before === undefined) continue;
    if (survivors[place] !== before) moved.add(node);
    place++;
  }
  return moved;
}
