import type { ClusterView, ResourceView } from "@quorate/scheduler";
import { XmlElement } from "@quorate/xml";
import { CibError } from "../cluster/cib-session.ts";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseDate } from "../input/parse-date.ts";
import {
  clusterView,
  namedNode,
  namedResource,
  type ResourceCall,
  ResourceError,
  type ResourceRequest,
} from "./resource-call.ts";

/** What moving and banning needs of a call; other commands make such a call themselves. */
export interface RelocationCall extends Pick<ResourceCall, "cib" | "world"> {
  readonly request: Pick<
    ResourceRequest,
    "resource" | "node" | "lifetime" | "isPromotedOnly" | "isExpiredOnly" | "isForced" | "isQuiet"
  >;
}

/** Moves a resource to a node by a preference, or away from where it runs by a ban. */
export async function move(call: RelocationCall): Promise<number> {
  const { request } = call;
  const view = await clusterView(call);
  const node = namedNode(view, call);
  const resource = relocatable(view, call);
  const active = relevantPlaces(resource, call);
  if (node === null) {
    const [place, second] = active;
    if (place === undefined || second !== undefined) refuse(call, resource, active.length, "moved");
    await makeBan(resource, place!.node, call);
    return ExitCode.ok;
  }
  if (!request.isForced && active.length === 1 && active[0]!.node === node) {
    throw new CibError("Requested item already exists", ExitCode.exists, null);
  }
  if (request.isForced && active.length === 1) await makeBan(resource, active[0]!.node, call);
  await removeConstraints(await ownConstraints(resource, call), call, { isSilent: true, onlyNode: node });
  await makeConstraint({ id: preferId(resource), resource, node, score: "INFINITY" }, call);
  return ExitCode.ok;
}

/** Keeps a resource off a node, by default the one where it runs. */
export async function ban(call: RelocationCall): Promise<number> {
  const view = await clusterView(call);
  const node = namedNode(view, call);
  const resource = relocatable(view, call);
  if (node !== null) {
    await makeBan(resource, node, call);
    return ExitCode.ok;
  }
  const active = relevantPlaces(resource, call);
  if (active.length !== 1) refuse(call, resource, active.length, "banned");
  await makeBan(resource, active[0]!.node, call);
  return ExitCode.ok;
}

/** Removes what `move` and `ban` made. */
export async function clear(call: RelocationCall): Promise<number> {
  if (call.request.resource === null && call.request.isExpiredOnly) {
    await clearExpired(call);
    return ExitCode.ok;
  }
  const view = await clusterView(call);
  const node = namedNode(view, call);
  const resource = relocatable(view, call);
  const own = await ownConstraints(resource, call);
  const nowMs = call.world.nowMs();
  const meant = call.request.isExpiredOnly ? own.filter((location) => hasExpired(location, nowMs)) : own;
  await removeConstraints(meant, call, { isSilent: false, onlyNode: node });
  return ExitCode.ok;
}

function relocatable(view: ClusterView, call: RelocationCall): ResourceView {
  const resource = namedResource(view, call);
  if (resource.isInstance && call.request.resource !== resource.configuredId) {
    throw new ResourceError(
      `Cannot operate on clone resource instance '${call.request.resource}'`,
      ExitCode.invalidParameter,
    );
  }
  return resource;
}

function relevantPlaces(resource: ResourceView, { request }: RelocationCall): ResourceView["active"] {
  const isAboutPromoted = request.isPromotedOnly || (resource.isPromotable && resource.promotedMax === 1);
  return isAboutPromoted ? resource.active.filter(({ isPromoted }) => isPromoted) : resource.active;
}

function refuse(call: RelocationCall, resource: ResourceView, count: number, verb: string): never {
  throw new UsageError(
    `Resource '${resource.configuredId}' not ${verb}: active in ${count} locations.\nTo prevent '${call.request.resource}' from running on a specific location, specify a node.`,
  );
}

function constrainedId(resource: ResourceView): string {
  return resource.configuredId;
}

function preferId(resource: ResourceView): string {
  return `cli-prefer-${constrainedId(resource)}`;
}

function banId(resource: ResourceView, node: string): string {
  return `cli-ban-${constrainedId(resource)}-on-${node}`;
}

async function makeBan(resource: ResourceView, node: string, call: RelocationCall): Promise<void> {
  const id = banId(resource, node);
  await makeConstraint({ id, resource, node, score: "-INFINITY" }, call);
  if (call.request.isQuiet) return;
  call.world.stdout(
    [
      `WARNING: Creating rsc_location constraint '${id}' with a score of -INFINITY for resource ${resource.configuredId} on ${node}.`,
      `\tThis will prevent ${resource.configuredId} from running on ${node} until the constraint is removed using the clear option or by editing the CIB with an appropriate tool.`,
      `\tThis will be the case even if ${node} is the last node in the cluster`,
      "",
    ].join("\n"),
  );
}

interface Constraint {
  readonly id: string;
  readonly resource: ResourceView;
  readonly node: string;
  readonly score: string;
}

async function makeConstraint(
  { id, resource, node, score }: Constraint,
  call: RelocationCall,
): Promise<void> {
  const { request, cib, world } = call;
  const role = request.isPromotedOnly ? "Promoted" : "Started";
  const location = new XmlElement("rsc_location", [
    ["id", id],
    ["rsc", constrainedId(resource)],
    ["role", role],
  ]);
  if (request.lifetime === null) {
    location.set("node", node);
    location.set("score", score);
  } else {
    const end = endOfLifetime(request.lifetime, world.nowMs());
    if (!request.isQuiet) world.stdout(`Migration will take effect until: ${end}\n`);
    location.append(expiringRule(ruleIds(id, resource), node, score, end));
  }
  // A former constraint of this name may have another form, with a rule or without; nothing of it may remain.
  const section = (await cib.document()).first("configuration")?.first("constraints");
  const former = section?.all("rsc_location").find((each) => each.id === id) ?? null;
  if (former !== null && (request.lifetime !== null || former.first("rule") !== null)) {
    await cib.call({
      operation: "cib_delete",
      section: "constraints",
      data: new XmlElement("rsc_location", [["id", id]]),
    });
  }
  const constraints = new XmlElement("constraints");
  constraints.append(location);
  await cib.call({
    operation: "cib_modify",
    section: "constraints",
    data: constraints,
    flags: ["can-create"],
  });
}

/** Tools and people know these names: they differ between a preference and a ban. */
function ruleIds(id: string, resource: ResourceView): { rule: string; expression: string; lifetime: string } {
  const name = constrainedId(resource);
  return id === preferId(resource)
    ? {
        rule: `cli-prefer-rule-${name}`,
        expression: `cli-prefer-expr-${name}`,
        lifetime: `cli-prefer-lifetime-end-${name}`,
      }
    : { rule: `${id}-rule`, expression: `${id}-expr`, lifetime: `${id}-lifetime` };
}

function expiringRule(ids: ReturnType<typeof ruleIds>, node: string, score: string, end: string): XmlElement {
  const rule = new XmlElement("rule", [
    ["id", ids.rule],
    ["score", score],
    ["boolean-op", "and"],
  ]);
  rule.append(
    new XmlElement("expression", [
      ["id", ids.expression],
      ["attribute", "#uname"],
      ["operation", "eq"],
      ["value", node],
      ["type", "string"],
    ]),
  );
  rule.append(
    new XmlElement("date_expression", [
      ["id", ids.lifetime],
      ["operation", "lt"],
      ["end", end],
    ]),
  );
  return rule;
}

const LIFETIME = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** `2026-01-31 12:00:00Z`. */
function endOfLifetime(text: string, nowMs: number): string {
  const match = LIFETIME.exec(text);
  if (match === null || text === "P" || text.endsWith("T")) {
    throw new UsageError(`--lifetime "${text}": not a duration; write for example PT30M, PT1H or P1D`);
  }
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const totalS = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds;
  return new Date(nowMs + totalS * 1000)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
}

/** What `move` and `ban` made for a time that is over, of one resource or of all. */
async function clearExpired(call: RelocationCall): Promise<void> {
  const section = (await call.cib.document()).first("configuration")?.first("constraints");
  const nowMs = call.world.nowMs();
  const expired = (section?.all("rsc_location") ?? []).filter(
    (location) => /^cli-(prefer|ban)-/.test(location.id ?? "") && hasExpired(location, nowMs),
  );
  await removeConstraints(expired, call, { isSilent: false, onlyNode: null });
}

function hasExpired(location: XmlElement, nowMs: number): boolean {
  for (const expression of location.descendants("date_expression")) {
    const end = expression.get("end");
    const endS = end === null ? null : parseDate(end, nowMs);
    if (endS !== null && endS * 1000 < nowMs) return true;
  }
  return false;
}

/** The constraints on this resource that tools made. */
async function ownConstraints(resource: ResourceView, { cib }: RelocationCall): Promise<XmlElement[]> {
  const section = (await cib.document()).first("configuration")?.first("constraints");
  const id = constrainedId(resource);
  return (section?.all("rsc_location") ?? []).filter((location) => {
    const isOurs =
      location.id === `cli-prefer-${id}` || location.id?.startsWith(`cli-ban-${id}-on-`) === true;
    return isOurs && location.get("rsc") === id;
  });
}

async function removeConstraints(
  locations: readonly XmlElement[],
  { cib, world, request }: RelocationCall,
  { isSilent, onlyNode }: { readonly isSilent: boolean; readonly onlyNode: string | null },
): Promise<void> {
  for (const location of locations) {
    if (onlyNode !== null && !isAboutNode(location, onlyNode)) continue;
    await cib.call({
      operation: "cib_delete",
      section: "constraints",
      data: new XmlElement("rsc_location", [["id", location.id!]]),
    });
    if (!isSilent && !request.isQuiet) world.stdout(`Removing constraint: ${location.id}\n`);
  }
}

function isAboutNode(location: XmlElement, node: string): boolean {
  if (location.get("node") === node) return true;
  for (const expression of location.descendants("expression")) {
    if (expression.get("attribute") === "#uname" && expression.get("value") === node) return true;
  }
  return false;
}
