export interface ComparedLine {
  /** ` `: in both, `-`: in the first text alone, `+`: in the second alone. */
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/** More pairs of lines than this are not compared one by one: such a part has changed as a whole. */
const PAIRS_MAX = 4_000_000;

/**
 * All lines of two texts, in order, with what became of each. Lines that stand once in each text hold the parts between them in place, so that
 * long texts take little time.
 */
export function compareLines(before: readonly string[], after: readonly string[]): ComparedLine[] {
  const result: ComparedLine[] = [];
  compare(before, after, result);
  return result;
}

function compare(before: readonly string[], after: readonly string[], result: ComparedLine[]): void {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  push(result, " ", before.slice(0, start));
  const old = before.slice(start, before.length - end);
  const young = after.slice(start, after.length - end);
  const anchors = old.length === 0 || young.length === 0 ? [] : anchorsOf(old, young);
  if (anchors.length > 0) {
    let [oldStart, youngStart] = [0, 0];
    for (const [oldIndex, youngIndex] of [...anchors, [old.length, young.length] as const]) {
      compare(old.slice(oldStart, oldIndex), young.slice(youngStart, youngIndex), result);
      push(result, " ", old.slice(oldIndex, oldIndex + 1));
      [oldStart, youngStart] = [oldIndex + 1, youngIndex + 1];
    }
  } else compareOneByOne(old, young, result);
  push(result, " ", before.slice(before.length - end));
}

/** Places of lines that stand once in each, as many as stand in the same order in both. */
function anchorsOf(old: readonly string[], young: readonly string[]): (readonly [number, number])[] {
  const youngPlaces = placesOfUnique(young);
  const pairs = [...placesOfUnique(old)].flatMap(([line, oldIndex]) => {
    const youngIndex = youngPlaces.get(line);
    return youngIndex === undefined ? [] : [[oldIndex, youngIndex] as const];
  });
  return longestRising(pairs);
}

function placesOfUnique(lines: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  lines.forEach((line, index) => {
    if (places.has(line)) repeated.add(line);
    places.set(line, index);
  });
  for (const line of repeated) places.delete(line);
  return places;
}

/** `pairs` rise in their first number; the longest part of them that rises in the second, too. */
function longestRising(pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  /** By length: index of the pair with the smallest second number that ends a rising part of this length. */
  const ends: number[] = [];
  const previous: number[] = [];
  pairs.forEach(([, value], index) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]!]![1] < value) low = middle + 1;
      else high = middle;
    }
    previous.push(low === 0 ? -1 : ends[low - 1]!);
    ends[low] = index;
  });
  const rising: (readonly [number, number])[] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index]!) rising.push(pairs[index]!);
  return rising.reverse();
}

/** By the longest common subsequence. */
function compareOneByOne(old: readonly string[], young: readonly string[], result: ComparedLine[]): void {
  if (old.length * young.length > PAIRS_MAX) {
    push(result, "-", old);
    push(result, "+", young);
    return;
  }
  const width = young.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = young.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        old[i] === young[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
  let [i, j] = [0, 0];
  while (i < old.length && j < young.length) {
    if (old[i] === young[j]) {
      push(result, " ", [old[i]!]);
      i++;
      j++;
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) push(result, "-", [old[i++]!]);
    else push(result, "+", [young[j++]!]);
  }
  push(result, "-", old.slice(i));
  push(result, "+", young.slice(j));
}

function push(result: ComparedLine[], mark: ComparedLine["mark"], lines: readonly string[]): void {
  for (const text of lines) result.push({ mark, text });
}
