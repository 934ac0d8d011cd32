import { parseDurationMs } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { assignIds, IdSource } from "../configuration/ids.ts";
import type { WorkingCopy } from "../configuration/working-copy.ts";
import { element } from "../language/read/rule.ts";
import { writeConfiguration } from "../shell/cib-access.ts";
import type { Shell } from "../shell/shell.ts";

/** The parameter that makes the shell library of OCF agents write down what an agent does. */
const TRACE = "trace_ra";
const DIRECTORY = "trace_dir";
const DEFAULT_DIRECTORY = "/var/lib/heartbeat/trace_ra";
/** What is traced when no operation is named and the resource has none configured. */
const DEFAULT_OPERATIONS: readonly string[] = ["start", "stop"];

/** `trace RESOURCE [OPERATION|probe] [INTERVAL] [DIRECTORY]` */
export async function trace(shell: Shell, args: readonly string[]): Promise<boolean> {
  const what = tracedOperation(args);
  if (what === null) {
    shell.messages.error(
      "resource.trace: Expected RESOURCE [OPERATION|probe] [INTERVAL] [DIRECTORY]. Write the interval in seconds, without a unit",
    );
    return false;
  }
  const { name, operation, interval, directory } = what;
  const copy = await shell.configuration();
  const object = copy.find(name);
  if (object === null || object.type.word !== "primitive") {
    shell.messages.error(`resource ${name} does not exist`);
    return false;
  }
  for (const op of operationsToTrace(object.element, operation, interval))
    addTrace(copy, name, object.element, op, directory);
  copy.touch(object);
  if (!(await write(shell, copy))) return false;
  const label = operation === undefined ? name : `${name}:${operation}`;
  shell.messages.info(
    `Trace for ${label} is written to ${directory ?? DEFAULT_DIRECTORY}/${object.element.get("type") ?? ""}`,
  );
  const isOtherOperation = operation !== undefined && operation !== "monitor";
  shell.messages.info(
    isOtherOperation
      ? `Trace set, restart ${name} to trace the ${operation} operation`
      : `Trace set, restart ${name} to trace non-monitor operations`,
  );
  return true;
}

interface TracedOperation {
  readonly name: string;
  readonly operation: string | undefined;
  readonly interval: string | undefined;
  readonly directory: string | undefined;
}

/** A directory may stand where the interval does: it has a slash. A probe is a monitor that is done once. Null: too much, or no interval. */
function tracedOperation(args: readonly string[]): TracedOperation | null {
  const [name, word, third, fourth] = args as [string, ...(string | undefined)[]];
  const isProbe = word === "probe";
  const hasInterval = third !== undefined && /^\d+$/.test(third);
  if (third !== undefined && !hasInterval && !third.includes("/")) return null;
  if (fourth !== undefined && !hasInterval) return null;
  if (isProbe && hasInterval && third !== "0") return null;
  return {
    name,
    operation: isProbe ? "monitor" : word,
    interval: hasInterval ? third : isProbe ? "0" : undefined,
    directory: hasInterval ? fourth : third,
  };
}

/** `untrace RESOURCE [OPERATION] [INTERVAL]` */
export async function untrace(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [name, operation] = args as [string, string | undefined];
  const copy = await shell.configuration();
  const object = copy.find(name);
  if (object === null || object.type.word !== "primitive") {
    shell.messages.error(`resource ${name} does not exist`);
    return false;
  }
  for (const op of operationElements(object.element)) {
    if (operation !== undefined && op.get("name") !== operation) continue;
    for (const list of op.all("instance_attributes")) {
      for (const nvpair of list.all("nvpair")) {
        if (nvpair.get("name") !== TRACE && nvpair.get("name") !== DIRECTORY) continue;
        nvpair.remove();
        copy.touch(object);
      }
      if (list.elements().length === 0) list.remove();
    }
  }
  const isWritten = await write(shell, copy);
  shell.forgetConfiguration();
  if (isWritten)
    shell.messages.info(
      operation === undefined ? `Stop tracing ${name}` : `Stop tracing ${name} for operation ${operation}`,
    );
  return isWritten;
}

function operationElements(resource: XmlElement): XmlElement[] {
  return resource.all("operations").flatMap((operations) => operations.all("op"));
}

/** The configured operations that are meant; one that is not configured is added. */
function operationsToTrace(
  resource: XmlElement,
  operation: string | undefined,
  interval: string | undefined,
): XmlElement[] {
  const existing = operationElements(resource);
  const names =
    operation !== undefined
      ? [operation]
      : [...new Set([...existing.map((op) => op.get("name")!), ...DEFAULT_OPERATIONS])];
  return names.flatMap((name) => {
    const matching = existing.filter(
      (op) =>
        op.get("name") === name && (interval === undefined || isSameInterval(op.get("interval"), interval)),
    );
    if (matching.length > 0) return matching;
    const added = element("op", { name, interval: interval ?? "0" });
    const operations = resource.first("operations") ?? element("operations", {});
    if (operations.parent === null) resource.append(operations);
    operations.append(added);
    return [added];
  });
}

function isSameInterval(configured: string | null, seconds: string): boolean {
  return parseDurationMs(configured ?? "0") === Number(seconds) * 1000;
}

function addTrace(
  copy: WorkingCopy,
  owner: string,
  resource: XmlElement,
  op: XmlElement,
  directory: string | undefined,
): void {
  op.attributes.delete("id");
  // What is traced stands last.
  op.parent?.append(op);
  let list = op.first("instance_attributes");
  if (list === null) {
    list = element("instance_attributes", {});
    op.append(list);
  }
  if (!list.all("nvpair").some((nvpair) => nvpair.get("name") === TRACE))
    list.append(element("nvpair", { name: TRACE, value: "1" }));
  if (directory !== undefined) list.append(element("nvpair", { name: DIRECTORY, value: directory }));
  assignIds(resource, owner, new IdSource(copy.configuration), null);
}

async function write(shell: Shell, copy: WorkingCopy): Promise<boolean> {
  const outcome = await writeConfiguration(shell.world, copy.original, copy.cib, {
    allowsMistakes: shell.options.isForced,
  });
  shell.forgetConfiguration();
  if (outcome === "written") return true;
  shell.messages.error(
    "The configuration was changed by somebody else at the same time. Nothing was written. Try again",
  );
  return false;
}
