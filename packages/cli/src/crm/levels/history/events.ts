import type { XmlElement } from "@quorate/xml";
import type { Shell } from "../../shell/shell.ts";
import { type LogLine, readLog } from "./log-lines.ts";
import { cibOfSource } from "./source-commands.ts";

/** What is asked for and done with resources; the name is that of the resource, for a copy of a clone with its number. */
const OPERATION =
  /(?:Requesting execution of (\S+) operation for|Result of (\S+) operation for) (\S+) on (\S+?):?(?:\s|$)/;
/** A look that found what runs to run. */
const QUIET = /Result of monitor operation for \S+ on \S+: rc=0 /;
const FAILURES = /fail-count-([^\s[#]+)/;

/** What becomes of nodes; the name is that of the node. */
const NODE_EVENTS: readonly RegExp[] = [
  /Requesting fencing \(\S+\) targeting node (\S+)/,
  /Peer (\S+) was (?:not )?(?:terminated|unfenced)/,
  /(?:[Nn]ode|[Pp]eer) (\S+) (?:is now|was|has|became|left|joined|lost)\b/,
  /(\S+) left the cluster layer/,
  /Fencing\/shutdown of node (\S+) was not expected/,
  /Marking (\S+), target of a previous fencing action/,
  /Too many failures \(\d+\) to fence ([^\s,]+)/,
];
const TRANSITION = /(?:Calculated transition|Transition) \d+/;

/** `resource RESOURCE ...`: what was done with them, and what failed. */
export async function resourceEvents(shell: Shell, words: readonly string[]): Promise<boolean> {
  const patterns = patternsOf(shell, "resource", words);
  if (patterns === null) return false;
  const names = primitivesIn(await cibOfSource(shell), (id) => patterns.some((pattern) => pattern.test(id)));
  const isMeant = (name: string) => {
    const bare = name.replace(/:\d+$/, "");
    return names.has(bare) || patterns.some((pattern) => pattern.test(bare));
  };
  return print(shell, await readLog(shell, []), ({ text }) => {
    const operation = OPERATION.exec(text);
    if (operation !== null) return isMeant(operation[3]!) && isWanted(shell, text);
    const failed = FAILURES.exec(text)?.[1];
    return failed !== undefined && isMeant(failed);
  });
}

/** The primitives that are meant, or in a container that is. Containers themselves do nothing that is logged. */
function primitivesIn(cib: XmlElement | null, isMeant: (id: string) => boolean): ReadonlySet<string> {
  const names = new Set<string>();
  for (const primitive of cib?.first("configuration")?.first("resources")?.descendants("primitive") ?? []) {
    let around: XmlElement | null = primitive;
    while (around !== null && !isMeant(around.id ?? "")) around = around.parent;
    if (around !== null && primitive.id !== null) names.add(primitive.id);
  }
  return names;
}

/** Looks that found what was expected are many, and tell nothing. */
function isWanted({ history }: Shell, text: string): boolean {
  return history.detail > 0 || !QUIET.test(text);
}

/** `node NODE ...`: joined, left, fenced. */
export async function nodeEvents(shell: Shell, words: readonly string[]): Promise<boolean> {
  const patterns = patternsOf(shell, "node", words);
  if (patterns === null) return false;
  return print(shell, await readLog(shell, []), ({ text }) =>
    nodesIn(text).some((name) => patterns.some((pattern) => pattern.test(name))),
  );
}

function nodesIn(text: string): string[] {
  return NODE_EVENTS.flatMap((event) => event.exec(text)?.[1] ?? []);
}

/** `events`: all that happened to resources and nodes, and what was decided. */
export async function allEvents(shell: Shell): Promise<boolean> {
  return print(shell, await readLog(shell, []), (line) => isEvent(shell, line));
}

/** What is worth telling of a time: what happened to resources and nodes, and what was decided. */
export function isEvent(shell: Shell, { text }: LogLine): boolean {
  if (OPERATION.test(text)) return isWanted(shell, text);
  return FAILURES.test(text) || TRANSITION.test(text) || nodesIn(text).length > 0;
}

/** Prints the lines that are wanted. False when there are none: then nobody should take silence for peace. */
export function print(shell: Shell, lines: readonly LogLine[], isShown: (line: LogLine) => boolean): boolean {
  const shown = lines.filter(isShown);
  if (shown.length > 0) shell.page(shown.map(({ text }) => text).join("\n"));
  else
    shell.messages.info(
      'no such event in the log of this time; "limit" chooses another time, "detail 1" shows more',
    );
  return true;
}

/** Names, which may be regular expressions, as whole names. */
function patternsOf(shell: Shell, command: string, words: readonly string[]): readonly RegExp[] | null {
  try {
    return words.map((word) => new RegExp(`^(?:${word})$`));
  } catch (error) {
    shell.messages.error(`history.${command}: ${(error as Error).message}`);
    return null;
  }
}
