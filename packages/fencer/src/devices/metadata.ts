import { isTrue } from "@quorate/cib";
import { parseXml } from "@quorate/xml";

/** What the fencer wants to know of a fence agent. Source: fencer specification, 1. */
export interface AgentAbilities {
  readonly actions: ReadonlySet<string>;
  /** Actions that only the target itself may run. */
  readonly onTarget: ReadonlySet<string>;
  /** `on` has to be done before a node gets its resources. */
  readonly unfencesAutomatically: boolean;
  /** Parameter that takes the target; null when the agent has none. */
  readonly hostArgument: "plug" | "port" | null;
}

/** As long as an agent's metadata are not known. */
export const UNKNOWN_ABILITIES: AgentAbilities = {
  actions: new Set(),
  onTarget: new Set(),
  unfencesAutomatically: false,
  hostArgument: null,
};

/** Null when the text is no metadata. */
export function readAbilities(text: string): AgentAbilities | null {
  const parsed = parseXml(text);
  if (!parsed.ok || parsed.root.name !== "resource-agent") return null;
  const parameters = new Set(
    parsed.root
      .first("parameters")
      ?.all("parameter")
      .map((one) => one.get("name")),
  );
  const actions = new Set<string>();
  const onTarget = new Set<string>();
  let unfencesAutomatically = false;
  for (const action of parsed.root.first("actions")?.all("action") ?? []) {
    const name = action.get("name") ?? "";
    actions.add(name);
    if (isTrue(action.get("on_target"))) onTarget.add(name);
    if (name === "on" && (isTrue(action.get("automatic")) || isTrue(action.get("required"))))
      unfencesAutomatically = true;
  }
  return {
    actions,
    onTarget,
    unfencesAutomatically,
    hostArgument: parameters.has("plug") ? "plug" : parameters.has("port") ? "port" : null,
  };
}
