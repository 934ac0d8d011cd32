/** Of the lines about one resource and node, the last: how often something is assigned on the way does not count. */
export function lastScores(scores: string): string {
  const lines = new Map<string, string>();
  for (const line of scores.split("\n")) lines.set(line.replace(/: \S+$/, ""), line);
  return [...lines.values()].join("\n");
}

/** A clone's lists without the nodes whose instance has a line of its own. */
export function withoutListedNodes(summary: string): string {
  let indent = "";
  let listed = new Set<string>();
  return summary
    .split("\n")
    .flatMap((line) => {
      const clone = /^( *)\* Clone Set: /.exec(line);
      if (clone !== null) {
        indent = `${clone[1]}  `;
        listed = new Set();
        return [line];
      }
      const [, own] = /^ *\* \S+\t\(\S+\):\t (?:FAILED |ORPHANED )*\S+ (\S+)/.exec(line) ?? [];
      if (own !== undefined) listed.add(own);
      const [, title, nodes] = /^ *\* (Stopped(?: \(disabled\))?): \[ (.*) \]$/.exec(line) ?? [];
      if (title === undefined || nodes === undefined) return [line];
      const left = nodes.split(" ").filter((node) => !listed.has(node));
      return left.length === 0 ? [] : [`${indent}* ${title}: [ ${left.join(" ")} ]`];
    })
    .join("\n");
}

/** The lists without the clones whose only active instances are on lost nodes. */
export function withoutLostClones(summary: string): string {
  return summary.replace(
    /^( *)\* Clone Set: .*\n(?:\1 {2}\* \S.*\(UNCLEAN.*\n)+(?:\1 {2}\* Stopped: .*\n)?(?!\1 )/gm,
    "",
  );
}
