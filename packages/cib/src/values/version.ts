/**
 * Compares the leading `digits(.digits)*` of two versions component by component; missing components are 0. Negative,
 * 0 or positive. Source: scheduler specification, part 1, 2.8.
 */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const first = components(a);
  const second = components(b);
  const count = Math.max(first.length, second.length);
  for (let index = 0; index < count; index++) {
    const left = first[index] ?? 0n;
    const right = second[index] ?? 0n;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function components(version: string): bigint[] {
  const match = /^[ \t\n\v\f\r]*([0-9]+(?:\.[0-9]+)*)/.exec(version);
  return match?.[1] === undefined ? [] : match[1].split(".").map(BigInt);
}
