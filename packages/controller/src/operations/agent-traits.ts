import { parseXml } from "@quorate/xml";

/** What the history needs to know of an agent's parameters. */
export interface AgentTraits {
  /** How a change of parameters without a restart is asked for; null when the agent cannot. */
  readonly reloadAction: "reload-agent" | "reload" | null;
  /** Parameters whose change demands a restart, in the order of the metadata. */
  readonly restartParameters: readonly string[];
  /** Parameters marked private, or, when none is, those with a name that tells of a secret; in the order of the metadata. */
  readonly secretParameters: readonly string[];
}

export const UNKNOWN_TRAITS: AgentTraits = {
  reloadAction: null,
  restartParameters: [],
  secretParameters: [],
};

const SECRET_NAMES: ReadonlySet<string> = new Set(["password", "passwd", "user"]);

/** Reads OCF metadata; what cannot be read has no traits. Source: controller specification, 9. */
export function traitsOfMetadata(metadata: string): AgentTraits {
  const parsed = parseXml(metadata);
  if (!parsed.ok) return UNKNOWN_TRAITS;
  const { root } = parsed;
  const parameters = root.first("parameters")?.all("parameter") ?? [];
  const actions = new Set(
    root
      .first("actions")
      ?.all("action")
      .map((action) => action.get("name") ?? "") ?? [],
  );
  const version = textOf(root.first("version")?.children[0]) ?? root.get("version") ?? "1.0";
  const isModern = compareVersions(version, "1.1") >= 0;
  const isOn = (value: string | null) => value === "1" || value === "true";
  const names = (matches: (parameter: { get(name: string): string | null }) => boolean) =>
    parameters.filter(matches).map((parameter) => parameter.get("name") ?? "");
  const marked = names((parameter) => isOn(parameter.get("private")));
  const secretParameters =
    marked.length > 0 ? marked : names((parameter) => SECRET_NAMES.has(parameter.get("name") ?? ""));
  if (isModern && actions.has("reload-agent"))
    return {
      reloadAction: "reload-agent",
      restartParameters: names((parameter) => !isOn(parameter.get("reloadable"))),
      secretParameters,
    };
  if (!isModern && actions.has("reload"))
    return {
      reloadAction: "reload",
      restartParameters: names((parameter) => isOn(parameter.get("unique"))),
      secretParameters,
    };
  return { reloadAction: null, restartParameters: [], secretParameters };
}

function textOf(node: { readonly kind: string; readonly text?: string } | undefined): string | null {
  return node?.kind === "text" ? (node.text ?? "").trim() : null;
}

function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let index = 0; index < 2; index += 1) {
    const difference = (left[index] || 0) - (right[index] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
