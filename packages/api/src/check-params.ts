import type { MethodName, Methods } from "./contract.ts";

/** What a field must be, in words for the answer, and the test of it. */
interface Field {
  readonly words: string;
  holds(value: unknown): boolean;
}

const text: Field = { words: "text", holds: (value) => typeof value === "string" };
/** It becomes a part of lines in logs. */
const tag: Field = {
  words: "a word of at most 64 letters, digits, dots, underscores or dashes",
  holds: (value) => typeof value === "string" && /^[\w.-]{1,64}$/.test(value),
};
const flag: Field = { words: "true or false", holds: (value) => typeof value === "boolean" };
const amount: Field = {
  words: "a number of 0 or more",
  holds: (value) => typeof value === "number" && Number.isFinite(value) && value >= 0,
};
const delay: Field = {
  words: "a number of seconds, or -1 for no delay",
  holds: (value) => value === -1 || amount.holds(value),
};
const texts: Field = { words: "a list of texts", holds: (value) => isListOf(value, text.holds) };
const pairs: Field = {
  words: "a list of pairs of texts",
  holds: (value) => isListOf(value, (pair) => isListOf(pair, text.holds) && (pair as unknown[]).length === 2),
};

function orNull({ words, holds }: Field): Field {
  return { words: `${words} or null`, holds: (value) => value === null || holds(value) };
}

/** For fields that older tools do not send. */
function absentOr({ words, holds }: Field): Field {
  return { words, holds: (value) => value === undefined || holds(value) };
}

function oneOf(...choices: readonly string[]): Field {
  return { words: `one of ${choices.join(", ")}`, holds: (value) => choices.includes(value as string) };
}

function isListOf(value: unknown, holds: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(holds);
}

const level = { kind: oneOf("name", "pattern", "attribute"), name: text, value: text, index: amount };

/** The contract's parameters at run time; the compiler proves that no field is missing here. */
const FIELDS: { readonly [M in MethodName]: { readonly [F in keyof Methods[M]["params"]]-?: Field } } = {
  "node.status": {},
  "node.list": {},
  "node.state": { name: text },
  "node.remove": { name: text },
  "quorum.status": {},
  "quorum.links": {},
  "cib.request": {
    operation: text,
    section: orNull(text),
    xpath: orNull(text),
    data: orNull(text),
    flags: texts,
    user: absentOr(orNull(text)),
  },
  "attributes.update": {
    name: text,
    isPattern: flag,
    value: orNull(text),
    kind: oneOf("value", "delay", "both"),
    node: orNull(text),
    delayMs: orNull(amount),
    isPrivate: flag,
    setId: orNull(text),
    setType: orNull(text),
    wait: oneOf("no", "local", "cluster"),
  },
  "attributes.query": { name: text, node: orNull(text) },
  "attributes.refresh": {},
  "resource.cleanup": {
    kind: oneOf("cleanup", "refresh"),
    resource: orNull(text),
    node: orNull(text),
    operation: orNull(text),
    intervalMs: orNull(amount),
  },
  "resource.fail": { resource: text, node: text },
  "agent.run": {
    resource: text,
    class: text,
    provider: text,
    type: text,
    action: text,
    timeoutMs: amount,
    parameters: pairs,
  },
  "fencing.fence": {
    target: text,
    action: oneOf("on", "off", "reboot"),
    timeoutS: amount,
    delayS: delay,
    toleranceS: amount,
    tag: absentOr(orNull(tag)),
  },
  "fencing.confirm": { target: text, tag: absentOr(orNull(tag)) },
  "fencing.gatherHistory": {},
  "fencing.history": { target: orNull(text) },
  "fencing.cleanHistory": { target: orNull(text) },
  "fencing.devices": { target: orNull(text) },
  "fencing.targets": { device: text },
  "fencing.monitor": { device: text, timeoutS: amount },
  "fencing.registerDevice": { device: text, agent: text, parameters: pairs },
  "fencing.removeDevice": { device: text },
  "fencing.registerLevel": { ...level, devices: texts },
  "fencing.removeLevel": level,
  "daemon.shutdown": {},
};

/** The names of all requests. */
export const METHODS = Object.keys(FIELDS) as readonly MethodName[];

/**
 * What is wrong with the parameters of a request, for the one who asked; null when they are as the contract says. Fields that
 * the contract does not know are left alone: a newer tool may send them.
 */
export function checkParams(method: MethodName, params: unknown): string | null {
  if (typeof params !== "object" || params === null || Array.isArray(params))
    return `the parameters of ${method} must be an object`;
  const given = params as Readonly<Record<string, unknown>>;
  for (const [name, field] of Object.entries<Field>(FIELDS[method])) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (!field.holds(value)) return `${method}: "${name}" must be ${field.words}`;
  }
  return null;
}
