/** Does a value that came over the wire have the form that its reader relies on? */
export type Shape = (value: unknown) => boolean;

export const text: Shape = (value) => typeof value === "string";
export const flag: Shape = (value) => typeof value === "boolean";
export const number: Shape = (value) => typeof value === "number" && Number.isFinite(value);

export function orNull(shape: Shape): Shape {
  return (value) => value === null || shape(value);
}

/** Of a field that came later: older senders leave it out. */
export function optional(shape: Shape): Shape {
  return (value) => value === undefined || shape(value);
}

export function oneOf(...choices: readonly string[]): Shape {
  return (value) => typeof value === "string" && choices.includes(value);
}

export function listOf(shape: Shape): Shape {
  return (value) => Array.isArray(value) && value.every(shape);
}

/** A list of two texts. */
export const textPair: Shape = (value) => Array.isArray(value) && value.length === 2 && value.every(text);

/** An object with at least these fields; a newer sender may have more. */
export function record(fields: Readonly<Record<string, Shape>>): Shape {
  const checks = Object.entries(fields);
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    checks.every(([name, shape]) => shape((value as Record<string, unknown>)[name]));
}

/** The shape of each kind of message; `null` for a kind that is not known or a body that does not have its shape. */
export function readKind<M extends { readonly kind: string }>(
  body: unknown,
  shapes: ReadonlyMap<string, Shape>,
): M | null {
  const kind = (body as { readonly kind?: unknown }).kind;
  const shape = typeof kind === "string" ? shapes.get(kind) : undefined;
  return shape?.(body) === true ? (body as M) : null;
}

/** Names every kind of a message type once, so that none can be forgotten. */
export function shapesOf<M extends { readonly kind: string }>(
  shapes: Readonly<Record<M["kind"], Readonly<Record<string, Shape>>>>,
): ReadonlyMap<string, Shape> {
  return new Map(
    Object.entries<Readonly<Record<string, Shape>>>(shapes).map(([kind, fields]) => [kind, record(fields)]),
  );
}
