import type { OutputKind } from "../../../../scripts/conformance/case.ts";
import { canonicalGraph } from "./canonical-graph.ts";
import {
  isCloneAfterBundle,
  isEarlierMemberStart,
  isLaterInstanceStart,
  isSerializedInstance,
  withoutEdges,
} from "./edges.ts";
import { lastScores, withoutListedNodes, withoutLostClones } from "./listings.ts";

/** A difference between the outputs of 2.1.5 and 3.0.2 that a rule on texts can undo. */
export interface VersionDifference {
  readonly name: string;
  /** What changed since 2.1.5. The conformance suite, made by 3.0.2, shows the newer way in the cases of its theme. */
  readonly reason: string;
  readonly kinds: readonly OutputKind[];
  /** `reference`: makes 3.0.2's text of 2.1.5's. `both`: leaves out what cannot be told from 2.1.5's text. */
  readonly sides: "reference" | "both";
  rewrite(text: string, cib: string): string;
}

export const VERSION_DIFFERENCES: readonly VersionDifference[] = [
  {
    name: "fencing-timeout",
    reason: "The graph's attribute stonith-timeout is called fencing-timeout.",
    kinds: ["exp"],
    sides: "reference",
    rewrite: (text) => text.replace(/ stonith-timeout="/, ' fencing-timeout="'),
  },
  {
    name: "transition id",
    reason: "The first transition of a run has number 1; it had number 0.",
    kinds: ["exp"],
    sides: "reference",
    rewrite: (text) => text.replace(/ transition_id="0"/, ' transition_id="1"'),
  },
  {
    name: "fence actions' attributes",
    reason: "Fence actions no longer carry all attributes of their node, only what fencing needs.",
    kinds: ["exp"],
    sides: "reference",
    rewrite: (text) =>
      text.replace(/^ *<attributes .*CRM_meta_stonith_action=.*$/gm, (line) =>
        line.replace(
          / CRM_meta_(?!(?:on_node|on_node_uuid|stonith_action|priority_fencing_delay|digests_\w+)=)\w+="[^"]*"/g,
          "",
        ),
      ),
  },
  {
    name: "numbers of actions",
    reason:
      "Actions are created in another order, so that their numbers and the order of synapses differ. The suite compares numbers; here it is what is done, with what, and after what.",
    kinds: ["exp"],
    sides: "both",
    rewrite: canonicalGraph,
  },
  {
    name: "starts of ordered instances",
    reason:
      "The start of an instance of an ordered clone waits for all earlier instances; in 2.1.5 only for the one before it.",
    kinds: ["dot", "exp"],
    sides: "both",
    rewrite: (text) => withoutEdges(text, isLaterInstanceStart),
  },
  {
    name: "stops of later members",
    reason:
      "A member of a group starts only after all later members stopped, and were probed; in 2.1.5 only after its own stop.",
    kinds: ["dot", "exp"],
    sides: "both",
    rewrite: (text, cib) => withoutEdges(text, isEarlierMemberStart(cib)),
  },
  {
    name: "serialized clones",
    reason:
      "An order of kind Serialize between clones no longer orders their instances' runs and starts one by one.",
    kinds: ["dot", "exp"],
    sides: "both",
    rewrite: (text, cib) => withoutEdges(text, isSerializedInstance(cib)),
  },
  {
    name: "clones after bundles",
    reason:
      "An interleaved clone that starts after a bundle waits for what runs in the container; in 2.1.5 for the container.",
    kinds: ["dot", "exp"],
    sides: "both",
    rewrite: (text, cib) => withoutEdges(text, isCloneAfterBundle(cib)),
  },
  {
    name: "assign",
    reason: "Score lines name functions of the program; what was called allocate is called assign.",
    kinds: ["scores"],
    sides: "reference",
    rewrite: (text) => text.replace(/^pcmk__(clone|group|bundle)_allocate:/gm, "pcmk__$1_assign:"),
  },
  {
    name: "inactive promotion scores",
    reason: "An instance without a node has the promotion score -INFINITY, not 0 on none.",
    kinds: ["scores"],
    sides: "reference",
    rewrite: (text) => text.replace(/promotion score on none: 0$/gm, "promotion score (inactive): -INFINITY"),
  },
  {
    name: "repeated scores",
    reason:
      "An instance that is assigned a second time prints its scores a second time; the last ones count.",
    kinds: ["scores"],
    sides: "both",
    rewrite: lastScores,
  },
  {
    name: "order of flags",
    reason: "A clone's flags are listed as disabled, unmanaged; they were in the other order.",
    kinds: ["summary"],
    sides: "reference",
    rewrite: (text) => text.replace(/\bunmanaged, disabled\b/g, "disabled, unmanaged"),
  },
  {
    name: "maintenance",
    reason: "Lists say maintenance where 2.1.5 said unmanaged, if it is because of maintenance mode.",
    kinds: ["summary"],
    sides: "both",
    rewrite: (text) => text.replace(/(?<=^ .*\(.*)\bmaintenance\b(?=.*\))/gm, "unmanaged"),
  },
  {
    name: "unmigrateable",
    reason:
      "A reason that comes from an action that cannot be migrated around says so; it was called unrunnable.",
    kinds: ["summary"],
    sides: "both",
    rewrite: (text) => text.replace(/due to unmigrateable (\S+ stop)/g, "due to unrunnable $1"),
  },
  {
    name: "listed instances",
    reason: "A node whose instance has a line of its own is not in the clone's list of stopped nodes.",
    kinds: ["summary"],
    sides: "reference",
    rewrite: withoutListedNodes,
  },
  {
    name: "clones on lost nodes",
    reason:
      "A clone that is active only on a lost node is listed, as stop-failure-no-fencing shows; it was left out.",
    kinds: ["summary"],
    sides: "both",
    rewrite: withoutLostClones,
  },
];

/**
 * The cluster in words that mean the same to both:
 * - 2.1.5 refuses to change a CIB with a feature set newer than its own, 3.16.1;
 * - clone-node-max above 1 makes a clone globally unique by itself only since 3.0, so it is said;
 * - nodes are fenced at the same time by default only since 3.0, so that is said, too;
 * - on-fail="ban" is in no schema up to pacemaker-3.9.
 */
export function asBothUnderstand(cib: string): string {
  return cib
    .replace(/crm_feature_set="3\.16\.2"/g, 'crm_feature_set="3.16.1"')
    .replace(/on-fail="ban"/g, 'on-fail="standby"')
    .replace(
      '<cluster_property_set id="cib-bootstrap-options">',
      '$&<nvpair id="concurrent-fencing" name="concurrent-fencing" value="true"/>',
    )
    .replace(
      /<nvpair id="([^"]*)-clone-node-max" name="clone-node-max" value="2"\/>/g,
      '$&<nvpair id="$1-unique" name="globally-unique" value="true"/>',
    );
}
