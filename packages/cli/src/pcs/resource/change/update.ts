import { XmlElement } from "@quorate/xml";
import { idExists, uniqueId } from "../../../configuration/ids.ts";
import { type Assignment, nvpairs, nvpairValue, updateNvset } from "../../../configuration/nvsets.ts";
import {
  appendOperation,
  defaultInterval,
  intervalMs,
  type OperationSpec,
} from "../../../configuration/operations.ts";
import { allPrimitives, findPrimitive, findResource, isClone } from "../../../configuration/resources.ts";
import { modernRole } from "../../../configuration/roles.ts";
import { sortByName } from "../../alert/commands.ts";
import { assignmentMap, parseAssignments, splitAtKeywords } from "../../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../../framework/command.ts";
import { fail } from "../../framework/reports.ts";
import { assignmentText } from "../../framework/text.ts";
import { checkWait, waitAndTell } from "../../framework/wait.ts";
import { checkUtilization } from "../../node/commands.ts";
import { validateByAgent } from "../create/agent-validation.ts";
import { CLUSTER_OPERATIONS, checkedOperations, operationSpec } from "../create/operation-words.ts";
import { checkParameters } from "../create/parameters.ts";
import { agentOfPrimitive } from "../create/primitive.ts";
import { remoteNodeName, tellOtherKind } from "./switches.ts";

export function updateCommand(isStonithCommand: boolean): PcsCommand {
  return {
    usage: [
      "<id> [<option>=[<value>]]... [op [<action> <option>=<value>...]...] [meta <option>=[<value>]...]",
    ],
    help: "Change parameters, operations and meta-attributes; an empty value removes an option. An operation is replaced as a whole.",
    options: ["-f", "--force", "--wait", "--agent-validation"],
    async run(call) {
      const [id, ...rest] = call.expect(2);
      const waitS = checkWait(call);
      if (rest.includes("utilization"))
        fail(`utilization is not changed here; use 'pcs resource utilization ${id} <name>=<value>'`);
      const parts = splitAtKeywords(rest, { op: {}, meta: {} });
      const editor = await call.cib();
      const { cib } = editor;
      const resource = findResource(cib, id!);
      if (resource === null || !(resource.name === "primitive" || isClone(resource))) {
        fail(`Unable to find resource: ${id}`);
      }
      tellOtherKind(call, [resource], isStonithCommand);
      const parameters = parseAssignments(parts.get("")![0]!);
      const meta = parseAssignments(parts.get("meta")?.[0] ?? []);
      if (isClone(resource)) {
        if (parts.has("op")) fail(`op settings must be changed on the resource in '${id}', not on the clone`);
        updateNvset(cib, resource, "meta_attributes", [...parameters, ...meta]);
      } else {
        await checkUpdate(call, resource, parameters, meta);
        updateNvset(cib, resource, "instance_attributes", parameters);
        updateNvset(cib, resource, "meta_attributes", meta);
        for (const spec of parseUpdates(parts.get("op")?.[0] ?? []))
          replaceOperation(call, cib, resource, spec);
      }
      await editor.commit();
      if (waitS !== null) await waitAndTell(call, waitS, [id!]);
    },
  };
}

function parseUpdates(words: readonly string[]): OperationSpec[] {
  const groups: string[][] = [];
  for (const word of words) {
    if (groups.length === 0 && word.includes("="))
      fail(`${word} does not appear to be a valid operation action; write its name before its options`);
    if (!word.includes("=")) groups.push([word]);
    else groups.at(-1)!.push(word);
  }
  // A name alone says nothing: it must not set an operation back to what no options mean.
  return groups
    .filter(([, ...options]) => options.length > 0)
    .map(([name, ...options]) => operationSpec(name!, assignmentMap(options)));
}

async function checkUpdate(
  call: PcsCall,
  resource: XmlElement,
  parameters: readonly Assignment[],
  meta: readonly Assignment[],
): Promise<void> {
  if (parameters.length > 0) {
    const present = new Map(resource.all("instance_attributes").flatMap(nvpairs));
    const agent = await agentOfPrimitive(call, resource);
    checkParameters(call.reports, agent, new Map(parameters), present);
    if (!call.reports.hasErrors) await validateByAgent(call, agent, new Map([...present, ...parameters]));
  }
  checkGuestNode(call, resource, new Map(meta));
  call.reports.check();
}

function checkGuestNode(call: PcsCall, resource: XmlElement, meta: ReadonlyMap<string, string>): void {
  const name = meta.get("remote-node");
  if (name === undefined || (name === "" && remoteNodeName(resource) === null)) return;
  call.reports.forceable(
    name === ""
      ? "this command is not sufficient for removing a guest node, use 'pcs cluster node remove-guest'"
      : "this command is not sufficient for creating a guest node, use 'pcs cluster node add-guest'",
  );
}

/** Puts an operation in the place of the first one of that name (and role, if one is given), or at the end. */
function replaceOperation(call: PcsCall, cib: XmlElement, primitive: XmlElement, given: OperationSpec): void {
  const [spec] = checkedOperations(call.reports, [given], null, { isSpellingExact: true });
  call.reports.check();
  const operations = ensureOperations(primitive);
  const role = comparableRole(spec!.attributes.get("role"));
  const old = operations
    .all("op")
    .find(
      (operation) => operation.get("name") === spec!.name && comparableRole(operation.get("role")) === role,
    );
  const index = old === undefined ? operations.children.length : operations.children.indexOf(old);
  old?.remove();
  refuseSameInterval(operations, spec!, primitive.id ?? "");
  operations.insert(addOperation(cib, operations, primitive.id ?? "", spec!), index);
}

function ensureOperations(primitive: XmlElement): XmlElement {
  const present = primitive.first("operations");
  if (present !== null) return present;
  const made = new XmlElement("operations");
  primitive.append(made);
  return made;
}

/** The id of the check level's set differs from that in new resources; scripts know both. */
function addOperation(
  cib: XmlElement,
  operations: XmlElement,
  resourceId: string,
  spec: OperationSpec,
): XmlElement {
  const element = appendOperation(cib, operations, resourceId, { ...spec, checkLevel: null });
  if (spec.checkLevel !== null) {
    const set = new XmlElement("instance_attributes", [["id", uniqueId(cib, `params-${element.id}`)]]);
    set.append(
      new XmlElement("nvpair", [
        ["id", uniqueId(cib, `${element.id}-OCF_CHECK_LEVEL-${spec.checkLevel}`)],
        ["name", "OCF_CHECK_LEVEL"],
        ["value", spec.checkLevel],
      ]),
    );
    element.append(set);
  }
  return element;
}

function refuseSameInterval(operations: XmlElement, spec: OperationSpec, resourceId: string): void {
  const interval = spec.attributes.get("interval") ?? defaultInterval(spec.name);
  const same = operations
    .all("op")
    .find(
      (operation) =>
        operation.get("name") === spec.name &&
        intervalMs(operation.get("interval") ?? "0") === intervalMs(interval) &&
        intervalMs(interval) !== null,
    );
  if (same !== undefined) {
    fail(
      `operation ${spec.name} with interval ${interval} already specified for ${resourceId}:\n${operationText(same)}`,
    );
  }
}

/** An operation without a role is one of the role Started. */
function comparableRole(role: string | null | undefined): string {
  return modernRole(role ?? "Started").toLowerCase();
}

function operationText(operation: XmlElement): string {
  const attributes = [...operation.attributes]
    .filter(([name]) => name !== "id" && name !== "name")
    .map(([name, value]) => `${name}=${value}`);
  return `${[operation.get("name"), ...attributes].join(" ")} (${operation.id})`;
}

export function operationAdd(isStonithCommand: boolean): PcsCommand {
  return {
    usage: ["<id> <action> [<option>=<value>]..."],
    help: "Add an operation.",
    options: ["-f", "--force"],
    async run(call) {
      const [id, name, ...rest] = call.expect(2);
      const options = assignmentMap(rest);
      const editor = await call.cib();
      const { cib } = editor;
      const primitive = findPrimitive(cib, id!);
      if (primitive === null) fail(`Unable to find resource: ${id}`);
      tellOtherKind(call, [primitive], isStonithCommand);
      const [spec] = checkedOperations(
        call.reports,
        [operationSpec(name!, options)],
        isStonithCommand ? null : await agentOfPrimitive(call, primitive),
        { alsoKnown: CLUSTER_OPERATIONS, isSpellingExact: true },
      );
      call.reports.check();
      const operationId = spec!.attributes.get("id");
      if (operationId !== undefined && idExists(cib, operationId)) {
        fail(`id '${operationId}' is already in use, please specify another one`);
      }
      const operations = ensureOperations(primitive);
      refuseSameInterval(operations, spec!, id!);
      const role = comparableRole(spec!.attributes.get("role"));
      const sameName = operations
        .all("op")
        .filter(
          (operation) =>
            operation.get("name") === name &&
            comparableRole(operation.get("role")) === role &&
            (name !== "monitor" || checkLevelOf(operation) === spec!.checkLevel),
        );
      if (sameName.length > 0 && !call.has("--force")) {
        fail(
          `operation ${name} already specified for ${id}, use --force to override:\n${sameName.map(operationText).join("\n")}`,
        );
      }
      addOperation(cib, operations, id!, spec!);
      await editor.commit();
    },
  };
}

/** Monitors that look deeper or less deep stand beside one another. */
function checkLevelOf(operation: XmlElement): string | null {
  return nvpairValue(operation, "instance_attributes", "OCF_CHECK_LEVEL");
}

export const operationRemove: PcsCommand = {
  usage: ["<id> <action> [<option>=<value>]...", "<operation id>"],
  help: "Delete an operation, named by its id or by all of its options.",
  options: ["-f"],
  async run(call) {
    const [id, name, ...rest] = call.expect(1);
    const editor = await call.cib();
    if (name === undefined) {
      const operation = allPrimitives(editor.cib)
        .flatMap((primitive) => primitive.first("operations")?.all("op") ?? [])
        .find((candidate) => candidate.id === id);
      if (operation === undefined) fail(`unable to find operation id: ${id}`);
      operation.remove();
    } else {
      const primitive = findPrimitive(editor.cib, id!);
      if (primitive === null) fail(`Unable to find resource: ${id}`);
      const options = assignmentMap(rest);
      const found = (primitive.first("operations")?.all("op") ?? []).filter(
        (operation) =>
          operation.get("name") === name && (rest.length === 0 || hasExactly(operation, options)),
      );
      if (found.length === 0) fail(`Unable to find operation matching: ${[name, ...rest].join(" ")}`);
      for (const operation of found) operation.remove();
    }
    await editor.commit();
  },
};

function hasExactly(operation: XmlElement, options: ReadonlyMap<string, string>): boolean {
  const attributes = [...operation.attributes].filter(
    ([name]) => name !== "name" && !(name === "id" && !options.has("id")),
  );
  return (
    attributes.length === options.size && attributes.every(([name, value]) => options.get(name) === value)
  );
}

export function metaCommand(isStonithCommand: boolean): PcsCommand {
  return {
    usage: ["<resource id | group id | clone id> <option>=[<value>]..."],
    help: "Set meta-attributes; an empty value removes one.",
    options: ["-f", "--force", "--wait"],
    async run(call) {
      const [id, ...rest] = call.expect(2);
      const waitS = checkWait(call);
      const assignments = parseAssignments(rest);
      const editor = await call.cib();
      const resource = findResource(editor.cib, id!);
      if (resource === null || resource.name === "bundle")
        fail(`unable to find a resource/clone/group: ${id}`);
      tellOtherKind(call, [resource], isStonithCommand);
      checkGuestNode(call, resource, new Map(assignments));
      call.reports.check();
      updateNvset(editor.cib, resource, "meta_attributes", assignments);
      await editor.commit();
      if (waitS !== null) await waitAndTell(call, waitS, [id!]);
    },
  };
}

export const resourceUtilization: PcsCommand = {
  usage: ["[<resource id> [<name>=[<value>]]...]"],
  help: "Show or set what resources need of a node; values are whole numbers, an empty one removes the attribute.",
  options: ["-f"],
  async run(call) {
    const [id, ...rest] = call.args;
    const editor = await call.cib();
    const primitive = id === undefined ? null : findPrimitive(editor.cib, id);
    if (id !== undefined && primitive === null) fail(`Unable to find a resource: ${id}`);
    if (rest.length === 0) {
      const shown =
        primitive === null
          ? allPrimitives(editor.cib).filter((one) => one.first("utilization") !== null)
          : [primitive];
      const lines = shown
        .map((one) => ({
          id: one.id ?? "",
          pairs: one.first("utilization") === null ? [] : nvpairs(one.first("utilization")!),
        }))
        .sort((left, right) => (left.id < right.id ? -1 : 1))
        .map(
          (one) =>
            ` ${one.id}: ${sortByName(one.pairs)
              .map(([name, value]) => assignmentText(name, value))
              .join(" ")}`,
        );
      call.print(["Resource Utilization:", ...lines].join("\n"));
      return;
    }
    const assignments = parseAssignments(rest);
    checkUtilization(assignments);
    updateNvset(editor.cib, primitive!, "utilization", sortByName(assignments));
    await editor.commit();
  },
};
