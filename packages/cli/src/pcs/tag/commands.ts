import { XmlElement } from "@quorate/xml";
import { findById, idExists } from "../../configuration/ids.ts";
import { findResource } from "../../configuration/resources.ts";
import { ensureSection, sectionElements } from "../../configuration/sections.ts";
import { quoted, splitAtKeywords } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { duplicatesOf } from "../framework/duplicates.ts";
import { reportId } from "../framework/ids.ts";

/** What is said where there is none. */
export const NO_TAGS = " No tags defined";

const config: PcsCommand = {
  usage: ["[<tag id>]..."],
  help: "Show tags.",
  options: ["-f"],
  async run(call) {
    const { cib } = await call.cib();
    const tags = tagsOf(cib);
    for (const id of call.args) {
      if (!tags.some((tag) => tag.id === id)) call.reports.error(`tag '${id}' does not exist`);
    }
    call.reports.check();
    if (tags.length === 0) {
      call.world.stderr(`${NO_TAGS}\n`);
      return;
    }
    const shown = call.args.length === 0 ? tags : call.args.map((id) => tags.find((tag) => tag.id === id)!);
    call.print(tagLines(shown).join("\n"));
  },
};

/** Tags with what they hold. */
function tagLines(tags: readonly XmlElement[]): string[] {
  return tags.flatMap((tag) => [tag.id ?? "", ...tag.all("obj_ref").map(({ id }) => `  ${id}`)]);
}

export function tagsOf(cib: XmlElement): XmlElement[] {
  return sectionElements(cib, "tags").filter(({ name }) => name === "tag");
}

/** Tags that hold any of these. */
export function tagsHolding(cib: XmlElement, ids: readonly string[]): XmlElement[] {
  return tagsOf(cib).filter((tag) => tag.all("obj_ref").some(({ id }) => ids.includes(id ?? "")));
}

/** Takes a resource that goes out of all tags; a tag that holds nothing any more goes, too. */
export function removeFromTags(cib: XmlElement, id: string): void {
  for (const tag of tagsHolding(cib, [id])) {
    for (const held of tag.all("obj_ref")) if (held.id === id) held.remove();
    if (tag.first("obj_ref") === null) tag.remove();
  }
}

const create: PcsCommand = {
  usage: ["<tag id> <id>..."],
  help: "Create a tag for resources.",
  options: ["-f"],
  async run(call) {
    const [tagId, ...ids] = call.expect(2);
    const { reports } = call;
    const editor = await call.cib();
    reportId(reports, tagId!, "id");
    if (idExists(editor.cib, tagId!)) reports.error(`'${tagId}' already exists`);
    if (ids.includes(tagId!)) reports.error("Tag cannot contain itself");
    checkUnique(call, ids, "add");
    checkResources(call, editor.cib, ids);
    reports.check();
    const tag = new XmlElement("tag", [["id", tagId!]]);
    for (const id of ids) tag.append(reference(id));
    ensureSection(editor.cib, "tags").append(tag);
    await editor.commit();
  },
};

const remove: PcsCommand = {
  usage: ["<tag id>..."],
  help: "Delete tags.",
  options: ["-f"],
  async run(call) {
    const ids = call.expect(1);
    const editor = await call.cib();
    const tags = tagsOf(editor.cib);
    for (const id of new Set(ids)) {
      const tag = tags.find((candidate) => candidate.id === id);
      if (tag === undefined) call.reports.error(`tag '${id}' does not exist`);
      else if (isReferenced(editor.cib, id)) {
        call.reports.error(`tag '${id}' is used in constraints; delete them first`);
      } else tag.remove();
    }
    call.reports.check();
    await editor.commit();
  },
};

const update: PcsCommand = {
  usage: ["<tag id> [add <id>... [--before <id> | --after <id>]] [remove <id>...]"],
  help: "Add, move and remove what a tag holds. Adding what is there already with --before or --after moves it.",
  options: ["-f", "--before", "--after"],
  async run(call) {
    const [tagId, ...rest] = call.expect(1);
    const parts = splitAtKeywords(rest, { add: { repeats: "never" }, remove: { repeats: "never" } });
    if (parts.get("")![0]!.length > 0) call.usage();
    const added = parts.get("add")?.[0];
    const removed = parts.get("remove")?.[0];
    if ((added === undefined && removed === undefined) || added?.length === 0 || removed?.length === 0) {
      call.usage("Specify at least one id for 'add' or 'remove'.");
    }
    const editor = await call.cib();
    updateTag(call, editor.cib, tagId!, added ?? [], removed ?? []);
    await editor.commit();
  },
};

function updateTag(
  call: PcsCall,
  cib: XmlElement,
  tagId: string,
  added: readonly string[],
  removed: readonly string[],
): void {
  const { reports } = call;
  const before = call.value("--before");
  const after = call.value("--after");
  if (before !== null && after !== null) reports.error("Cannot specify both --before and --after");
  reports.check();
  const neighbour = before ?? after;
  const tag = tagsOf(cib).find((candidate) => candidate.id === tagId);
  if (tag === undefined) reports.error(`tag '${tagId}' does not exist`);
  checkUnique(call, added, "add");
  checkUnique(call, removed, "remove");
  const both = added.filter((id) => removed.includes(id));
  if (both.length > 0) reports.error(`Ids cannot be added and removed at the same time: ${quoted(both)}`);
  if (neighbour !== null && added.length === 0) {
    reports.error(`'${neighbour}' names a place, but there are no ids to add`);
  }
  if (neighbour !== null && added.includes(neighbour)) {
    reports.error(`Cannot put id '${neighbour}' next to itself.`);
  }
  reports.check();
  const present = new Map(tag!.all("obj_ref").map((element) => [element.id ?? "", element]));
  checkResources(
    call,
    cib,
    added.filter((id) => !present.has(id)),
  );
  const repeated = added.filter((id) => present.has(id));
  if (neighbour === null && repeated.length > 0) {
    reports.error(`Cannot add what is already in the tag '${tagId}': ${quoted(repeated)}`);
  }
  const missing = removed.filter((id) => !present.has(id));
  if (missing.length > 0) reports.error(`Tag '${tagId}' does not contain: ${quoted(missing)}`);
  if (neighbour !== null && !present.has(neighbour)) {
    reports.error(`There is no '${neighbour}' in the tag '${tagId}', so nothing can be put next to it`);
  }
  if (neighbour !== null && removed.includes(neighbour)) {
    reports.error(`Cannot remove '${neighbour}', next to which ids are being added`);
  }
  if (added.length === 0 && [...present.keys()].every((id) => removed.includes(id))) {
    reports.error(`Nothing would be left in the tag '${tagId}'; use 'pcs tag remove ${tagId}' instead`);
  }
  reports.check();
  for (const id of removed) present.get(id)!.remove();
  const references = added.map((id) => present.get(id) ?? reference(id));
  for (const element of references) element.remove();
  let index = tag!.children.length;
  if (neighbour !== null) {
    index = tag!.children.indexOf(present.get(neighbour)!) + (after === null ? 0 : 1);
  }
  for (const [offset, element] of references.entries()) tag!.insert(element, index + offset);
}

export const tagGroup: PcsGroup = {
  summary: "Names for several resources at once",
  otherwise: config,
  commands: { config, list: { ...config, isHidden: true }, create, delete: remove, remove, update },
};

function reference(id: string): XmlElement {
  return new XmlElement("obj_ref", [["id", id]]);
}

function checkUnique(call: PcsCall, ids: readonly string[], verb: string): void {
  const duplicates = duplicatesOf(ids);
  if (duplicates.length > 0) {
    call.reports.error(`Ids to ${verb} must be unique, duplicate ids: ${quoted(duplicates)}`);
  }
}

function checkResources(call: PcsCall, cib: XmlElement, ids: readonly string[]): void {
  for (const id of new Set(ids)) {
    if (findResource(cib, id) !== null) continue;
    const other = findById(cib, id);
    call.reports.error(
      other === null || other.name === "node"
        ? `bundle/clone/group/resource '${id}' does not exist`
        : `'${id}' is not a bundle/clone/group/resource`,
    );
  }
}

function isReferenced(cib: XmlElement, tagId: string): boolean {
  return sectionElements(cib, "constraints").some(
    (constraint) =>
      ["rsc", "with-rsc", "first", "then"].some((attribute) => constraint.get(attribute) === tagId) ||
      [...constraint.descendants("resource_ref")].some((reference) => reference.id === tagId),
  );
}
