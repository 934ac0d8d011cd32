const CONTEXT_LINES = 2;

interface Change {
  readonly sign: " " | "-" | "+";
  readonly line: string;
}

/** A unified diff without line numbers; `same` decides which lines are equal. Empty when all are. */
export function lineDiff(
  expected: readonly string[],
  actual: readonly string[],
  same: (left: string, right: string) => boolean,
): string[] {
  const changes = align(expected, actual, same);
  if (changes.every(({ sign }) => sign === " ")) return [];
  const isShown = changes.map((_, index) =>
    changes
      .slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1)
      .some(({ sign }) => sign !== " "),
  );
  const lines: string[] = [];
  changes.forEach(({ sign, line }, index) => {
    if (isShown[index]) lines.push(sign + line);
    else if (isShown[index - 1]) lines.push("...");
  });
  return lines;
}

/** Aligns along a longest common subsequence of what lies between the common start and the common end. */
function align(
  expected: readonly string[],
  actual: readonly string[],
  same: (left: string, right: string) => boolean,
): Change[] {
  let start = 0;
  while (start < expected.length && start < actual.length && same(expected[start]!, actual[start]!)) start++;
  let endExpected = expected.length;
  let endActual = actual.length;
  while (
    endExpected > start &&
    endActual > start &&
    same(expected[endExpected - 1]!, actual[endActual - 1]!)
  ) {
    endExpected--;
    endActual--;
  }
  const height = endExpected - start;
  const width = endActual - start;
  const lengths = Array.from({ length: height + 1 }, () => new Uint32Array(width + 1));
  for (let row = height - 1; row >= 0; row--) {
    for (let column = width - 1; column >= 0; column--) {
      lengths[row]![column] = same(expected[start + row]!, actual[start + column]!)
        ? lengths[row + 1]![column + 1]! + 1
        : Math.max(lengths[row + 1]![column]!, lengths[row]![column + 1]!);
    }
  }
  const changes: Change[] = expected.slice(0, start).map((line) => ({ sign: " ", line }));
  let row = 0;
  let column = 0;
  while (row < height || column < width) {
    const left = expected[start + row];
    const right = actual[start + column];
    if (row < height && column < width && same(left!, right!)) {
      changes.push({ sign: " ", line: left! });
      row++;
      column++;
    } else if (
      column >= width ||
      (row < height && lengths[row + 1]![column]! >= lengths[row]![column + 1]!)
    ) {
      changes.push({ sign: "-", line: left! });
      row++;
    } else {
      changes.push({ sign: "+", line: right! });
      column++;
    }
  }
  return [...changes, ...expected.slice(endExpected).map((line) => ({ sign: " " as const, line }))];
}
