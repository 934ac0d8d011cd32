import type { WorkingCopy } from "../../configuration/working-copy.ts";
import { RESOURCE_WORDS, typeOfWord } from "../../language/object-types.ts";
import { Cursor } from "../../language/read/cursor.ts";
import { readObject } from "../../language/read/read-object.ts";
import type { Level } from "../../shell/level.ts";
import type { Shell } from "../../shell/shell.ts";
import { agentLabel } from "../agent-text.ts";

/** Changes of the configuration that take several objects. */
export const assistLevel: Level = {
  name: "assist",
  help: "Changes that take several objects at once",
  levels: {},
  deprecated: {},
  commands: {
    template: {
      usage: "PRIMITIVE ...",
      help: "Make a resource template of what primitives of one agent have in common, and let them use it",
      atLeast: 1,
      atMost: null,
      run: makeTemplate,
    },
    "weak-bond": {
      usage: "RESOURCE RESOURCE ...",
      help: "Keep resources on one node without making them depend on each other: a failure of one leaves the others alone",
      atMost: null,
      run: makeWeakBond,
    },
  },
};

async function makeTemplate(shell: Shell, names: readonly string[]): Promise<boolean> {
  const { messages } = shell;
  const copy = await shell.configuration();
  const objects = names.map((name) => ({ name, object: copy.find(name) }));
  const wrong = objects.find(({ object }) => object?.type.word !== "primitive");
  if (wrong !== undefined) {
    messages.error(
      `configure.assist.template: ${wrong.object === null ? `Object not found: ${wrong.name}` : `${wrong.name} is a ${wrong.object.type.word}, not a primitive`}`,
    );
    return false;
  }
  const elements = objects.map(({ object }) => object!.element);
  const used = elements.find((element) => element.get("template") !== null);
  if (used !== undefined) {
    messages.error(`configure.assist.template: ${used.id} uses the template ${used.get("template")} already`);
    return false;
  }
  const agents = new Set(
    elements.map((element) =>
      agentLabel({
        class: element.get("class") ?? "",
        provider: element.get("provider") ?? "",
        type: element.get("type") ?? "",
      }),
    ),
  );
  if (agents.size > 1) {
    messages.error(
      `configure.assist.template: primitives of one template have one agent; these have ${[...agents].join(", ")}`,
    );
    return false;
  }
  const [agent] = agents;
  const id = freeId(copy, `template-${elements[0]!.get("type")!.toLowerCase()}`);
  if (!define(copy, `rsc_template ${id} ${agent}`)) return false;
  for (const { object } of objects) {
    const { element } = object!;
    for (const name of ["class", "provider", "type"]) element.attributes.delete(name);
    element.set("template", id);
    copy.touch(object!);
  }
  messages.info(`configure.assist.template: Template created: ${id}`);
  return true;
}

async function makeWeakBond(shell: Shell, names: readonly string[]): Promise<boolean> {
  const { messages } = shell;
  if (names.length < 2) {
    messages.error("configure.assist.weak-bond: Need at least two arguments");
    return false;
  }
  const copy = await shell.configuration();
  const missing = names.find((name) => !RESOURCE_WORDS.has(copy.find(name)?.type.word ?? ""));
  if (missing !== undefined) {
    messages.error(
      `configure.assist.weak-bond: ${copy.find(missing) === null ? `Object not found: ${missing}` : `Object not a resource: ${missing}`}`,
    );
    return false;
  }
  const constraint = freeId(copy, "place-constraint");
  const dummy = freeId(copy, "place-dummy");
  messages.print("Create weak bond / independent colocation");
  messages.print("The following elements will be created:");
  messages.print(`   * Colocation constraint, ID: ${constraint}`);
  messages.print(`   * Dummy resource, ID: ${dummy}`);
  if (!(await shell.ask("Create resources", true))) return false;
  return copy.attempt(
    () =>
      define(copy, `primitive ${dummy} ocf:heartbeat:Dummy`) &&
      define(copy, `colocation ${constraint} inf: ( ${names.join(" ")} ) ${dummy}`),
  );
}

/** The first `NAME-NUMBER` that nothing has. */
function freeId(copy: WorkingCopy, name: string): string {
  let number = 1;
  while (copy.find(`${name}-${number}`) !== null) number++;
  return `${name}-${number}`;
}

function define(copy: WorkingCopy, text: string): boolean {
  const words = text.split(" ");
  return copy.create(typeOfWord(words[0]!)!, readObject(new Cursor(words)));
}
