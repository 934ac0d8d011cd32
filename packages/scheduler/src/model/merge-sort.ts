/**
 * A stable merge sort of a fixed shape: the first half (rounded down) and the rest are sorted, then merged, taking
 * from the first half whenever it is "less or equal". Some comparators of the specification are no orders, so the
 * shape is part of the result. Returns a new array. Source: part 1, 2.10; part 2, 1.4.3.
 */
export function mergeSort<T>(items: readonly T[], compare: (a: T, b: T) => number): T[] {
  if (items.length <= 1) return [...items];
  const middle = items.length >>> 1;
  const first = mergeSort(items.slice(0, middle), compare);
  const second = mergeSort(items.slice(middle), compare);
  const merged: T[] = [];
  let i = 0;
  let j = 0;
  while (i < first.length && j < second.length) {
    const a = first[i] as T;
    const b = second[j] as T;
    if (compare(a, b) <= 0) {
      merged.push(a);
      i++;
    } else {
      merged.push(b);
      j++;
    }
  }
  while (i < first.length) merged.push(first[i++] as T);
  while (j < second.length) merged.push(second[j++] as T);
  return merged;
}
