/** Lines with more words than this are shown as changed as a whole: the work grows with the square. */
const WORDS_MAX = 1000;

/**
 * How the words of two texts differ, as `wdiff` marks it: `[-gone-]` and `{+come+}`. Only lines with a difference are told. What differs line by
 * line is taken from the output of `diff -U0`.
 *
 * @example wordDifferences("@@ -1 +1 @@\n-a b c\n+a x c\n") // "a [-b-] {+x+} c"
 */
export function wordDifferences(unified: string): string {
  const told: string[] = [];
  let [gone, come]: [string[], string[]] = [[], []];
  const tell = () => {
    for (let place = 0; place < Math.max(gone.length, come.length); place++)
      told.push(lineDifferences(wordsOf(gone[place]), wordsOf(come[place])));
    [gone, come] = [[], []];
  };
  const lines = unified.split("\n");
  for (const line of lines.slice(
    Math.max(
      0,
      lines.findIndex((one) => one.startsWith("@@")),
    ),
  )) {
    if (line.startsWith("@@")) tell();
    else if (line.startsWith("-")) gone.push(line.slice(1));
    else if (line.startsWith("+")) come.push(line.slice(1));
  }
  tell();
  return told.join("\n");
}

/** A line that only one text has is all words of that one. */
function wordsOf(line: string | undefined): readonly string[] {
  return line === undefined ? [] : line.split(/(?<=\S) +/);
}

function lineDifferences(old: readonly string[], young: readonly string[]): string {
  const told: string[] = [];
  let [at, to] = [0, 0];
  const tellUntil = (oldPlace: number, youngPlace: number) => {
    if (oldPlace > at) told.push(`[-${old.slice(at, oldPlace).join(" ")}-]`);
    if (youngPlace > to) told.push(`{+${young.slice(to, youngPlace).join(" ")}+}`);
  };
  for (const [oldPlace, youngPlace] of commonWords(old, young)) {
    tellUntil(oldPlace, youngPlace);
    told.push(old[oldPlace]!);
    [at, to] = [oldPlace + 1, youngPlace + 1];
  }
  tellUntil(old.length, young.length);
  return told.join(" ");
}

/** The places of a longest common sequence. */
function commonWords(old: readonly string[], young: readonly string[]): (readonly [number, number])[] {
  if (Math.max(old.length, young.length) > WORDS_MAX) return [];
  const width = young.length + 1;
  // How many words are in common from two places on.
  const counts = new Uint16Array((old.length + 1) * width);
  const count = (at: number, to: number) => counts[at * width + to]!;
  for (let at = old.length - 1; at >= 0; at--) {
    for (let to = young.length - 1; to >= 0; to--)
      counts[at * width + to] =
        old[at] === young[to] ? count(at + 1, to + 1) + 1 : Math.max(count(at + 1, to), count(at, to + 1));
  }
  const common: (readonly [number, number])[] = [];
  for (let [at, to] = [0, 0]; at < old.length && to < young.length; ) {
    if (old[at] === young[to]) common.push([at++, to++]);
    else if (count(at + 1, to) >= count(at, to + 1)) at++;
    else to++;
  }
  return common;
}
