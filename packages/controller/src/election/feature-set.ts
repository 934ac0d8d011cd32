/** Compares dotted feature sets number by number: negative when `a` is older. */
export function compareFeatureSets(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] || 0) - (right[index] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** May a node with feature set `own` be led by one with `leader`? Major equal, minor of the leader not greater. */
export function isCompatible(own: string, leader: string): boolean {
  const [ownMajor = 0, ownMinor = 0] = own.split(".").map(Number);
  const [leaderMajor = 0, leaderMinor = 0] = leader.split(".").map(Number);
  return ownMajor === leaderMajor && leaderMinor <= ownMinor;
}
