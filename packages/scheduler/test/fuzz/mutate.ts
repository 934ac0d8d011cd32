import { XmlElement } from "@quorate/xml";
import type { Random } from "../generate/random.ts";

const NONSENSE = [
  "",
  " ",
  "-1",
  "0",
  "1e9",
  "99999999999999999999",
  "-INFINITY",
  "INFINITY",
  "+INFINITY",
  "true",
  "#default",
  "P1Y2M",
  "PT",
  "2024-99-99",
  "__proto__",
  "constructor",
  "a:0",
  ":",
  "_monitor_0",
  "%9",
  "[",
  "(",
  "\u0000\uffff",
  "ü名",
  "x".repeat(5000),
] as const;

/** Numbers that must stay small, or the cluster is honestly enormous. */
const SIZES: ReadonlySet<string> = new Set([
  "clone-max",
  "clone-node-max",
  "replicas",
  "replicas-per-host",
  "promoted-max",
]);

/** Changes a document in up to `most` places so that it makes little sense, and nothing but the seed decides where. */
export function mutate(root: XmlElement, random: Random, most: number): void {
  const count = random.integer(1, most);
  for (let mutation = 0; mutation < count; mutation++) {
    const elements = [...root.descendants()];
    if (elements.length === 0) return;
    random.pick(MUTATIONS)(random.pick(elements), elements, random);
  }
}

type Mutation = (element: XmlElement, all: readonly XmlElement[], random: Random) => void;

const MUTATIONS: readonly Mutation[] = [
  setNonsense,
  setNonsense,
  copyValue,
  copyValue,
  copyValue,
  dropAttribute,
  (element) => element.remove(),
  (element) => element.parent?.append(element.clone()),
  move,
  (element, all, random) => {
    element.name = random.pick(all).name;
  },
  (element, all, random) => {
    const id = random.pick(all).id;
    if (id !== null) element.set("id-ref", id);
  },
  nest,
];

function setNonsense(element: XmlElement, _: readonly XmlElement[], random: Random): void {
  const name = pickAttribute(element, random);
  if (name === null) return;
  const value = random.pick(NONSENSE);
  element.set(name, isSize(element, name) ? String(random.integer(-1, 5)) : value);
}

/** Ids and values of elsewhere: unknown and circular references, the wrong kind of thing. */
function copyValue(element: XmlElement, all: readonly XmlElement[], random: Random): void {
  const name = pickAttribute(element, random);
  const other = random.pick(all);
  const value = other.get(pickAttribute(other, random) ?? "");
  if (name !== null && value !== null && !isSize(element, name)) element.set(name, value);
}

function dropAttribute(element: XmlElement, _: readonly XmlElement[], random: Random): void {
  const name = pickAttribute(element, random);
  if (name !== null) element.attributes.delete(name);
}

function move(element: XmlElement, all: readonly XmlElement[], random: Random): void {
  const target = random.pick(all);
  for (let above: XmlElement | null = target; above !== null; above = above.parent)
    if (above === element) return;
  target.append(element);
}

/** The element inside copies of its parent. */
function nest(element: XmlElement, _: readonly XmlElement[], random: Random): void {
  const parent = element.parent;
  if (parent === null || parent.parent === null) return;
  let inner = element;
  for (let depth = 0; depth < random.integer(1, 4); depth++) {
    const shell = new XmlElement(parent.name, parent.attributes);
    inner.parent?.append(shell);
    shell.append(inner);
    inner = shell;
  }
}

function pickAttribute(element: XmlElement, random: Random): string | null {
  const names = [...element.attributes.keys()];
  return names.length === 0 ? null : random.pick(names);
}

function isSize(element: XmlElement, name: string): boolean {
  return SIZES.has(name) || (name === "value" && SIZES.has(element.get("name") ?? ""));
}
