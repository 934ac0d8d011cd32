/**
 * Compares node names as node lists are ordered: ignoring case, runs of digits as numbers (of equal numbers the
 * shorter run first, so `7` < `007`), a prefix before what it begins. `node9` < `node10`. Source: part 1, 2.8.
 */
export function compareNodeNames(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const ca = a.charCodeAt(i);
    const cb = b.charCodeAt(j);
    if (isDigit(ca) && isDigit(cb)) {
      const endA = endOfDigits(a, i);
      const endB = endOfDigits(b, j);
      const difference = compareDigits(a.slice(i, endA), b.slice(j, endB));
      if (difference !== 0) return difference;
      i = endA;
      j = endB;
      continue;
    }
    const difference = lower(ca) - lower(cb);
    if (difference !== 0) return difference < 0 ? -1 : 1;
    i++;
    j++;
  }
  if (i < a.length) return 1;
  return j < b.length ? -1 : 0;
}

/** By value, then by length; digit runs may be longer than what a number holds exactly. */
function compareDigits(a: string, b: string): number {
  const valueA = a.replace(/^0+/, "");
  const valueB = b.replace(/^0+/, "");
  if (valueA.length !== valueB.length) return valueA.length < valueB.length ? -1 : 1;
  if (valueA !== valueB) return valueA < valueB ? -1 : 1;
  if (a.length !== b.length) return a.length < b.length ? -1 : 1;
  return 0;
}

function endOfDigits(text: string, start: number): number {
  let end = start;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function lower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
