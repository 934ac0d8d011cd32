import type { XmlElement } from "../tree.ts";

interface AttributeTest {
  readonly name: string;
  /** null: the attribute must be there. */
  readonly value: string | null;
}

interface Step {
  readonly isDescendant: boolean;
  /** null: any name (`*`). */
  readonly name: string | null;
  readonly tests: readonly AttributeTest[];
}

export type PlainPath = readonly Step[];

/** So many steps fit into the bits of a small integer. */
const STEP_COUNT_MAX = 30;

const STEP = /(\/\/?)([A-Za-z_][\w.-]*|\*)((?:\[@[A-Za-z_][\w.-]*(?:=(?:'[^']*'|"[^"]*"))?\])*)/y;
const TEST = /\[@([A-Za-z_][\w.-]*)(?:=(?:'([^']*)'|"([^"]*)"))?\]/g;

/**
 * Reads the subset of XPath that tools mostly write: absolute paths of child (`/a`) and descendant (`//a`)
 * steps with predicates `[@name]` and `[@name='value']`. null for anything else.
 */
export function parsePlainPath(expression: string): PlainPath | null {
  const steps: Step[] = [];
  let at = 0;
  while (at < expression.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(expression);
    if (match === null) return null;
    const [text, axis, name = "", predicates = ""] = match;
    const tests: AttributeTest[] = [];
    for (const test of predicates.matchAll(TEST)) {
      tests.push({ name: test[1] ?? "", value: test[2] ?? test[3] ?? null });
    }
    steps.push({ isDescendant: axis === "//", name: name === "*" ? null : name, tests });
    at += text.length;
  }
  return steps.length > 0 && steps.length <= STEP_COUNT_MAX ? steps : null;
}

/**
 * What the path selects, in document order, each element once.
 *
 * One walk over the tree with, for every open element, the set of steps that its children may match: bit i
 * stands for "the steps before i are matched by ancestors". So nothing is found twice nor out of order.
 */
export function selectPlainPath(root: XmlElement, path: PlainPath): XmlElement[] {
  const selected: XmlElement[] = [];
  const pending: XmlElement[] = [root];
  const pendingStates: number[] = [1];
  const descendantMask = path.reduce(
    (mask, step, index) => (step.isDescendant ? mask | (1 << index) : mask),
    0,
  );
  const last = path.length - 1;
  for (let element = pending.pop(); element !== undefined; element = pending.pop()) {
    const state = pendingStates.pop() ?? 0;
    let below = state & descendantMask;
    for (let index = 0; index <= last; index++) {
      if ((state & (1 << index)) === 0 || !matches(element, path[index] as Step)) continue;
      if (index === last) selected.push(element);
      else below |= 1 << (index + 1);
    }
    if (below === 0) continue;
    for (let index = element.children.length - 1; index >= 0; index--) {
      const child = element.children[index];
      if (child?.kind === "element") {
        pending.push(child);
        pendingStates.push(below);
      }
    }
  }
  return selected;
}

function matches(element: XmlElement, step: Step): boolean {
  if (step.name !== null && element.name !== step.name) return false;
  for (const test of step.tests) {
    const value = element.get(test.name);
    if (value === null || (test.value !== null && value !== test.value)) return false;
  }
  return true;
}
