import type { Shell } from "../../shell/shell.ts";
import type { ConfigurationObject } from "../document.ts";
import type { WorkingCopy } from "../working-copy.ts";
import { agentOf, isClusterParameter, templateOf } from "./check-primitive.ts";

/** Agents spell their parameters with _. Those that were given with - in its place get the names that their agents know. */
export async function spellParameters(
  shell: Shell,
  copy: WorkingCopy,
  objects: readonly ConfigurationObject[],
): Promise<void> {
  for (const { id, element } of objects) {
    if (element.name !== "primitive" && element.name !== "template") continue;
    const doubtful = element
      .all("instance_attributes")
      .flatMap((list) => list.all("nvpair"))
      .filter((nvpair) => nvpair.get("name")?.includes("-") === true);
    const template = templateOf(copy, element);
    const agent = template === "missing" ? null : agentOf(template ?? element);
    if (doubtful.length === 0 || agent === null) continue;
    const described = await (await shell.agents()).describe(agent);
    if (!described.ok) continue;
    const isKnown = (name: string) =>
      described.description.parameters.some((parameter) => parameter.name === name) ||
      isClusterParameter(agent, name);
    for (const nvpair of doubtful) {
      const given = nvpair.get("name")!;
      const meant = given.replaceAll("-", "_");
      if (isKnown(given) || !isKnown(meant)) continue;
      nvpair.set("name", meant);
      shell.messages.aside(`${id}: parameter "${given}" is called "${meant}", and is set by that name`);
    }
  }
}
