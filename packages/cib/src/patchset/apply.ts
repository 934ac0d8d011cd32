import type { XmlElement, XmlNode } from "@quorate/xml";
import { digestV2 } from "../document/digests.ts";
import { compareCibVersions, versionOf } from "../document/versions.ts";
import { Draft } from "../draft.ts";
import type { Patchset } from "./patchset.ts";
import { resolvePath } from "./paths.ts";

export type PatchOutcome =
  | { readonly code: "ok" }
  /** `reasons` tell what did not fit; whoever follows a cluster has to fetch the whole document. */
  | { readonly code: "diffFailed" | "oldData"; readonly reasons: readonly string[] };

export interface ApplyPatchOptions {
  /** Whether the document must have the version that the patchset starts from. Default true. */
  readonly checksVersion?: boolean;
  /** Told, after success, of each element whose attributes or list of children changed. */
  readonly onTouched?: (element: XmlElement) => void;
}

/**
 * Applies a patchset to a document in place; when it does not fit, the document is left as it was.
 * Source: CIB specification, section 6.
 */
export function applyPatchset(
  cib: XmlElement,
  patchset: Patchset,
  options: ApplyPatchOptions = {},
): PatchOutcome {
  const draft = new Draft(cib);
  let outcome: PatchOutcome;
  try {
    outcome = applyToDraft(draft, patchset, options.checksVersion ?? true);
  } catch (error) {
    draft.rollback();
    throw error;
  }
  if (outcome.code !== "ok") draft.rollback();
  else if (options.onTouched !== undefined) for (const element of draft.touched()) options.onTouched(element);
  return outcome;
}

/** As `applyPatchset`, leaving it to the caller to roll back. */
export function applyToDraft(draft: Draft, patchset: Patchset, checksVersion: boolean): PatchOutcome {
  if (checksVersion) {
    const refusal = checkVersion(draft.root, patchset);
    if (refusal !== null) return refusal;
  }
  const reasons = applyChanges(draft, patchset);
  if (reasons.length === 0 && patchset.digest !== null) {
    const digest = digestV2(draft.root);
    if (digest !== patchset.digest)
      reasons.push(`the result has digest ${digest} instead of ${patchset.digest}`);
  }
  return reasons.length === 0 ? { code: "ok" } : { code: "diffFailed", reasons };
}

/** Without versions in the patchset there is nothing to check: the document counts as the source. */
function checkVersion(cib: XmlElement, patchset: Patchset): PatchOutcome | null {
  const { source, target } = patchset;
  if (source === null || target === null) return null;
  const order = compareCibVersions(versionOf(cib), source);
  if (order < 0) return { code: "diffFailed", reasons: ["the document is older than the patch's source"] };
  if (order > 0) return { code: "oldData", reasons: ["the document is newer than the patch's source"] };
  if (compareCibVersions(target, source) <= 0) {
    return { code: "oldData", reasons: ["versions did not change in the patch"] };
  }
  return null;
}

interface Placement {
  readonly parent: XmlElement;
  readonly position: number;
  readonly node: XmlNode;
}

/** Goes on after a change that does not fit, so that all of them are reported. */
function applyChanges(draft: Draft, patchset: Patchset): string[] {
  const reasons: string[] = [];
  const placements: Placement[] = [];
  for (const change of patchset.changes) {
    const node = resolvePath(draft.root, change.path, change.operation === "delete" ? change.position : null);
    if (node === "ambiguous") {
      reasons.push(`${change.path} can be read in two ways: rename the element whose id holds a quote`);
      continue;
    }
    switch (change.operation) {
      case "delete":
        if (node !== null && node !== draft.root) draft.remove(node);
        break;
      case "modify":
        if (node?.kind === "element") draft.setAll(node, change.result.attributes);
        else reasons.push(`nothing to modify at ${change.path}`);
        break;
      case "create":
        if (node?.kind === "element") {
          placements.push({ parent: node, position: change.position, node: change.node.clone() });
        } else reasons.push(`no parent to create in at ${change.path}`);
        break;
      case "move":
        if (node?.parent) placements.push({ parent: node.parent, position: change.position, node });
        else reasons.push(`nothing to move at ${change.path}`);
        break;
    }
  }
  // Positions are those of the finished document, so everything misplaced leaves before anything is placed.
  for (const { node } of placements) draft.remove(node);
  placements.sort((a, b) => a.position - b.position);
  for (const { parent, node, position } of placements) draft.insert(parent, node, position);
  return reasons;
}
