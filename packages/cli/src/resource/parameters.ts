import type { ClusterView, ResourceView } from "@quorate/scheduler";
import { canonicalXml, XmlElement } from "@quorate/xml";
import { xmlIdOf } from "../attributes/attribute-place.ts";
import { ALLOWS_MISTAKES, CibError } from "../cluster/cib-session.ts";
import { guardFile } from "../cluster/guard-parameters.ts";
import { patchCib } from "../cluster/patch-cib.ts";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { clusterView, namedNode, namedResource, type ResourceCall, ResourceError } from "./resource-call.ts";

const SET_ELEMENTS = {
  instance: "instance_attributes",
  meta: "meta_attributes",
  utilization: "utilization",
} as const;

export async function getParameter(call: ResourceCall, name: string): Promise<number> {
  const { request, output, world } = call;
  const view = await clusterView(call);
  const resource = namedResource(view, call);
  const kind = request.optionKind;
  const value =
    kind === "element"
      ? resource.xml.get(name)
      : (view.options(resource.id, kind, namedNode(view, call)).get(name) ?? null);
  if (value === null) {
    world.stderr(`Attribute '${name}' not found for '${request.resource}'\n`);
    return ExitCode.ok;
  }
  output.show({
    text: () => `${value}\n`,
    xml: () => [
      new XmlElement("item", [
        ["name", name],
        ["value", value],
      ]),
    ],
  });
  return ExitCode.ok;
}

export async function setParameter(call: ResourceCall, name: string): Promise<number> {
  const { request, output } = call;
  const value = request.parameterValue;
  if (value === null || value === "") throw new UsageError("You need to supply a value with the -v option");
  const view = await clusterView(call);
  const resource = namedResource(view, call);
  if (request.optionKind === "element") {
    await changeElement(call, resource, (element) => element.set(name, value));
    output.text(`Set attribute: name=${name} value=${value}\n`);
    return ExitCode.ok;
  }
  await refuseShadowedMeta(call, view, resource, name);
  const settings = new XmlElement("resource-settings");
  const ids = await affected(call, view, resource, name, "update");
  if (request.isRecursive && request.optionKind === "meta") {
    for (const id of view.dependents(resource.id)) if (!ids.includes(id)) ids.push(id);
  }
  for (const id of ids) settings.append(await setOn(call, view, id, name, value));
  output.elements([settings]);
  return ExitCode.ok;
}

export async function deleteParameter(call: ResourceCall, name: string): Promise<number> {
  const { request, output, cib } = call;
  const view = await clusterView(call);
  const resource = namedResource(view, call);
  if (request.optionKind === "element") {
    await changeElement(call, resource, (element) => element.attributes.delete(name));
    output.text(`Deleted attribute: ${name}\n`);
    return ExitCode.ok;
  }
  for (const id of await affected(call, view, resource, name, "delete")) {
    const [nvpair] = await nvpairsOf(call, id, name);
    if (nvpair === undefined) continue;
    const criteria = new XmlElement("nvpair", [["id", nvpair.id!]]);
    await cib.call({ operation: "cib_delete", section: "resources", data: criteria });
    output.text(`Deleted '${id}' option: id=${nvpair.id} name=${name}\n`);
  }
  return ExitCode.ok;
}

/**
 * Which resources a change of a meta-attribute is about: what is set on an instance or member belongs to the clone around it unless it has
 * a value already, and the other way round; members of a group that have a value of their own follow the group. Forced: just the one.
 */
async function affected(
  call: ResourceCall,
  view: ClusterView,
  resource: ResourceView,
  name: string,
  verb: "update" | "delete",
): Promise<string[]> {
  const { request, output } = call;
  const id = resource.configuredId;
  if (request.isForced || request.optionKind !== "meta") return [id];
  const element = await elementOf(call, id);
  if (element === null) return [id];
  await tellMatches(call, view, resource, name);
  const hasOwn = (of: XmlElement) => ownNvpairs(call, of, name).length > 0;
  const around = element.parent;
  if (around?.name === "clone" && around.id !== null && !hasOwn(element)) {
    output.text(`Performing ${verb} of '${name}' on '${around.id}', the parent of '${id}'\n`);
    return [around.id];
  }
  if (element.name === "clone") {
    const child = element.elements().find(({ name: kind }) => kind === "primitive" || kind === "group");
    if (child?.id && hasOwn(child)) {
      output.text(
        `A value for '${name}' already exists in child '${child.id}', performing ${verb} on that instead of '${id}'\n`,
      );
      return [child.id];
    }
  }
  if (element.name === "group") {
    const members = element.all("primitive").filter(hasOwn);
    return [...members.map((member) => member.id!), id];
  }
  return [id];
}

/** Several values of one name around a resource: an administrator should know. */
async function tellMatches(
  call: ResourceCall,
  view: ClusterView,
  resource: ResourceView,
  name: string,
): Promise<void> {
  const topId = view.resource(resource.topId)?.configuredId ?? resource.configuredId;
  const top = await elementOf(call, topId);
  if (top === null || top.name === "group") return;
  const found = [top, ...top.descendants()].flatMap((element) =>
    RESOURCE_ELEMENTS.has(element.name) ? ownNvpairs(call, element, name) : [],
  );
  if (found.length < 2) return;
  const inOrder = found.sort((left, right) => depth(right) - depth(left));
  const lines = inOrder.map((nvpair) => `  Value: ${nvpair.get("value")} \t(id=${nvpair.id})\n`);
  call.output.text(`Multiple attributes match name=${name}\n${lines.join("")}\n`);
}

const RESOURCE_ELEMENTS: ReadonlySet<string> = new Set(["primitive", "group", "clone", "bundle", "template"]);

function depth(element: XmlElement): number {
  let count = 0;
  for (let above = element.parent; above !== null; above = above.parent) count++;
  return count;
}

/** A meta-attribute of the same name would be overlooked. */
async function refuseShadowedMeta(
  call: ResourceCall,
  view: ClusterView,
  resource: ResourceView,
  name: string,
): Promise<void> {
  const { request } = call;
  if (request.isForced || request.optionKind !== "instance") return;
  const topId = view.resource(resource.topId)?.configuredId ?? resource.configuredId;
  const top = await elementOf(call, topId);
  for (const set of top?.descendants("meta_attributes") ?? []) {
    const nvpair = set.all("nvpair").find((candidate) => candidate.get("name") === name);
    if (nvpair === undefined) continue;
    call.world.stderr(
      `WARNING: There is already a meta attribute for '${topId}' called '${name}' (id=${nvpair.id})\n         Delete '${nvpair.id}' first or use the force option to override\n`,
    );
    throw new CibError("Name not unique on network", ExitCode.exists);
  }
}

async function setOn(
  call: ResourceCall,
  view: ClusterView,
  id: string,
  name: string,
  value: string,
): Promise<XmlElement> {
  const { request, output } = call;
  const resource = view.resource(id)!;
  const setElement = SET_ELEMENTS[request.optionKind as keyof typeof SET_ELEMENTS];
  const [existing] = await nvpairsOf(call, id, name);
  const setId = existing?.parent?.id ?? request.setName ?? (await firstSetId(call, id, setElement));
  const nvpairId = existing?.id ?? request.nvpairId ?? xmlIdOf(`${setId}-${name}`);
  const change = (attributes: readonly (readonly [string, string])[]) => {
    const root = new XmlElement(resource.xml.name, [["id", id]]);
    const set = new XmlElement(setElement, [["id", setId]]);
    set.append(new XmlElement("nvpair", attributes));
    root.append(set);
    return root;
  };
  await modify(
    call,
    change([
      ["id", nvpairId],
      ["name", name],
      ["value", value],
    ]),
  );
  const where = existing === undefined ? ` set=${setId}` : "";
  output.text(`Set '${id}' option: id=${nvpairId}${where} name=${name} value=${value}\n`);
  return change([
    ["id", nvpairId],
    ["value", value],
    ["name", name],
  ]);
}

async function firstSetId(call: ResourceCall, id: string, setElement: string): Promise<string> {
  const element = await elementOf(call, id);
  return element?.first(setElement)?.id ?? `${id}-${setElement}`;
}

async function modify({ cib, request, world }: ResourceCall, data: XmlElement): Promise<void> {
  const flags = ["can-create", ...(request.isForced ? [ALLOWS_MISTAKES] : [])];
  const change = { operation: "cib_modify", section: "resources", data, flags } as const;
  await guardFile(world, cib, change);
  await cib.call(change);
}

/** Changes attributes of the XML element itself, by a patch: only that can take one away, and what others change meanwhile stays. */
async function changeElement(
  call: ResourceCall,
  resource: ResourceView,
  change: (element: XmlElement) => void,
): Promise<void> {
  const outcome = { isFound: false, isChanged: false };
  await patchCib(call.cib, (document) => {
    const element = elementIn(document, resource.configuredId);
    outcome.isFound = element !== null;
    if (element === null) return;
    const before = canonicalXml(element);
    change(element);
    outcome.isChanged = canonicalXml(element) !== before;
  });
  if (!outcome.isFound) {
    throw new ResourceError(
      `'${resource.id}' has no element of its own in the configuration: the cluster makes it from another resource`,
      ExitCode.noSuch,
    );
  }
  // As ever, each such request counts as a change of the configuration.
  if (!outcome.isChanged) await call.cib.call({ operation: "cib_bump", section: "configuration" });
}

async function elementOf({ cib }: ResourceCall, id: string): Promise<XmlElement | null> {
  return elementIn(await cib.document(), id);
}

function elementIn(document: XmlElement, id: string): XmlElement | null {
  const resources = document.first("configuration")?.first("resources");
  for (const element of resources?.descendants() ?? []) {
    if (RESOURCE_ELEMENTS.has(element.name) && element.id === id) return element;
  }
  return null;
}

async function nvpairsOf(call: ResourceCall, id: string, name: string): Promise<XmlElement[]> {
  const element = await elementOf(call, id);
  return element === null ? [] : ownNvpairs(call, element, name);
}

/** Of the element's own sets, as the request limits them. */
function ownNvpairs({ request }: ResourceCall, element: XmlElement, name: string): XmlElement[] {
  const setElement = SET_ELEMENTS[request.optionKind as keyof typeof SET_ELEMENTS];
  return element
    .all(setElement)
    .filter((set) => request.setName === null || set.id === request.setName)
    .flatMap((set) => set.all("nvpair"))
    .filter(
      (nvpair) =>
        nvpair.get("name") === name && (request.nvpairId === null || nvpair.id === request.nvpairId),
    );
}
