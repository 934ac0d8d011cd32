import { XmlElement } from "@quorate/xml";

/** An `instance_attributes`, `meta_attributes` or `utilization` element with the given pairs. */
export function attributeBlock(
  name: string,
  id: string,
  pairs: Iterable<readonly [name: string, value: string]>,
): XmlElement {
  const block = new XmlElement(name, [["id", id]]);
  for (const [key, value] of pairs) {
    block.append(
      new XmlElement("nvpair", [
        ["id", `${id}-${key}`],
        ["name", key],
        ["value", value],
      ]),
    );
  }
  return block;
}

export interface GeneratedOperation {
  readonly name: string;
  readonly interval: string;
  readonly timeout: string | null;
}

/** An `operations` element; each operation's id is made of the prefix, its name and interval. */
export function operationsElement(prefix: string, operations: readonly GeneratedOperation[]): XmlElement {
  const element = new XmlElement("operations");
  for (const operation of operations) {
    const op = new XmlElement("op", [
      ["id", `${prefix}-${operation.name}-${operation.interval}`],
      ["interval", operation.interval],
      ["name", operation.name],
    ]);
    if (operation.timeout !== null) op.set("timeout", operation.timeout);
    element.append(op);
  }
  return element;
}

export function primitiveElement(id: string, agentClass: string, provider: string, type: string): XmlElement {
  return new XmlElement("primitive", [
    ["id", id],
    ["class", agentClass],
    ["provider", provider],
    ["type", type],
  ]);
}
