import { formatAgentName } from "@quorate/executor";
import { XmlElement } from "@quorate/xml";
import { isPromotable } from "../../../configuration/agents.ts";
import { findById, idExists, uniqueId } from "../../../configuration/ids.ts";
import { updateNvset } from "../../../configuration/nvsets.ts";
import {
  allResources,
  findResource,
  innerResources,
  isClone,
  isStonith,
  outerResource,
  primitivesIn,
} from "../../../configuration/resources.ts";
import { ensureSection, sectionElements } from "../../../configuration/sections.ts";
import { sortByName } from "../../alert/commands.ts";
import { constraintsNaming, removeConstraintsOf } from "../../constraint/remove-resource.ts";
import { assignmentMap, quoted } from "../../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../../framework/command.ts";
import { duplicatesOf } from "../../framework/duplicates.ts";
import { checkId, reportId } from "../../framework/ids.ts";
import { fail } from "../../framework/reports.ts";
import { checkWait, waitAndTell, waitForIdle } from "../../framework/wait.ts";
import { removeFromTags, tagsHolding } from "../../tag/commands.ts";
import { agentOfPrimitive } from "../create/primitive.ts";
import { tellOtherKind } from "./switches.ts";

/** Removes a resource with its constraints, and the group or clone that it leaves empty. */
export function removeResource(call: PcsCall, cib: XmlElement, resource: XmlElement): void {
  const whole = leavingWith(resource);
  for (const inner of allWithin(whole)) removeMentions(call, cib, inner.id ?? "");
  whole.remove();
}

/** The resource, or the group or clone that would be empty without it. */
function leavingWith(resource: XmlElement): XmlElement {
  const outer = outerResource(resource);
  const isLeftEmpty = outer !== null && outer.name !== "bundle" && innerResources(outer).length === 1;
  return isLeftEmpty ? leavingWith(outer) : resource;
}

/** Removes what names a resource that goes: constraints, and places in tags. */
function removeMentions(call: PcsCall, cib: XmlElement, id: string): void {
  for (const line of removeConstraintsOf(cib, id)) call.reports.info(line);
  removeFromTags(cib, id);
  removeFromLevels(cib, id);
}

function allWithin(resource: XmlElement): XmlElement[] {
  return [resource, ...innerResources(resource).flatMap(allWithin)];
}

/** Takes a fence device out of all levels; a level without devices goes. */
function removeFromLevels(cib: XmlElement, device: string): void {
  for (const level of sectionElements(cib, "fencing-topology")) {
    const devices = (level.get("devices") ?? "").split(",");
    if (!devices.includes(device)) continue;
    const rest = devices.filter((other) => other !== device);
    if (rest.length === 0) level.remove();
    else level.set("devices", rest.join(","));
  }
  dropEmptySection(cib, "fencing-topology");
}

/** What other tools leave out where there is nothing in it. */
function dropEmptySection(cib: XmlElement, name: string): void {
  const section = cib.first("configuration")?.first(name) ?? null;
  if (section !== null && section.elements().length === 0) section.remove();
}

export function deleteCommand(isStonithCommand: boolean): PcsCommand {
  return {
    usage: ["<id>"],
    help: "Delete a resource with all that is in it and all its constraints.",
    options: ["-f", "--force"],
    async run(call) {
      const [id] = call.expect(1, 1);
      const editor = await call.cib();
      const resource = findResource(editor.cib, id!);
      if (resource === null) fail(`Resource '${id}' does not exist.`);
      tellOtherKind(call, [resource], isStonithCommand);
      const leaving = allWithin(leavingWith(resource)).map((each) => each.id ?? "");
      const tags = tagsHolding(editor.cib, leaving);
      if (tags.length > 0) {
        fail(
          `Unable to remove resource '${id}' because it is referenced in the tags: ${quoted(tags.map((tag) => tag.id ?? ""))}`,
        );
      }
      call.reports.info(`Deleting Resource - ${id}`);
      removeResource(call, editor.cib, resource);
      await editor.commit();
    },
  };
}

export const groupList: PcsCommand = {
  usage: [""],
  help: "Show groups with their resources.",
  options: ["-f"],
  async run(call) {
    call.expect(0, 0);
    const groups = allResources((await call.cib()).cib).filter(({ name }) => name === "group");
    call.print(
      groups
        .map(
          (group) =>
            `${group.id}: ${innerResources(group)
              .map(({ id }) => id)
              .join(" ")}`,
        )
        .join("\n"),
    );
  },
};

export const groupAdd: PcsCommand = {
  usage: ["<group id> <resource id>..."],
  help: "Put resources in a group, which is created when there is none; with --before or --after move them in it.",
  options: ["-f", "--before", "--after", "--wait"],
  async run(call) {
    const [groupId, ...ids] = call.expect(2);
    if (call.has("--before") && call.has("--after")) fail("you cannot specify both --before and --after");
    const waitS = checkWait(call);
    const editor = await call.cib();
    addToGroup(call, editor.cib, groupId!, ids);
    await editor.commit();
    if (waitS !== null) await waitAndTell(call, waitS, [groupId!]);
  },
};

function addToGroup(call: PcsCall, cib: XmlElement, groupId: string, ids: readonly string[]): void {
  const { reports } = call;
  const present = findById(cib, groupId);
  if (present !== null && present.name !== "group") reports.error(`'${groupId}' is not a group`);
  if (present === null) reportId(reports, groupId, "group name");
  const duplicates = duplicatesOf(ids);
  if (duplicates.length > 0)
    reports.error(`Resources to add must be unique, duplicate resources: ${quoted(duplicates)}`);
  const primitives = ids.map((id) => groupable(call, cib, id));
  const neighbourId = call.value("--before") ?? call.value("--after");
  const members = present === null ? [] : innerResources(present);
  if (neighbourId !== null) {
    if (findResource(cib, neighbourId) === null) reports.error(`'${neighbourId}' does not exist`);
    else if (!members.some(({ id }) => id === neighbourId)) {
      reports.error(
        `There is no resource '${neighbourId}' in the group '${groupId}', cannot add resources next to it`,
      );
    }
    if (ids.includes(neighbourId)) reports.error(`Cannot put resource '${neighbourId}' next to itself`);
  } else {
    for (const id of ids) {
      if (members.some((member) => member.id === id)) {
        reports.error(`Cannot add resource '${id}', it is already present in group '${groupId}'`);
      }
    }
  }
  reports.check();
  let group = present;
  if (group === null) {
    group = new XmlElement("group", [["id", groupId]]);
    ensureSection(cib, "resources").append(group);
  }
  const oldGroups = new Set<XmlElement>();
  for (const primitive of primitives as XmlElement[]) {
    const outer = outerResource(primitive);
    if (outer !== null && outer !== group) oldGroups.add(outer);
    primitive.remove();
  }
  let index = group.children.length;
  if (neighbourId !== null) {
    const neighbour = innerResources(group).find(({ id }) => id === neighbourId)!;
    index = group.children.indexOf(neighbour) + (call.has("--after") ? 1 : 0);
  }
  for (const [offset, primitive] of (primitives as XmlElement[]).entries())
    group.insert(primitive, index + offset);
  for (const old of oldGroups) dropEmptyGroup(cib, old);
}

/** A group that lost its last resource goes, with the clone around it, unless constraints need it. */
function dropEmptyGroup(cib: XmlElement, group: XmlElement): void {
  if (innerResources(group).length > 0) return;
  const outer = outerResource(group);
  const whole = outer !== null && isClone(outer) ? outer : group;
  for (const id of new Set([group.id ?? "", whole.id ?? ""])) {
    const isReferenced =
      constraintsNaming(cib, id).length > 0 ||
      sectionElements(cib, "constraints").some((constraint) =>
        [...constraint.descendants("resource_ref")].some((reference) => reference.id === id),
      );
    if (isReferenced)
      fail(`Group '${id}' would become empty, but constraints need it; use 'pcs resource ungroup' first`);
  }
  for (const each of allWithin(whole)) removeFromTags(cib, each.id ?? "");
  whole.remove();
}

function groupable(call: PcsCall, cib: XmlElement, id: string): XmlElement | null {
  const resource = findResource(cib, id);
  if (resource === null) {
    call.reports.error(`'${id}' does not exist`);
    return null;
  }
  const outer = outerResource(resource);
  if (resource.name !== "primitive") {
    call.reports.error(
      `'${id}' is a ${isClone(resource) ? "clone" : resource.name} resource, those cannot be put into a group`,
    );
  } else if (outer !== null && outer.name !== "group") {
    call.reports.error(
      `'${id}' cannot be put into a group because its parent '${outer.id}' is a ${isClone(outer) ? "clone" : outer.name} resource`,
    );
  } else if (isStonith(resource)) {
    call.reports.deprecated("fence devices in groups are deprecated");
  }
  return resource;
}

export const groupRemove: PcsCommand = {
  usage: ["<group id> [<resource id>]..."],
  help: "Dissolve a group, or take resources out of it; the resources stay.",
  options: ["-f", "--wait"],
  async run(call) {
    const [groupId, ...ids] = call.expect(1);
    const waitS = checkWait(call);
    const editor = await call.cib();
    const { cib } = editor;
    const group = findResource(cib, groupId!);
    if (group?.name !== "group") fail(`Group '${groupId}' does not exist`);
    const members = innerResources(group);
    const leaving =
      ids.length === 0
        ? members
        : ids.map((id) => {
            const member = members.find((candidate) => candidate.id === id);
            if (member === undefined) fail(`Resource '${id}' does not exist in group '${groupId}'`);
            return member;
          });
    const outer = outerResource(group);
    const isAll = members.every((member) => leaving.includes(member));
    if (isAll && outer !== null) fail("Cannot remove all resources from a cloned group");
    const resources = ensureSection(cib, "resources");
    for (const member of leaving) resources.append(member);
    if (isAll) {
      removeMentions(call, cib, groupId!);
      group.remove();
    }
    await editor.commit();
    if (waitS !== null) await waitForIdle(call, waitS);
  },
};

export function cloneCommand(isPromotableCommand: boolean): PcsCommand {
  return {
    usage: ["<resource id | group id> [<clone id>] [meta] [<option>=<value>]..."],
    help: isPromotableCommand
      ? "Make a promotable clone of a resource or group."
      : "Run a resource or group on several nodes.",
    options: ["-f", "--force", "--wait"],
    async run(call) {
      const [id, ...rest] = call.expect(1);
      const waitS = checkWait(call);
      const words = [...rest];
      let cloneId: string | null = null;
      if (words[0] !== undefined && !words[0].includes("=") && words[0] !== "meta") cloneId = words.shift()!;
      const options = assignmentMap(words.filter((word) => word !== "meta"));
      if (isPromotableCommand) {
        if (options.has("promotable"))
          fail("'promotable' cannot be an option of this command, it is always true");
        options.set("promotable", "true");
      }
      const editor = await call.cib();
      const madeId = await makeClone(call, editor.cib, id!, cloneId, options);
      await editor.commit();
      if (waitS !== null) await waitAndTell(call, waitS, [madeId]);
    },
  };
}

async function makeClone(
  call: PcsCall,
  cib: XmlElement,
  id: string,
  cloneId: string | null,
  options: ReadonlyMap<string, string>,
): Promise<string> {
  const resource = findResource(cib, id);
  if (resource === null || !["primitive", "group"].includes(resource.name)) {
    fail(`unable to find group or resource: ${id}`);
  }
  const outer = outerResource(resource);
  if (outer?.name === "bundle") fail("cannot clone bundle resource");
  if (outer !== null && isClone(outer)) {
    fail(
      resource.name === "group"
        ? "cannot clone a group that has already been cloned"
        : `${id} is already a clone resource`,
    );
  }
  if (outer !== null && outerResource(outer) !== null) fail(`${id} is already a clone resource`);
  if (resource.name === "primitive" && isStonith(resource)) {
    call.reports.forceable(`No need to clone stonith resource '${id}', any node can use it wherever it runs`);
    call.reports.check();
  }
  if (cloneId !== null) {
    checkId(cloneId, "clone id");
    if (idExists(cib, cloneId)) fail(`id '${cloneId}' already exists`);
  }
  if (/^(1|true|yes|y|on)$/i.test(options.get("promotable") ?? "")) {
    for (const primitive of primitivesIn(resource)) {
      const agent = await agentOfPrimitive(call, primitive);
      if (agent.description !== null && !isPromotable(agent)) {
        const message = `Clone option 'promotable' is not compatible with '${formatAgentName(agent.name)}' resource agent of resource '${primitive.id}'`;
        // Others in a group may be promotable, or a group may be all that is to have roles.
        if (resource.name === "group") call.reports.forceable(`${message} in group '${id}'`);
        else call.reports.error(message);
      }
    }
    call.reports.check();
  }
  const clone = new XmlElement("clone", [["id", cloneId ?? uniqueId(cib, `${id}-clone`)]]);
  ensureSection(cib, "resources").append(clone);
  clone.append(resource);
  if (outer !== null && innerResources(outer).length === 0) outer.remove();
  updateNvset(cib, clone, "meta_attributes", sortByName([...options]));
  for (const constraint of constraintsNaming(cib, id)) {
    for (const attribute of ["rsc", "with-rsc", "first", "then"]) {
      if (constraint.get(attribute) === id) constraint.set(attribute, clone.id ?? "");
    }
  }
  return clone.id!;
}

export const unclone: PcsCommand = {
  usage: ["<clone id | resource id | group id>"],
  help: "Remove a clone; the resource or group in it stays.",
  options: ["-f", "--wait"],
  async run(call) {
    const [id] = call.expect(1, 1);
    const waitS = checkWait(call);
    const editor = await call.cib();
    const { cib } = editor;
    const resource = findResource(cib, id!);
    if (resource === null) fail(`could not find resource: ${id}`);
    const outer = outerResource(resource);
    const resources = ensureSection(cib, "resources");
    const clone = isClone(resource) ? resource : outer !== null && isClone(outer) ? outer : null;
    if (clone !== null) {
      const [inner] = innerResources(clone);
      if (inner !== undefined) resources.append(inner);
      removeMentions(call, cib, clone.id ?? "");
      clone.remove();
    } else if (outer?.name === "group" && outerResource(outer) !== null) {
      resources.append(resource);
      if (innerResources(outer).length === 0) removeResource(call, cib, outer);
    } else {
      fail(`'${id}' is not a clone resource`);
    }
    await editor.commit();
    if (waitS !== null) await waitAndTell(call, waitS, [id!]);
  },
};
