import { formatAgentName } from "@quorate/executor";
import { XmlElement } from "@quorate/xml";
import { isPromotable } from "../../../configuration/agents.ts";
import { findById, idExists, uniqueId } from "../../../configuration/ids.ts";
import { updateNvset } from "../../../configuration/nvsets.ts";
import { findResource, innerResources } from "../../../configuration/resources.ts";
import { ensureSection } from "../../../configuration/sections.ts";
import { sortByName } from "../../alert/commands.ts";
import { assignmentMap, type Keyword, splitAtKeywords } from "../../framework/assignments.ts";
import type { PcsCall, PcsCommand } from "../../framework/command.ts";
import { checkId } from "../../framework/ids.ts";
import { fail } from "../../framework/reports.ts";
import { checkWait, waitAndTell } from "../../framework/wait.ts";
import { isReachableInBundle } from "../bundle/access.ts";
import { validateByAgent } from "./agent-validation.ts";
import { parseOperations } from "./operation-words.ts";
import { appendPrimitive, checkPrimitive, type PrimitiveSpec, requireAgent } from "./primitive.ts";

const OPTIONS = [
  "-f",
  "--force",
  "--group",
  "--before",
  "--after",
  "--disabled",
  "--no-default-ops",
  "--agent-validation",
  "--wait",
] as const;

const STONITH_KEYWORDS: Readonly<Record<string, Keyword>> = { op: {}, meta: {} };
const RESOURCE_KEYWORDS: Readonly<Record<string, Keyword>> = {
  ...STONITH_KEYWORDS,
  clone: {},
  promotable: {},
  bundle: {},
};

export const resourceCreate: PcsCommand = {
  usage: [
    "<resource id> [<standard>:[<provider>:]]<type> [<option>=<value>]... [op <action> <option>=<value>...]... [meta <option>=<value>...] [clone [<clone id>] [<option>=<value>]... | promotable [<clone id>] [<option>=<value>]... | bundle <bundle id>]",
  ],
  help: "Create a resource, alone or in a new clone, a group or a bundle. Operations that the agent advises are added unless --no-default-ops is given; monitors always are.",
  options: OPTIONS,
  run: (call) => create(call, false),
};

export const stonithCreate: PcsCommand = {
  usage: [
    "<stonith id> <agent> [<option>=<value>]... [op <action> <option>=<value>...]... [meta <option>=<value>...]",
  ],
  help: "Create a fence device.",
  options: OPTIONS,
  run: (call) => create(call, true),
};

async function create(call: PcsCall, isStonith: boolean): Promise<void> {
  const [id, agentText, ...rest] = call.expect(2);
  const parts = splitAtKeywords(rest, isStonith ? STONITH_KEYWORDS : RESOURCE_KEYWORDS);
  const place = choosePlace(call, parts);
  const parameters = assignmentMap(parts.get("")![0]!);
  const operationWords = parts.get("op")?.[0];
  if (operationWords?.length === 0)
    fail("When using 'op' you must specify an operation name and at least one option");
  const operations = parseOperations(operationWords ?? []);
  const meta = assignmentMap(parts.get("meta")?.[0] ?? []);
  const waitS = checkWait(call);
  const editor = await call.cib();
  const { cib } = editor;
  checkId(id!, isStonith ? "stonith name" : "resource name");
  const agent = await requireAgent(call, agentText!, isStonith);
  const isCloned = place.kind === "clone";
  const isDisabled = call.has("--disabled") && !isCloned;
  const spec = checkPrimitive(call, cib, { id: id!, agent, parameters, meta, operations, isDisabled });
  await validateByAgent(call, agent, parameters);
  call.reports.check();
  const parent = makePlace(call, cib, place, spec);
  const primitive = appendPrimitive(cib, parent, spec, !call.has("--no-default-ops"));
  if (place.kind === "group") moveInGroup(call, parent, primitive);
  if (isCloned) finishClone(call, cib, parent, place.options);
  await editor.commit();
  if (waitS === null) return;
  const isOff = call.has("--disabled") || (meta.get("target-role") ?? "").toLowerCase() === "stopped";
  await waitAndTell(call, waitS, [id!], isOff ? null : "running");
}

type Place =
  | { readonly kind: "top" }
  | { readonly kind: "group"; readonly id: string }
  | { readonly kind: "bundle"; readonly id: string }
  | { readonly kind: "clone"; readonly id: string | null; readonly options: ReadonlyMap<string, string> };

function choosePlace(call: PcsCall, parts: ReadonlyMap<string, readonly string[][]>): Place {
  const group = call.value("--group");
  const chosen = ["clone", "promotable", "bundle"].filter((word) => parts.has(word));
  if (chosen.length + (group === null ? 0 : 1) > 1) {
    fail("you can specify only one of clone, promotable, bundle or --group");
  }
  for (const option of ["--before", "--after"] as const) {
    if (call.has(option) && group === null) fail(`you cannot use ${option} without --group`);
  }
  if (call.has("--before") && call.has("--after")) fail("you cannot specify both --before and --after");
  if (group !== null) return { kind: "group", id: group };
  const bundle = parts.get("bundle")?.[0];
  if (bundle !== undefined) {
    if (bundle.length !== 1) fail("you have to specify exactly one bundle");
    return { kind: "bundle", id: bundle[0]! };
  }
  const words = parts.get("clone")?.[0] ?? parts.get("promotable")?.[0];
  if (words === undefined) return { kind: "top" };
  const hasId = words[0] !== undefined && !words[0].includes("=");
  const options = assignmentMap(hasId ? words.slice(1) : words);
  if (parts.has("promotable")) {
    if (options.has("promotable")) fail("you cannot specify both promotable option and promotable keyword");
    options.set("promotable", "true");
  }
  return { kind: "clone", id: hasId ? words[0]! : null, options };
}

/** The element that the new primitive goes into, in the CIB. @throws PcsError */
function makePlace(call: PcsCall, cib: XmlElement, place: Place, spec: PrimitiveSpec): XmlElement {
  const resources = ensureSection(cib, "resources");
  switch (place.kind) {
    case "top":
      return resources;
    case "bundle":
      return checkedBundle(call, cib, place.id, spec.id);
    case "group":
      return checkedGroup(call, cib, resources, place.id, spec.id);
    case "clone":
      return newClone(call, cib, resources, place, spec);
  }
}

function newClone(
  call: PcsCall,
  cib: XmlElement,
  resources: XmlElement,
  place: Extract<Place, { readonly kind: "clone" }>,
  spec: PrimitiveSpec,
): XmlElement {
  if (place.id !== null) {
    checkId(place.id, "clone id");
    if (idExists(cib, place.id) || place.id === spec.id) fail(`'${place.id}' already exists`);
  }
  const isPromoted = /^(1|true|yes|y|on)$/i.test(place.options.get("promotable") ?? "");
  if (isPromoted && spec.agent.description !== null && !isPromotable(spec.agent)) {
    call.reports.forceable(
      `Clone option 'promotable' is not compatible with '${formatAgentName(spec.agent.name)}' resource agent`,
    );
    call.reports.check();
  }
  const clone = new XmlElement("clone", [["id", place.id ?? uniqueId(cib, `${spec.id}-clone`)]]);
  resources.append(clone);
  return clone;
}

function finishClone(
  call: PcsCall,
  cib: XmlElement,
  clone: XmlElement,
  options: ReadonlyMap<string, string>,
): void {
  updateNvset(cib, clone, "meta_attributes", sortByName([...options]));
  if (call.has("--disabled")) {
    updateNvset(cib, clone, "meta_attributes", [["target-role", "Stopped"]], { position: "first" });
  }
}

function checkedBundle(call: PcsCall, cib: XmlElement, id: string, resourceId: string): XmlElement {
  const bundle = findById(cib, id);
  if (bundle === null) fail(`bundle '${id}' does not exist`);
  if (bundle.name !== "bundle") fail(`'${id}' is not a bundle`);
  const [inner] = innerResources(bundle);
  if (inner !== undefined)
    fail(`bundle '${id}' already contains resource '${inner.id}', a bundle can contain only one`);
  if (!isReachableInBundle(bundle)) {
    call.reports.forceable(
      `Resource '${resourceId}' will not be accessible by the cluster inside bundle '${id}', at least one of bundle options 'control-port' or 'ip-range-start' has to be specified`,
    );
    call.reports.check();
  }
  return bundle;
}

function checkedGroup(
  call: PcsCall,
  cib: XmlElement,
  resources: XmlElement,
  id: string,
  resourceId: string,
): XmlElement {
  const neighbour = call.value("--before") ?? call.value("--after");
  const present = findById(cib, id);
  if (present !== null && present.name !== "group") fail(`'${id}' is not a group`);
  if (present === null) checkId(id, "group name");
  if (id === resourceId) fail(`'${id}' already exists`);
  if (neighbour !== null) {
    if (findResource(cib, neighbour) === null) fail(`'${neighbour}' does not exist`);
    const isMember = present !== null && innerResources(present).some((member) => member.id === neighbour);
    if (!isMember)
      fail(`There is no resource '${neighbour}' in the group '${id}', cannot add resources next to it`);
  }
  if (present !== null) return present;
  const group = new XmlElement("group", [["id", id]]);
  resources.append(group);
  return group;
}

function moveInGroup(call: PcsCall, group: XmlElement, primitive: XmlElement): void {
  const neighbour = call.value("--before") ?? call.value("--after");
  if (neighbour === null) return;
  primitive.remove();
  const index = group.children.findIndex((child) => child.kind === "element" && child.id === neighbour);
  group.insert(primitive, index + (call.has("--after") ? 1 : 0));
}
