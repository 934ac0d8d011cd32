/** One transient attribute: what is common to all nodes, and its value on each. */
export interface TransientAttribute {
  readonly name: string;
  /** Fixed at creation, like the set type and privacy. Null: `status-NODEID`. */
  readonly setId: string | null;
  readonly setType: "instance_attributes" | "utilization";
  readonly isPrivate: boolean;
  delayMs: number;
  /** Who created it; the ACLs judge its writes by it. */
  readonly user: string | null;
  /** By node name in lower case. A null value is an entry that was unset. */
  readonly values: Map<string, { readonly node: string; readonly value: string | null }>;
}

/** One change as it travels. Fields that are fixed at creation are ignored for an attribute that is known. */
export interface AttributeChange {
  readonly name: string;
  /** Null: every node that has an entry. */
  readonly node: string | null;
  readonly value: string | null;
  readonly kind: "value" | "delay" | "both";
  readonly delayMs: number | null;
  readonly isPrivate: boolean;
  readonly setId: string | null;
  readonly setType: string | null;
  readonly user: string | null;
}

export interface AppliedChange {
  readonly attribute: TransientAttribute;
  readonly hasValueChanged: boolean;
  readonly hasDelayChanged: boolean;
}

const SCORE_MAX = 1_000_000;

/**
 * All transient attributes as this node knows them; equal on all nodes at equal places in the order of messages.
 * Source: attribute manager specification, 2 and 3.
 */
export class AttributeTable {
  readonly #attributes = new Map<string, TransientAttribute>();

  get(name: string): TransientAttribute | null {
    return this.#attributes.get(name) ?? null;
  }

  all(): readonly TransientAttribute[] {
    return [...this.#attributes.values()];
  }

  names(): readonly string[] {
    return [...this.#attributes.keys()].sort();
  }

  /** Null when the change does not apply to anything. */
  apply(change: AttributeChange): AppliedChange | null {
    const known = this.#attributes.get(change.name);
    if (known === undefined && change.kind === "delay") return null;
    const attribute = known ?? this.#create(change);
    if (attribute === null) return null;
    const hasDelayChanged =
      known !== undefined &&
      change.kind !== "value" &&
      change.delayMs !== null &&
      change.delayMs !== attribute.delayMs;
    if (hasDelayChanged) attribute.delayMs = change.delayMs ?? 0;
    if (change.kind === "delay") return { attribute, hasValueChanged: false, hasDelayChanged };
    const nodes =
      change.node === null ? [...attribute.values.values()].map((entry) => entry.node) : [change.node];
    let hasValueChanged = false;
    for (const node of nodes) if (setValue(attribute, node, change.value)) hasValueChanged = true;
    return { attribute, hasValueChanged, hasDelayChanged };
  }

  /** Removes all entries of a node. Returns whether there were any. */
  dropNode(node: string): boolean {
    let wasThere = false;
    for (const attribute of this.#attributes.values())
      if (attribute.values.delete(node.toLowerCase())) wasThere = true;
    return wasThere;
  }

  /** Nodes that have entries. */
  nodes(): readonly string[] {
    const nodes = new Map<string, string>();
    for (const { values } of this.#attributes.values())
      for (const [key, { node }] of values) nodes.set(key, node);
    return [...nodes.values()];
  }

  /** Changes that would make this node's entries anew elsewhere. */
  column(node: string): AttributeChange[] {
    const changes: AttributeChange[] = [];
    for (const attribute of this.#attributes.values()) {
      const entry = attribute.values.get(node.toLowerCase());
      if (entry === undefined) continue;
      changes.push({
        name: attribute.name,
        node: entry.node,
        value: entry.value,
        kind: "both",
        delayMs: attribute.delayMs,
        isPrivate: attribute.isPrivate,
        setId: attribute.setId,
        setType: attribute.setType,
        user: attribute.user,
      });
    }
    return changes;
  }

  #create(change: AttributeChange): TransientAttribute | null {
    const setType = change.setType ?? "instance_attributes";
    if (setType !== "instance_attributes" && setType !== "utilization") return null;
    const attribute: TransientAttribute = {
      name: change.name,
      setId: change.setId,
      setType,
      isPrivate: change.isPrivate,
      delayMs: change.delayMs ?? 0,
      user: change.user,
      values: new Map(),
    };
    this.#attributes.set(change.name, attribute);
    return attribute;
  }
}

/** Returns whether the value is another one; letter case does not count. */
function setValue(attribute: TransientAttribute, node: string, value: string | null): boolean {
  const key = node.toLowerCase();
  const old = attribute.values.get(key)?.value ?? null;
  const next = value === null ? null : expandValue(value, old);
  const isSame = next === null || old === null ? next === old : next.toLowerCase() === old.toLowerCase();
  if (isSame && attribute.values.has(key)) return false;
  attribute.values.set(key, { node, value: isSame ? old : next });
  return !isSame;
}

/** `value++` and `value+=N` count on from the old value; anything else is literal. */
function expandValue(text: string, old: string | null): string {
  const match = /^.{5}(?:\+\+|\+=(.*))$/s.exec(text);
  if (match === null) return text;
  const step = match[1] === undefined ? 1 : /^-?\d+$/.test(match[1]) ? Number(match[1]) : 0;
  const before = old === null ? 0 : scoreOf(old);
  if (before === null) return "0";
  return String(Math.max(-SCORE_MAX, Math.min(SCORE_MAX, before + step)));
}

function scoreOf(text: string): number | null {
  if (/^\+?INFINITY$/i.test(text)) return SCORE_MAX;
  if (/^-INFINITY$/i.test(text)) return -SCORE_MAX;
  return /^[+-]?\d+$/.test(text) ? Number(text) : null;
}
