import { isTrue } from "@quorate/cib";
import { XmlElement } from "@quorate/xml";
import { uniqueId } from "../../../configuration/ids.ts";
import { nvpairValue, updateNvset } from "../../../configuration/nvsets.ts";
import { findResource, innerResources, isClone, isStonith } from "../../../configuration/resources.ts";
import { ensureSection, sectionElements } from "../../../configuration/sections.ts";
import { CibEditor } from "../../framework/cib-editor.ts";
import type { PcsCall, PcsCommand } from "../../framework/command.ts";
import { fail } from "../../framework/reports.ts";
import { waitForIdle } from "../../framework/wait.ts";
import { type Foresight, foresee, placesOf } from "./foresee.ts";
import { withTemporaryConstraints } from "./temporary-constraints.ts";

/** Source: names of the constraints of 'relocate run'. */
const PREFIX = "pcs-relocate-";
const WAIT_S = 3600;

interface Relocation {
  readonly resource: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly node: string;
  readonly isPromoted: boolean;
}

interface Plan {
  readonly foresight: Foresight;
  readonly relocations: readonly Relocation[];
}

/** Where resources would go if none of the chosen ones liked to stay. @throws PcsError */
async function plan(call: PcsCall, ids: readonly string[]): Promise<Plan> {
  const { cib } = await call.cib();
  const chosen =
    ids.length === 0
      ? sectionElements(cib, "resources").filter((one) => !isStonith(one) && one.name !== "template")
      : ids.map((id) => findResource(cib, id) ?? missing(call, id)).filter((one) => one !== null);
  call.reports.check();
  const ideal = cib.clone();
  for (const { id } of chosen) forgetStickiness(ideal, findResource(ideal, id!)!);
  const nowMs = call.world.nowMs();
  const foresight = foresee(ideal, nowMs);
  const relocations = chosen.flatMap((resource): Relocation[] => {
    const isPromotable = isClone(resource) && isPromotableClone(resource);
    if ((isClone(resource) && !isPromotable) || resource.name === "bundle") return [];
    const places = (document: XmlElement) =>
      placesOf(document, resource.id!, nowMs).flatMap((place) => {
        const node = place.replace(/ \(promoted\)$/, "");
        return isPromotable && node === place ? [] : [node];
      });
    const [from, to] = [places(cib), places(foresight.after)];
    const node = to.find((name) => !from.includes(name));
    if (node === undefined || from.length === 0) return [];
    return [{ resource: resource.id!, from, to, node, isPromoted: isPromotable }];
  });
  return { foresight, relocations };
}

function missing(call: PcsCall, id: string): null {
  call.reports.error(`bundle/clone/group/resource '${id}' does not exist`);
  return null;
}

function isPromotableClone(resource: XmlElement): boolean {
  return resource.name === "master" || isTrue(nvpairValue(resource, "meta_attributes", "promotable") ?? "");
}

/** What is set inside counts before what is set outside. */
function forgetStickiness(cib: XmlElement, resource: XmlElement): void {
  updateNvset(cib, resource, "meta_attributes", [["resource-stickiness", "0"]]);
  for (const inner of innerResources(resource)) forgetStickiness(cib, inner);
}

function tell(call: PcsCall, { relocations }: Plan, verb: string): void {
  if (relocations.length === 0) call.reports.info("All resources are where they prefer to be");
  for (const { resource, from, to } of relocations)
    call.reports.info(`Resource '${resource}' ${verb} from ${from.join(", ")} to ${to.join(", ")}`);
}

export const relocateShow: PcsCommand = {
  usage: [""],
  help: "Show where resources run, and what would happen if none of them liked to stay.",
  options: [],
  async run(call) {
    call.expect(0, 0);
    call.print((await plan(call, [])).foresight.intent);
  },
};

export const relocateDryRun: PcsCommand = {
  usage: ["[<resource id>]..."],
  help: "Tell what 'relocate run' would do.",
  options: [],
  async run(call) {
    const planned = await plan(call, call.args);
    if (planned.relocations.length > 0) call.print(planned.foresight.text);
    tell(call, planned, "would move");
  },
};

export const relocateRun: PcsCommand = {
  usage: ["[<resource id>]..."],
  help: "Move resources to the nodes that they prefer without their stickiness, by constraints that are removed again once they have moved.",
  options: [],
  async run(call) {
    const isTried = call.world.isPlanning === true;
    if (!call.isLive && !isTried)
      fail("'resource relocate run' needs the running cluster; 'dry-run' works on a CIB in a file");
    const planned = await plan(call, call.args);
    tell(call, planned, "moves");
    if (planned.relocations.length === 0) return;
    const { session } = await call.cib();
    if (isTried) {
      await place(session, planned.relocations);
      return;
    }
    await withTemporaryConstraints(
      {
        world: call.world,
        session,
        reports: call.reports,
        isOwn: (constraint) => constraint.id?.startsWith(PREFIX) === true,
        mend: "'pcs resource relocate clear' removes them",
      },
      () => place(session, planned.relocations),
      () => waitForIdle(call, WAIT_S),
    );
    await waitForIdle(call, WAIT_S);
    checkMoved(call, await session.document(), planned.relocations);
  },
};

/** @throws PcsError when a resource is not where it was sent */
function checkMoved(call: PcsCall, cib: XmlElement, relocations: readonly Relocation[]): void {
  for (const { resource, node, isPromoted } of relocations) {
    const places = placesOf(cib, resource, call.world.nowMs());
    if (places.includes(isPromoted ? `${node} (promoted)` : node)) continue;
    call.reports.error(
      `Resource '${resource}' did not move to ${node}: it is running on ${places.join(", ") || "no node"}`,
    );
  }
  call.reports.check();
}

async function place(session: CibEditor["session"], relocations: readonly Relocation[]): Promise<void> {
  const editor = await CibEditor.open(session, false);
  for (const { resource, node, isPromoted } of relocations) {
    const constraint = new XmlElement("rsc_location", [
      ["id", uniqueId(editor.cib, `${PREFIX}${resource}`)],
      ["rsc", resource],
    ]);
    if (isPromoted) constraint.set("role", "Promoted");
    constraint.set("node", node);
    constraint.set("score", "INFINITY");
    ensureSection(editor.cib, "constraints").append(constraint);
  }
  await editor.commit();
}

export const relocateClear: PcsCommand = {
  usage: [""],
  help: "Remove the constraints that 'relocate run' made.",
  options: ["-f"],
  async run(call) {
    call.expect(0, 0);
    const editor = await call.cib();
    for (const constraint of sectionElements(editor.cib, "constraints")) {
      if (constraint.id?.startsWith(PREFIX) === true) constraint.remove();
    }
    await editor.commit();
  },
};
