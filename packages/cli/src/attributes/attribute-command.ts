import type { ApiClient } from "@quorate/api";
import { XmlElement } from "@quorate/xml";
import { CibError, type CibSession } from "../cluster/cib-session.ts";
import { withCib } from "../cluster/open-cib.ts";
import { documentWith } from "../cluster/section.ts";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import type { Output } from "../output/output.ts";
import type { World } from "../world.ts";
import { type AttributePlace, findAttributes, placeFor, type Scope, xmlIdOf } from "./attribute-place.ts";
import { defaultNode, findNode } from "./target-node.ts";

/** What `crm_attribute` and its short forms (crm_standby, crm_failcount, crm_master) ask for. */
export interface AttributeRequest {
  readonly id: string | null;
  readonly name: string | null;
  readonly pattern: string | null;
  /** Empty string: the resource is in the environment. */
  readonly promotion: string | null;
  readonly setName: string | null;
  readonly query: boolean;
  readonly update: string | null;
  readonly delete: boolean;
  readonly node: string | null;
  readonly type: string | null;
  readonly lifetime: string | null;
  /** A query that finds nothing looks into this section, too. */
  readonly alsoIn: string | null;
  readonly utilization: boolean;
  readonly default: string | null;
  readonly score: boolean;
  readonly isQuiet: boolean;
  readonly operands: readonly string[];
}

/** A request whose place in the CIB is settled. */
interface Target {
  readonly place: AttributePlace;
  /** Null for sections that are not about a node. */
  readonly nodeName: string | null;
  readonly name: string | null;
  readonly pattern: RegExp | null;
}

/** Carries out one query, update or deletion and tells the result as the classic tool does. */
export async function runAttributeCommand(
  request: AttributeRequest,
  world: World,
  output: Output,
): Promise<number> {
  if (request.operands.length > 0) throw new UsageError(`surplus argument "${request.operands[0]}"`);
  const commandCount = Number(request.query) + Number(request.update !== null) + Number(request.delete);
  if (commandCount > 1) throw new UsageError("give only one of --query, --update, --delete");
  if (request.name !== null && request.pattern !== null)
    throw new UsageError("--name and --pattern cannot be used together");
  if (request.promotion !== null) promotionAttribute(request.promotion, world);
  return withCib(world, async (cib, daemon) => {
    const target = await settle(request, cib, daemon, world);
    if (request.update !== null) return update(target, request, request.update, cib, daemon, world);
    if (request.delete) return remove(target, request, cib, daemon, world);
    const found = await matches(cib, target, request);
    if (found.length > 0 || request.alsoIn === null) return show(found, target, request, output);
    const also = await settle({ ...request, type: request.alsoIn, lifetime: null }, cib, daemon, world);
    return show(await matches(cib, also, request), also, request, output);
  });
}

/** The values of all attributes that the request means. @throws CibError */
export async function attributeValues(
  request: AttributeRequest,
  cib: CibSession,
  daemon: ApiClient | null,
  world: World,
): Promise<string[]> {
  const target = await settle(request, cib, daemon, world);
  return (await matches(cib, target, request)).map((nvpair) => nvpair.get("value") ?? "");
}

async function settle(
  request: AttributeRequest,
  cib: CibSession,
  daemon: ApiClient | null,
  world: World,
): Promise<Target> {
  const name = request.promotion === null ? request.name : promotionAttribute(request.promotion, world);
  const scope = scopeOf(request);
  const isAboutNode = scope === "nodes" || scope === "status";
  const nodeName = isAboutNode ? (request.node ?? (await defaultNode(world, daemon))) : null;
  if (isAboutNode && nodeName === null) {
    throw new UsageError("name the node with --node: without a running cluster there is no default");
  }
  const node = nodeName === null ? null : await findNode(cib, nodeName);
  if (nodeName !== null && node === null) {
    throw new CibError(`Could not map name=${nodeName} to a UUID`, ExitCode.noSuch, null);
  }
  return {
    place: placeFor({
      scope,
      nodeId: node?.id ?? null,
      nodeName,
      isRemote: node?.isRemote ?? false,
      isUtilization: request.utilization,
      setName: request.setName,
    }),
    nodeName,
    name,
    pattern: request.pattern === null ? null : compile(request.pattern),
  };
}

function promotionAttribute(resource: string, world: World): string {
  const id = resource === "" ? (world.env.OCF_RESOURCE_INSTANCE ?? "") : resource;
  if (id === "") {
    throw new UsageError(
      "-p/--promotion must be called from an OCF resource agent or with a resource ID specified",
    );
  }
  return `master-${id}`;
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw new UsageError(`--pattern: ${(error as Error).message}`);
  }
}

const SCOPES: Readonly<Record<string, Scope>> = {
  crm_config: "crm_config",
  rsc_defaults: "rsc_defaults",
  op_defaults: "op_defaults",
  nodes: "nodes",
  status: "status",
  tickets: "tickets",
};

/** `--lifetime` and `--type` say the same in two ways; a node or a promotion score alone decide for permanent or transient. */
function scopeOf(request: AttributeRequest): Scope {
  const asked = request.lifetime ?? request.type;
  if (asked === "reboot") return "status";
  if (asked === "forever") return request.node === null && request.type === null ? "crm_config" : "nodes";
  if (asked !== null) {
    const scope = Object.hasOwn(SCOPES, asked) ? SCOPES[asked] : undefined;
    if (scope === undefined) {
      throw new UsageError(
        `"${asked}" is neither a lifetime (reboot, forever) nor a section (${Object.keys(SCOPES).join(", ")})`,
      );
    }
    return scope;
  }
  if (request.promotion !== null) return "status";
  return request.node !== null || request.utilization ? "nodes" : "crm_config";
}

function show(
  found: readonly XmlElement[],
  target: Target,
  request: AttributeRequest,
  output: Output,
): number {
  if (found.length === 0) {
    if (request.default === null) throw new CibError("No such device or address", ExitCode.noSuch, null);
    report(output, request, target.place.scope, target.name ?? "", request.default);
    return ExitCode.ok;
  }
  if (found.length > 1 && target.pattern === null && target.name !== null)
    listMatches(output.world, found, target.name);
  else
    for (const nvpair of found)
      report(output, request, target.place.scope, nvpair.get("name") ?? "", nvpair.get("value") ?? "");
  return ExitCode.ok;
}

function report(output: Output, request: AttributeRequest, scope: Scope, name: string, value: string): void {
  output.show({
    text: () => (request.isQuiet ? `${value}\n` : `scope=${scope} name=${name} value=${value}\n`),
    xml: () => [
      new XmlElement("attribute", [
        ["name", name],
        ["value", value],
        ["scope", scope],
      ]),
    ],
  });
}

async function update(
  target: Target,
  request: AttributeRequest,
  value: string,
  cib: CibSession,
  daemon: ApiClient | null,
  world: World,
): Promise<number> {
  if (target.name === null && target.pattern === null) throw new UsageError("name the attribute with --name");
  if (isTransient(target, request) && daemon !== null) {
    await updateThroughManager(target, value, daemon);
    return ExitCode.ok;
  }
  const found = await matches(cib, target, request);
  if (target.pattern !== null) {
    for (const nvpair of found)
      await setValue(target.place, nvpair.get("name")!, nvpair, value, request, cib);
    return ExitCode.ok;
  }
  if (found.length > 1) {
    listMatches(world, found, target.name!);
    world.stderr(
      `${world.programName}: Please choose from one of the matches below and supply the 'id' with --attr-id\n`,
    );
    return ExitCode.multiple;
  }
  try {
    await setValue(target.place, target.name!, found[0] ?? null, value, request, cib);
  } catch (error) {
    if (error instanceof CibError) {
      const { section } = target.place;
      const set = request.setName ?? "<null>";
      world.stderr(
        `Error setting ${target.name}=${value} (section=${section}, set=${set}): ${error.message}\n`,
      );
    }
    throw error;
  }
  return ExitCode.ok;
}

async function setValue(
  place: AttributePlace,
  name: string,
  existing: XmlElement | null,
  value: string,
  request: AttributeRequest,
  cib: CibSession,
): Promise<void> {
  const set = existing?.parent ?? null;
  const setId = set?.id ?? place.setId;
  const nvpairId = existing?.id ?? request.id ?? xmlIdOf(`${setId}-${name}`);
  const nvpair = new XmlElement("nvpair", [
    ["id", nvpairId],
    ["name", name],
    ["value", value],
  ]);
  const flags = request.score ? ["can-create", "score-update"] : ["can-create"];
  await cib.call({ operation: "cib_modify", section: place.section, data: place.wrap(setId, nvpair), flags });
}

async function remove(
  target: Target,
  request: AttributeRequest,
  cib: CibSession,
  daemon: ApiClient | null,
  world: World,
): Promise<number> {
  if (target.name === null && target.pattern === null && request.id === null) {
    throw new UsageError("Error: must specify attribute name or pattern to delete");
  }
  if (isTransient(target, request) && daemon !== null) {
    await updateThroughManager(target, null, daemon);
    return ExitCode.ok;
  }
  const found = await matches(cib, target, request);
  if (found.length > 1 && target.pattern === null && request.id === null) {
    listMatches(world, found, target.name!);
    world.stderr(
      `${world.programName}: Please choose from one of the matches below and supply the 'id' with --attr-id\n`,
    );
    return ExitCode.multiple;
  }
  for (const nvpair of found) {
    const criteria = new XmlElement("nvpair", [["id", nvpair.id!]]);
    await cib.call({ operation: "cib_delete", section: target.place.section, data: criteria });
    const kind = target.nodeName === null ? "option" : "attribute";
    // An id that was given is not repeated: scripts know the line as it always was.
    const id = request.id === null ? nvpair.id : "(null)";
    world.stdout(`Deleted ${target.place.scope} ${kind}: id=${id} name=${nvpair.get("name")}\n`);
  }
  return ExitCode.ok;
}

/** Transient attributes belong to the attribute manager; the CIB holds its copy of them. */
function isTransient(target: Target, request: AttributeRequest): boolean {
  return target.place.scope === "status" && !request.utilization;
}

async function updateThroughManager(target: Target, value: string | null, daemon: ApiClient): Promise<void> {
  await daemon.request("attributes.update", {
    name: target.pattern?.source ?? target.name!,
    isPattern: target.pattern !== null,
    value,
    kind: "value",
    node: target.nodeName,
    delayMs: null,
    isPrivate: false,
    setId: null,
    setType: null,
    wait: "no",
  });
}

async function matches(cib: CibSession, target: Target, request: AttributeRequest): Promise<XmlElement[]> {
  return findAttributes(await documentWith(cib, target.place.section), target.place, {
    name: target.name,
    pattern: target.pattern,
    id: request.id,
    setName: request.setName,
  });
}

function listMatches(world: World, found: readonly XmlElement[], name: string): void {
  world.stdout(`Multiple attributes match name=${name}\n`);
  for (const nvpair of found) world.stdout(`  Value: ${nvpair.get("value") ?? ""} \t(id=${nvpair.id})\n`);
}
