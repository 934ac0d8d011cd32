import { escapeAttribute, serializeXml } from "@quorate/xml";
import { formatVersion } from "../document/versions.ts";
import type { AttributeChange, PatchChange, Patchset } from "./patchset.ts";

/**
 * The patchset as lines for people, as logs and `crm_shadow --diff` show it: versions, then `--` what went away, `+ ` what
 * has new values, `++` what is new, `+~` what moved. Source: CIB specification, section 14; conformance data, suite crm_shadow.
 */
export function describePatchset(patchset: Patchset): readonly string[] {
  const { source, target, digest } = patchset;
  const versions =
    source === null || target === null
      ? []
      : [
          `Diff: --- ${formatVersion(source)} 2`,
          `Diff: +++ ${formatVersion(target)} ${digest ?? "(no digest)"}`,
        ];
  return [...versions, ...patchset.changes.flatMap(describeChange)];
}

function describeChange(change: PatchChange): readonly string[] {
  switch (change.operation) {
    case "delete":
      return [`-- ${change.path}${change.position === null ? "" : `:${change.position}`}`];
    case "move":
      return [`+~ ${change.path} moved to offset ${change.position}`];
    case "modify":
      return describeAttributes(change.path, change.attributes);
    case "create": {
      const text =
        change.node.kind === "comment" ? `<!--${change.node.text}-->\n` : serializeXml(change.node);
      const label = `++ ${change.path}:  `;
      const padding = `++ ${" ".repeat(label.length - 3)}`;
      return text
        .trimEnd()
        .split("\n")
        .map((line, index) => (index === 0 ? label : padding) + line);
    }
  }
}

/** Set and removed attributes on a line each. */
function describeAttributes(path: string, attributes: readonly AttributeChange[]): readonly string[] {
  const set: string[] = [];
  const unset: string[] = [];
  for (const { name, value } of attributes) {
    if (value === null) unset.push(`@${name}`);
    else set.push(`@${name}=${escapeAttribute(value)}`);
  }
  const lines: string[] = [];
  if (set.length > 0) lines.push(`+  ${path}:  ${set.join(", ")}`);
  if (unset.length > 0) lines.push(`-- ${path}:  ${unset.join(", ")}`);
  return lines;
}
