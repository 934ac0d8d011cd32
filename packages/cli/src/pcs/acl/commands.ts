import { XmlElement } from "@quorate/xml";
import { findById, idExists, uniqueId } from "../../configuration/ids.ts";
import { ensureSection, sectionElements } from "../../configuration/sections.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { checkId } from "../framework/ids.ts";
import { fail } from "../framework/reports.ts";
import { setClusterProperty } from "../property/cluster-properties.ts";
import { aclText } from "./acl-text.ts";

const KINDS: ReadonlySet<string> = new Set(["read", "write", "deny"]);
const PERMISSIONS = "((read | write | deny) (xpath <query> | id <id>))...";
const FILE_AND_FORCE = ["-f", "--force"] as const;

const config: PcsCommand = {
  usage: [""],
  help: "Show who may do what.",
  options: ["-f"],
  async run(call) {
    call.expect(0, 0);
    call.print(aclText((await call.cib()).cib));
  },
};

const switchTo = (value: "true" | "false", help: string): PcsCommand => ({
  usage: [""],
  help,
  options: ["-f"],
  async run(call) {
    call.expect(0, 0);
    const editor = await call.cib();
    setClusterProperty(editor.cib, "enable-acl", value);
    await editor.commit();
  },
});

const roleCreate: PcsCommand = {
  usage: [`<role id> [description=<text>] [${PERMISSIONS}]`],
  help: "Create a role. A permission holds for an element and all in it; the more specific one wins, and among equals deny, then write.",
  options: FILE_AND_FORCE,
  async run(call) {
    const [id, ...rest] = call.expect(1);
    let description = "";
    if (rest[0]?.startsWith("description=")) description = rest.shift()!.slice("description=".length);
    const permissions = parsePermissions(call, rest);
    const editor = await call.cib();
    checkId(id!, "ACL role");
    if (idExists(editor.cib, id!)) fail(`'${id}' already exists`);
    const role = new XmlElement("acl_role", [["id", id!]]);
    if (description !== "") role.set("description", description);
    ensureSection(editor.cib, "acls").append(role);
    addPermissions(call, editor.cib, role, permissions);
    await editor.commit();
  },
};

const roleDelete: PcsCommand = {
  usage: ["<role id>"],
  help: "Delete a role and take it from all users and groups; with --autodelete also users and groups that have none left.",
  options: [...FILE_AND_FORCE, "--autodelete"],
  async run(call) {
    const [id] = call.expect(1, 1);
    const editor = await call.cib();
    const role = findAcl(editor.cib, "acl_role", id!);
    for (const holder of holders(editor.cib)) {
      const references = holder.all("role").filter((reference) => reference.id === id);
      for (const reference of references) reference.remove();
      if (references.length > 0 && call.has("--autodelete") && holder.first("role") === null) holder.remove();
    }
    role.remove();
    await editor.commit();
  },
};

const roleAssign: PcsCommand = {
  usage: ["<role id> [to] [user | group] <name>"],
  help: "Give a role to a user or group.",
  options: ["-f"],
  async run(call) {
    const { roleId, kind, name } = parseHolder(call, "to");
    const editor = await call.cib();
    const holder = findHolder(editor.cib, kind, name);
    assign(editor.cib, holder, roleId);
    await editor.commit();
  },
};

const roleUnassign: PcsCommand = {
  usage: ["<role id> [from] [user | group] <name>"],
  help: "Take a role from a user or group; with --autodelete delete the user or group when it has none left.",
  options: ["-f", "--autodelete"],
  async run(call) {
    const { roleId, kind, name } = parseHolder(call, "from");
    const editor = await call.cib();
    const holder = findHolder(editor.cib, kind, name);
    const references = holder.all("role").filter((reference) => reference.id === roleId);
    if (references.length === 0) fail(`Role '${roleId}' is not assigned to '${name}'`);
    for (const reference of references) reference.remove();
    if (call.has("--autodelete") && holder.first("role") === null) holder.remove();
    await editor.commit();
  },
};

const holderCreate = (kind: "user" | "group"): PcsCommand => ({
  usage: [`<${kind}> [<role id>]...`],
  help: `Create a ${kind} with roles.`,
  options: ["-f"],
  async run(call) {
    const [name, ...roles] = call.expect(1);
    const editor = await call.cib();
    const tag = TAGS[kind];
    if (kind === "group") checkId(name!, "ACL group");
    const isTaken =
      kind === "group"
        ? idExists(editor.cib, name!)
        : sectionElements(editor.cib, "acls").some((element) => element.name === tag && element.id === name);
    if (isTaken) fail(`'${name}' already exists`);
    const holder = new XmlElement(tag, [["id", name!]]);
    ensureSection(editor.cib, "acls").append(holder);
    for (const role of roles) assign(editor.cib, holder, role);
    await editor.commit();
  },
});

const holderDelete = (kind: "user" | "group"): PcsCommand => ({
  usage: [`<${kind}>`],
  help: `Delete a ${kind}.`,
  options: ["-f"],
  async run(call) {
    const [name] = call.expect(1, 1);
    const editor = await call.cib();
    findAcl(editor.cib, TAGS[kind], name!).remove();
    await editor.commit();
  },
});

const permissionAdd: PcsCommand = {
  usage: [`<role id> ${PERMISSIONS}`],
  help: "Add permissions to a role, which is created when there is none.",
  options: ["-f"],
  async run(call) {
    const [id, ...rest] = call.expect(2);
    const permissions = parsePermissions(call, rest);
    const editor = await call.cib();
    const present = findById(editor.cib, id!);
    let role = present;
    if (present === null) {
      checkId(id!, "ACL role");
      role = new XmlElement("acl_role", [["id", id!]]);
      ensureSection(editor.cib, "acls").append(role);
    } else if (present.name !== "acl_role") {
      fail(`'${id}' is not an ACL role`);
    }
    addPermissions(call, editor.cib, role!, permissions);
    await editor.commit();
  },
};

const permissionDelete: PcsCommand = {
  usage: ["<permission id>"],
  help: "Delete a permission; 'pcs acl' shows the ids in brackets.",
  options: ["-f"],
  async run(call) {
    const [id] = call.expect(1, 1);
    const editor = await call.cib();
    findAcl(editor.cib, "acl_permission", id!).remove();
    await editor.commit();
  },
};

const deleteUser = holderDelete("user");
const deleteGroup = holderDelete("group");

export const aclGroup: PcsGroup = {
  summary: "Who may read and change which part of the configuration",
  otherwise: config,
  commands: {
    config,
    show: { ...config, isHidden: true, run: deprecatedShow },
    enable: switchTo("true", "Enforce access control lists."),
    disable: switchTo("false", "Do not enforce access control lists."),
    role: {
      summary: "Roles",
      commands: {
        create: roleCreate,
        delete: roleDelete,
        remove: roleDelete,
        assign: roleAssign,
        unassign: roleUnassign,
      },
    },
    user: {
      summary: "Users",
      commands: { create: holderCreate("user"), delete: deleteUser, remove: deleteUser },
    },
    group: {
      summary: "Groups",
      commands: { create: holderCreate("group"), delete: deleteGroup, remove: deleteGroup },
    },
    permission: {
      summary: "Permissions",
      commands: { add: permissionAdd, delete: permissionDelete, remove: permissionDelete },
    },
  },
};

async function deprecatedShow(call: PcsCall): Promise<void> {
  call.reports.deprecated("'pcs acl show' is replaced by 'pcs acl config'");
  await config.run(call);
}

const TAGS = { user: "acl_target", group: "acl_group" } as const;
const NAMES: Readonly<Record<string, string>> = {
  acl_target: "ACL user",
  acl_group: "ACL group",
  acl_role: "ACL role",
  acl_permission: "ACL permission",
};

function holders(cib: XmlElement): XmlElement[] {
  return sectionElements(cib, "acls").filter(({ name }) => name === "acl_target" || name === "acl_group");
}

/** Users and groups are names of the operating system, so they may be equal to ids of other elements. */
function findAcl(cib: XmlElement, tag: string, id: string): XmlElement {
  const section = cib.first("configuration")?.first("acls") ?? null;
  const found = section === null ? [] : [...section.descendants(tag)].filter((element) => element.id === id);
  if (found[0] !== undefined) return found[0];
  const other = findById(cib, id);
  const isOther =
    other !== null && NAMES[other.name] !== undefined && tag !== "acl_target" && tag !== "acl_group";
  fail(isOther ? `'${id}' is not an ${NAMES[tag]}` : `${NAMES[tag]} '${id}' does not exist`);
}

function findHolder(cib: XmlElement, kind: "user" | "group" | null, name: string): XmlElement {
  if (kind !== null) return findAcl(cib, TAGS[kind], name);
  const found = sectionElements(cib, "acls").find((element) => element.id === name);
  if (found === undefined) fail(`ACL group/ACL user '${name}' does not exist`);
  if (found.name !== "acl_target")
    fail(`'${name}' is not an ACL user; write 'group ${name}' if it is a group`);
  return found;
}

function assign(cib: XmlElement, holder: XmlElement, roleId: string): void {
  findAcl(cib, "acl_role", roleId);
  if (holder.all("role").some((reference) => reference.id === roleId)) {
    fail(`Role '${roleId}' is already assigned to '${holder.id}'`);
  }
  holder.append(new XmlElement("role", [["id", roleId]]));
}

interface ParsedHolder {
  readonly roleId: string;
  readonly kind: "user" | "group" | null;
  readonly name: string;
}

function parseHolder(call: PcsCall, preposition: "to" | "from"): ParsedHolder {
  const [roleId, ...rest] = call.expect(2);
  const words = [...rest];
  if (words[0] === preposition && words.length > 1) words.shift();
  let kind: "user" | "group" | null = null;
  if (words.length > 1 && (words[0] === "user" || words[0] === "group")) kind = words.shift() as "user";
  if (words.length !== 1) call.usage();
  return { roleId: roleId!, kind, name: words[0]! };
}

interface Permission {
  readonly kind: string;
  readonly scope: "xpath" | "id";
  readonly what: string;
}

function parsePermissions(call: PcsCall, words: readonly string[]): Permission[] {
  const permissions: Permission[] = [];
  for (let index = 0; index < words.length; index += 3) {
    const kind = words[index]!.toLowerCase();
    const scope = words[index + 1]?.toLowerCase();
    const what = words[index + 2];
    if (!KINDS.has(kind) || (scope !== "xpath" && scope !== "id") || what === undefined) call.usage();
    permissions.push({ kind, scope, what });
  }
  return permissions;
}

function addPermissions(
  call: PcsCall,
  cib: XmlElement,
  role: XmlElement,
  permissions: readonly Permission[],
): void {
  for (const { kind, scope, what } of permissions) {
    if (scope === "id" && !idExists(cib, what)) call.reports.error(`id '${what}' does not exist`);
    role.append(
      new XmlElement("acl_permission", [
        ["id", uniqueId(cib, `${role.id}-${kind}`)],
        ["kind", kind],
        [scope === "id" ? "reference" : "xpath", what],
      ]),
    );
  }
  call.reports.check();
}
