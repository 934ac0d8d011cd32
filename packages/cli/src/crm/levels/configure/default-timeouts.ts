import type { AgentCatalogue } from "@quorate/executor";
import type { XmlElement } from "@quorate/xml";
import { advisedFor } from "../../configuration/checks/check-primitive.ts";
import { assignIds, IdSource } from "../../configuration/ids.ts";
import { element as newElement } from "../../language/read/rule.ts";
import type { Shell } from "../../shell/shell.ts";

type Description = Extract<Awaited<ReturnType<AgentCatalogue["describe"]>>, { ok: true }>["description"];

/** `default-timeouts ID ...`: the time limits that agents advise, for the operations there are, and for start and stop. */
export async function setDefaultTimeouts(shell: Shell, args: readonly string[]): Promise<boolean> {
  const copy = await shell.configuration();
  const agents = await shell.agents();
  let isGood = true;
  for (const id of args) {
    const object = copy.find(id);
    const element = object?.element;
    if (object === null || element === undefined) {
      shell.messages.error(`object ${id} does not exist`);
      isGood = false;
      continue;
    }
    if (object.type.word !== "primitive") {
      shell.messages.warning(`element ${id} is not a primitive`);
      isGood = false;
      continue;
    }
    const template = element.get("template");
    const source = (template === null ? null : copy.find(template)?.element) ?? element;
    const described = await agents.describe({
      class: source.get("class") ?? "ocf",
      provider: source.get("provider") ?? "",
      type: source.get("type") ?? "",
    });
    if (!described.ok) {
      shell.messages.error(described.reason);
      isGood = false;
      continue;
    }
    for (const op of element.all("operations").flatMap((list) => list.all("op"))) {
      const advised = advisedFor(described.description, op)?.get("timeout");
      if (advised !== undefined) op.set("timeout", advised);
    }
    addStartAndStop(element, described.description);
    assignIds(element, id, new IdSource(copy.configuration), null);
    copy.touch(object);
  }
  return isGood;
}

/** Every resource is started and stopped: with the time limits that its agent advises, where there are none of its own. */
function addStartAndStop(primitive: XmlElement, description: Description): void {
  const operations = primitive.first("operations") ?? newElement("operations", {});
  for (const name of ["start", "stop"]) {
    const timeout = description.actions.find((action) => action.name === name)?.attributes.get("timeout");
    const isThere = operations.all("op").some((op) => op.get("name") === name);
    if (timeout !== undefined && !isThere)
      operations.append(newElement("op", { name, interval: "0", timeout }));
  }
  if (operations.parent === null && operations.elements().length > 0) primitive.append(operations);
}
