import { isTrue } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { optionValues } from "../cluster-options.ts";
import { isConnectionAgent } from "./connection-agents.ts";

/** The primitives that are connections to remote nodes; each has the name of its node. */
export function connectionResources(cib: XmlElement): readonly XmlElement[] {
  const resources = cib.first("configuration")?.first("resources");
  const templates = new Map((resources?.all("template") ?? []).map((template) => [template.id, template]));
  return [...(resources?.descendants("primitive") ?? [])].filter((primitive) => {
    const typed = templates.get(primitive.get("template") ?? "") ?? primitive;
    return isConnectionAgent({
      class: typed.get("class") ?? "",
      provider: typed.get("provider") ?? "",
      type: typed.get("type") ?? "",
    });
  });
}

/** In maintenance, or its connection not managed: nothing would be moved away, and nothing is done to it. */
export function isLeftAlone(cib: XmlElement, node: string): boolean {
  if (isTrue(optionValues(cib).get("maintenance-mode") ?? null)) return true;
  const connection = [
    ...(cib.first("configuration")?.first("resources")?.descendants("primitive") ?? []),
  ].find(({ id }) => id === node);
  const isManaged = metaOf(connection, "is-managed");
  return isTrue(metaOf(connection, "maintenance")) || (isManaged !== null && !isTrue(isManaged));
}

/** Switched off by an administrator. */
export function isSwitchedOff(connection: XmlElement): boolean {
  return metaOf(connection, "target-role")?.toLowerCase() === "stopped";
}

function metaOf(resource: XmlElement | undefined, name: string): string | null {
  const pairs = resource?.all("meta_attributes").flatMap((set) => set.all("nvpair")) ?? [];
  return pairs.find((pair) => pair.get("name") === name)?.get("value") ?? null;
}
