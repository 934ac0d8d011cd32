import { type CorosyncConf, type Section, sectionsOf } from "./document.ts";
import { ensureSection, removeEverywhere, setEverywhere } from "./edit.ts";

/** Options by name, each with its value; an empty one removes the option. */
type Changes = ReadonlyMap<string, string>;

export interface DeviceChanges {
  /** Names the section of its options. */
  readonly model: string;
  readonly options: Changes;
  readonly modelOptions: Changes;
  readonly heuristics: Changes;
}

/** Changes the options of the quorum device, which is made when there is none; what is not named stays. @throws RangeError as `setItem` */
export function changeDevice(
  document: CorosyncConf,
  { model, options, modelOptions, heuristics }: DeviceChanges,
): void {
  const device = ensureSection(ensureSection(document, "quorum"), "device");
  const quorums = sectionsOf(document, "quorum");
  const owner = quorums.findLast((quorum) => sectionsOf(quorum, "device").includes(device))!;
  // In this order pcs writes them, and files that are made by either are compared.
  const [votes, generic] = [true, false].map(
    (isVotes) => new Map([...options].filter(([name]) => (name === "votes") === isVotes)),
  );
  if (generic!.size > 0) change(owner, "device", generic!);
  setEverywhere(owner, "device", "model", model);
  change(owner, "device", votes!);
  change(device, model, modelOptions);
  change(device, "heuristics", heuristics);
}

function change(parent: Section, name: string, changes: Changes): void {
  const sorted = [...changes].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [key, value] of sorted) {
    if (value === "") removeEverywhere(parent, name, key);
    else setEverywhere(parent, name, key, value);
  }
  for (const section of sectionsOf(parent, name))
    if (section.entries.every(({ kind }) => kind === "trivia")) remove(parent, (entry) => entry === section);
}

/** Removes the quorum device, however often it stands. */
export function removeDevice(document: CorosyncConf): void {
  for (const quorum of sectionsOf(document, "quorum")) remove(quorum, ({ name }) => name === "device");
}

/** The same for its heuristics. */
export function removeHeuristics(document: CorosyncConf): void {
  for (const quorum of sectionsOf(document, "quorum"))
    for (const device of sectionsOf(quorum, "device")) remove(device, ({ name }) => name === "heuristics");
}

/** With the blank line that set the section apart. */
function remove(parent: Section, isGone: (section: Section) => boolean): void {
  const kept: Section["entries"] = [];
  for (const entry of parent.entries) {
    if (entry.kind !== "section" || !isGone(entry)) {
      kept.push(entry);
      continue;
    }
    const before = kept.at(-1);
    if (before?.kind === "trivia" && before.raw.trim() === "") kept.pop();
  }
  parent.entries.splice(0, parent.entries.length, ...kept);
}
