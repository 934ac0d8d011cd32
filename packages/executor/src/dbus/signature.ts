/** One complete type of a D-Bus signature. */
export type DBusType =
  | { readonly kind: "basic"; readonly code: string }
  | { readonly kind: "variant" }
  | { readonly kind: "array"; readonly element: DBusType }
  | { readonly kind: "struct"; readonly fields: readonly DBusType[] };

const BASIC_CODES = "ybnqiuxtdhsog";
/** Source: D-Bus specification, "Valid signatures". */
const LENGTH_MAX = 255;
const DEPTH_MAX = 64;

/**
 * Reads a signature, as in `a(ss)`. A dict entry is a struct of two: that is how it travels.
 * @throws Error when the text is no signature
 */
export function parseSignature(text: string): readonly DBusType[] {
  if (text.length > LENGTH_MAX) throw new Error(`a D-Bus signature of ${text.length} characters is too long`);
  let position = 0;
  const fail = (): Error => new Error(`"${text}" is no D-Bus signature`);
  const one = (depth: number): DBusType => {
    const code = text[position++];
    if (code === undefined || depth > DEPTH_MAX) throw fail();
    if (BASIC_CODES.includes(code)) return { kind: "basic", code };
    if (code === "v") return { kind: "variant" };
    if (code === "a") return { kind: "array", element: one(depth + 1) };
    if (code !== "(" && code !== "{") throw fail();
    const end = code === "(" ? ")" : "}";
    const fields: DBusType[] = [];
    while (text[position] !== end) fields.push(one(depth + 1));
    position += 1;
    if (fields.length === 0 || (code === "{" && fields.length !== 2)) throw fail();
    return { kind: "struct", fields };
  };
  const types: DBusType[] = [];
  while (position < text.length) types.push(one(0));
  return types;
}

/** Where values of the type begin: at multiples of this. */
export function alignmentOf(type: DBusType): number {
  switch (type.kind) {
    case "struct":
      return 8;
    case "array":
      return 4;
    case "variant":
      return 1;
    case "basic":
      return BASIC_SIZES[type.code]!;
  }
}

/** Alignment of basic types; of numbers also their size. */
const BASIC_SIZES: Readonly<Record<string, number>> = {
  y: 1,
  g: 1,
  n: 2,
  q: 2,
  b: 4,
  i: 4,
  u: 4,
  h: 4,
  s: 4,
  o: 4,
  x: 8,
  t: 8,
  d: 8,
};
