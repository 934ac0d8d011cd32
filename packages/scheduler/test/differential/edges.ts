import { parseXml } from "@quorate/xml";

interface Step {
  readonly resource: string;
  readonly instance: number | null;
  readonly task: string;
}

type EdgeTest = (first: Step, then: Step) => boolean;

/** An edge of a dot file, or of a canonical graph. */
const EDGE = /^\s*"?(.+?)_([a-z]+)_\d+[ @"].*? -> "?(.+?)_([a-z]+)_\d+[ @"]/;

/** The lines without the edges that pass the test. */
export function withoutEdges(text: string, isDropped: EdgeTest): string {
  return text
    .split("\n")
    .filter((line) => {
      const [, first, firstTask, then, thenTask] = EDGE.exec(line) ?? [];
      if (first === undefined || firstTask === undefined || then === undefined || thenTask === undefined)
        return true;
      return !isDropped(stepOf(first, firstTask), stepOf(then, thenTask));
    })
    .join("\n");
}

function stepOf(name: string, task: string): Step {
  const [, resource = name, instance = null] = /^(.*?)(?::(\d+))?$/.exec(name) ?? [];
  return { resource, instance: instance === null ? null : Number(instance), task };
}

/** The start of an instance before that of a later one that is not the next. */
export function isLaterInstanceStart(first: Step, then: Step): boolean {
  if (first.resource !== then.resource || first.task !== "start" || then.task !== "start") return false;
  return first.instance !== null && then.instance !== null && then.instance > first.instance + 1;
}

/** The stop, or the probe, of a member of a group before the start of an earlier member. */
export function isEarlierMemberStart(cib: string): EdgeTest {
  const positions = new Map<string, { group: string; index: number }>();
  const parsed = parseXml(cib);
  if (parsed.ok) {
    for (const group of parsed.root.descendants("group")) {
      group.all("primitive").forEach((member, index) => {
        positions.set(member.id ?? "", { group: group.id ?? "", index });
      });
    }
  }
  return (first, then) => {
    const later = positions.get(first.resource);
    const earlier = positions.get(then.resource);
    if (later === undefined || earlier === undefined || later.group !== earlier.group) return false;
    return (
      (first.task === "stop" || first.task === "monitor") &&
      then.task === "start" &&
      earlier.index < later.index
    );
  };
}

/** The run of one clone's instance before the start of another's, where an order only keeps the two apart in time. */
export function isSerializedInstance(cib: string): EdgeTest {
  const partners = new Set<string>();
  const parsed = parseXml(cib);
  if (parsed.ok) {
    const members = (id: string | null) =>
      [...parsed.root.descendants("clone")]
        .filter((clone) => clone.id === id)
        .flatMap((clone) => [...clone.descendants()].map((member) => member.id));
    for (const order of parsed.root.descendants("rsc_order")) {
      if (order.get("kind") !== "Serialize") continue;
      for (const first of members(order.get("first"))) {
        for (const then of members(order.get("then")))
          partners.add(`${first} ${then}`).add(`${then} ${first}`);
      }
    }
  }
  return (first, then) => partners.has(`${first.resource} ${then.resource}`);
}

/** The start of a part of a bundle before that of an instance of a clone. */
export function isCloneAfterBundle(cib: string): EdgeTest {
  const parts = new Set<string>();
  const containers: string[] = [];
  const cloned = new Set<string>();
  const parsed = parseXml(cib);
  if (parsed.ok) {
    for (const bundle of parsed.root.descendants("bundle")) {
      containers.push(`${bundle.id}-docker-`, `${bundle.id}-podman-`);
      for (const { id } of bundle.all("primitive")) if (id !== null) parts.add(id);
    }
    for (const clone of parsed.root.descendants("clone")) {
      for (const { id } of clone.descendants()) if (id !== null) cloned.add(id);
    }
  }
  return (first, then) =>
    first.task === "start" &&
    then.task === "start" &&
    cloned.has(then.resource) &&
    (parts.has(first.resource) || containers.some((prefix) => first.resource.startsWith(prefix)));
}
