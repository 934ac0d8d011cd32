import { parseXml, type XmlElement } from "@quorate/xml";
import type { Outputs } from "./runs.ts";

/** A change of behaviour between the versions that rewriting texts cannot undo. */
export interface BehaviourDifference {
  readonly name: string;
  /** What changed. The conformance suite's cases and random cases, made by 3.0.2, decide that ours is the newer way. */
  readonly reason: string;
  /** Of all clusters; more would hide something else. */
  readonly percentMax: number;
  /** Whether this cluster can show it; both outputs are already rewritten. */
  applies(both: { readonly reference: Outputs; readonly ours: Outputs; readonly cib: string }): boolean;
  /** What must be equal nevertheless. */
  keep(outputs: Outputs, cib: string): Outputs;
}

const NOTHING: Outputs = { summary: "", dot: "", exp: "", scores: "", stderr: "" };

/** In the order in which they take away: what an earlier one keeps, a later one may take. */
export const BEHAVIOUR_DIFFERENCES: readonly BehaviourDifference[] = [
  {
    name: "the reference failed",
    reason:
      "2.1.5 stops with an assertion, or makes a transition that waits for itself, where 3.0.2 decides: nothing is left to compare.",
    percentMax: 4,
    applies: ({ reference, ours }) => hasFailed(reference) && !hasFailed(ours),
    keep: () => NOTHING,
  },
  {
    name: "late steps in notifications",
    reason:
      "3.0.2 tells notify actions also of starts and stops that became necessary through an order; 2.1.5 gathers them before. Only the lists of what happens differ.",
    percentMax: 4,
    applies: ({ cib }) => /name="notify" value="true"/.test(cib),
    keep: (outputs) => ({
      ...outputs,
      exp: outputs.exp.replace(/ CRM_meta_notify_(start|stop|promote|demote)_(resource|uname)="[^"]*"/g, ""),
    }),
  },
  {
    name: "scores of colocated resources",
    reason:
      "The order in which colocations add to the tables of collectives and of their members changed, as coloc-dependee-should-stay and bug-cl-5168 show. All decisions, and the scores of all others, stay equal.",
    percentMax: 10,
    applies: ({ cib }) => colocations(cib).length > 0,
    keep: (outputs, cib) => ({ ...outputs, scores: withoutColocatedScores(outputs.scores, cib) }),
  },
  {
    name: "scores of instances",
    reason:
      "An instance that cannot go where it is active, or is to be promoted elsewhere, is assigned in other rounds, which leave other scores in its table. All decisions, and the scores of all others, stay equal.",
    percentMax: 3,
    applies: ({ reference, ours }) => instanceSteps(reference.summary) === instanceSteps(ours.summary),
    keep: (outputs) => ({
      ...outputs,
      scores: [
        ...new Set(outputs.scores.split("\n").map((line) => line.replace(/(:\d+ .* score .*): \S+$/, "$1"))),
      ].join("\n"),
    }),
  },
  {
    name: "instances keep their nodes",
    reason:
      "An anonymous instance stays where it is active, as clone-recover-no-shuffle-4 to -12 show; 2.1.5 exchanges instances for each other. What runs where afterwards stays equal.",
    percentMax: 18,
    applies: ({ reference, ours }) => instanceSteps(reference.summary) !== instanceSteps(ours.summary),
    keep: ({ summary }) => ({
      ...NOTHING,
      summary: [statusNow(summary), statusAfterwards(summary)].join("Revised Cluster Status:"),
    }),
  },
  {
    name: "instances keep their nodes, with consequences",
    reason:
      "As before; and as fewer instances move, capacity is used elsewhere, guests differ in their hosts, or another instance is promoted. What the status says now stays equal.",
    percentMax: 5,
    applies: ({ reference, ours }) => instanceSteps(reference.summary) !== instanceSteps(ours.summary),
    keep: ({ summary }) => ({ ...NOTHING, summary: statusNow(summary) }),
  },
  {
    name: "colocations of later group members",
    reason:
      "What a later member of a group may not run with counts already for the first member, so that the whole group finds a node; in 2.1.5 the later member stayed stopped. What the status says now stays equal.",
    percentMax: 3,
    applies: ({ cib }) => colocations(cib).some(namesLaterMember),
    keep: ({ summary }) => ({ ...NOTHING, summary: statusNow(summary) }),
  },
  {
    name: "optional colocations with clones",
    reason:
      "How a finite colocation score reaches the instances of a clone and those colocated with it changed (see the suite's coloc-clone-stays-active and migrate-success), and with it which of the possible nodes is taken. What the status says now stays equal.",
    percentMax: 8,
    applies: ({ cib }) =>
      colocations(cib).some((colocation) => isOptional(colocation) && hasCollective(colocation)),
    keep: ({ summary }) => ({ ...NOTHING, summary: statusNow(summary) }),
  },
];

function hasFailed({ summary, stderr }: Outputs): boolean {
  return /Triggered fatal assertion|An invalid transition was produced/.test(summary + stderr);
}

function colocations(cib: string): XmlElement[] {
  const parsed = parseXml(cib);
  return parsed.ok ? [...parsed.root.descendants("rsc_colocation")] : [];
}

function namedBy(colocation: XmlElement): string[] {
  const references = [...colocation.descendants("resource_ref")].map(({ id }) => id);
  return [colocation.get("rsc"), colocation.get("with-rsc"), ...references].filter((id) => id !== null);
}

function isOptional(colocation: XmlElement): boolean {
  return !/^[+-]?INFINITY$/.test(colocation.get("score") ?? "INFINITY");
}

function hasCollective(colocation: XmlElement): boolean {
  const root = rootOf(colocation);
  const collectives = new Set(
    ["clone", "bundle"].flatMap((kind) => [...root.descendants(kind)].map(({ id }) => id)),
  );
  return namedBy(colocation).some((id) => collectives.has(id));
}

function namesLaterMember(colocation: XmlElement): boolean {
  const groups = [...rootOf(colocation).descendants("group")];
  const later = new Set(
    groups.flatMap((group) =>
      group
        .all("primitive")
        .slice(1)
        .map(({ id }) => id),
    ),
  );
  return namedBy(colocation).some((id) => later.has(id));
}

function rootOf(element: XmlElement): XmlElement {
  let root = element;
  while (root.parent !== null) root = root.parent;
  return root;
}

/** Scores of what colocations name, of its members and of what it is a member of, lose their value. */
function withoutColocatedScores(scores: string, cib: string): string {
  const parsed = parseXml(cib);
  if (!parsed.ok) return scores;
  const named = new Set(colocations(cib).flatMap(namedBy));
  const colocated = new Set<string>();
  for (const kind of ["primitive", "group", "clone", "bundle"]) {
    for (const resource of parsed.root.descendants(kind)) {
      const family = [resource, ...resource.descendants()].flatMap(({ id }) => (id === null ? [] : [id]));
      if (family.some((id) => named.has(id))) for (const id of family) colocated.add(id);
    }
  }
  const line = /^((?:\w+: )?(\S+?)(?::\d+)? (?:allocation|promotion) score .*): \S+$/;
  const left = scores.split("\n").map((text) => {
    const [, head = text, id = ""] = line.exec(text) ?? [];
    return colocated.has(id) ? head : text;
  });
  return [...new Set(left)].join("\n");
}

/** What is planned for instances. */
function instanceSteps(summary: string): string {
  const step = /^ {2}\* (Start|Stop|Move|Migrate|Promote|Demote|Restart|Recover|Reload) +\S+:\d+ /;
  return summary
    .split("\n")
    .filter((line) => step.test(line))
    .map((line) => line.replace(/\s+/g, " "))
    .join("\n");
}

function statusNow(summary: string): string {
  const [before = ""] = summary.split("Transition Summary:");
  return before.split("Revised Cluster Status:")[0] ?? "";
}

function statusAfterwards(summary: string): string {
  return summary.split("Revised Cluster Status:")[1] ?? "";
}
