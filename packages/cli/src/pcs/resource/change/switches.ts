import { viewCluster } from "@quorate/scheduler";
import type { XmlElement } from "@quorate/xml";
import { nvpairValue, updateNvset } from "../../../configuration/nvsets.ts";
import {
  findResource,
  innerResources,
  isClone,
  isStonith,
  outerResource,
  primitivesIn,
} from "../../../configuration/resources.ts";
import type { PcsCall, PcsCommand } from "../../framework/command.ts";
import { fail } from "../../framework/reports.ts";
import { checkWait, waitAndTell } from "../../framework/wait.ts";
import { tagsOf } from "../../tag/commands.ts";
import { refuseEffect, showEffect } from "./safe-disable.ts";

/** The resources of ids and tags. @throws PcsError */
function chosenResources(call: PcsCall, cib: XmlElement, verb: string): XmlElement[] {
  if (call.args.length === 0) fail(`You must specify resource(s) to ${verb}`);
  const ids = call.args.flatMap((id) => {
    const tag = tagsOf(cib).find((candidate) => candidate.id === id);
    return tag === undefined ? [id] : tag.all("obj_ref").map((reference) => reference.id ?? "");
  });
  const found = ids.map((id) => {
    const resource = findResource(cib, id);
    if (resource === null) call.reports.error(`bundle/clone/group/resource/tag '${id}' does not exist`);
    return resource;
  });
  call.reports.check();
  return found.filter((resource) => resource !== null);
}

export function enableCommand(isStonithCommand: boolean): PcsCommand {
  return {
    usage: ["<resource id | tag id>..."],
    help: "Allow the cluster to start resources.",
    options: ["-f", "--wait"],
    async run(call) {
      const editor = await call.cib();
      const waitS = checkWait(call);
      const chosen = chosenResources(call, editor.cib, "enable");
      tellOtherKind(call, chosen, isStonithCommand);
      warnOfUnmanaged(call, editor.original, chosen);
      for (const resource of chosen.flatMap(withStartRelatives)) {
        updateNvset(editor.cib, resource, "meta_attributes", [["target-role", ""]]);
      }
      await editor.commit();
      if (waitS !== null) await waitAndTell(call, waitS, idsOf(chosen), "running");
    },
  };
}

function idsOf(resources: readonly XmlElement[]): string[] {
  return resources.map(({ id }) => id ?? "");
}

/** The cluster will do nothing with these, whatever their target role. */
function warnOfUnmanaged(call: PcsCall, cib: XmlElement, chosen: readonly XmlElement[]): void {
  if (!call.isLive) return;
  const view = viewCluster(cib, Math.floor(call.world.nowMs() / 1000));
  for (const id of idsOf(chosen))
    if ((view.resource(id)?.unmanaged.length ?? 0) > 0) call.reports.warn(`'${id}' is unmanaged`);
}

/** What must be enabled too for a resource to start: the clone or bundle around it, and the inside of a clone or bundle. */
function withStartRelatives(resource: XmlElement): XmlElement[] {
  const outer = outerResource(resource);
  const isWhole = outer !== null && (isClone(outer) || outer.name === "bundle");
  const inner = isClone(resource) || resource.name === "bundle" ? innerResources(resource) : [];
  return [resource, ...(isWhole ? [outer] : []), ...inner];
}

/** `isSafe`: as if `--safe` was given. */
export function disableCommand(isStonithCommand: boolean, { isSafe } = { isSafe: false }): PcsCommand {
  const looksAhead = ["--no-strict", "--brief"] as const;
  return {
    usage: ["<resource id | tag id>..."],
    help: isSafe
      ? "Stop resources and forbid the cluster to start them, unless that would do anything to other resources; with --no-strict others may move. --simulate shows what would happen. --force disables in any case."
      : "Stop resources and forbid the cluster to start them; with --safe only if that would do nothing to other resources, with --no-strict only if no other stops. --simulate shows what would happen.",
    options: isSafe
      ? ["--wait", "--simulate", "--force", ...looksAhead]
      : ["-f", "--wait", "--safe", "--simulate", "--force", ...looksAhead],
    async run(call) {
      if (call.has("--safe") && call.has("--simulate")) fail("'--simulate' cannot be used with '--safe'");
      const isChecked = isSafe || call.has("--safe") || call.has("--no-strict");
      if (call.has("--brief") && !isChecked && !call.has("--simulate"))
        fail("'--brief' cannot be used without '--simulate' or '--safe'");
      if (call.has("--simulate") && call.has("--wait"))
        fail("Only one of '--simulate', '--wait' can be used");
      if (call.isOnFile) {
        for (const option of ["--wait", "--simulate", "--safe", "--no-strict"] as const) {
          if (call.has(option)) fail(`'${option}' cannot be used with '-f'`);
        }
      }
      const editor = await call.cib();
      const waitS = checkWait(call);
      const chosen = chosenResources(call, editor.cib, "disable");
      tellOtherKind(call, chosen, isStonithCommand);
      warnOfUnmanaged(call, editor.original, chosen);
      for (const resource of chosen) {
        updateNvset(editor.cib, resource, "meta_attributes", [["target-role", "Stopped"]], {
          position: "first",
        });
      }
      const ids = idsOf(chosen);
      if (call.has("--simulate")) {
        showEffect(call, editor.original, editor.cib, ids);
        return;
      }
      if (isChecked && call.has("--force"))
        call.reports.warn("with --force nobody looks what it does to other resources");
      else if (isChecked) refuseEffect(call, editor.original, editor.cib, ids);
      await editor.commit();
      if (waitS !== null) await waitAndTell(call, waitS, ids, "stopped");
    },
  };
}

export const manage: PcsCommand = {
  usage: ["<resource id | tag id>..."],
  help: "Let the cluster start and stop resources again; with --monitor their monitors run again.",
  options: ["-f", "--monitor"],
  async run(call) {
    const editor = await call.cib();
    for (const resource of chosenResources(call, editor.cib, "manage")) {
      const relatives = [
        resource,
        ...ancestors(resource),
        ...[...resource.descendants()].filter(isAnyResource),
      ];
      for (const relative of relatives) {
        updateNvset(editor.cib, relative, "meta_attributes", [["is-managed", ""]]);
      }
      if (call.has("--monitor")) {
        for (const operation of primitivesIn(resource).flatMap(monitors))
          operation.attributes.delete("enabled");
      }
    }
    await editor.commit();
  },
};

export const unmanage: PcsCommand = {
  usage: ["<resource id | tag id>..."],
  help: "Forbid the cluster to start or stop resources; with --monitor their monitors are switched off.",
  options: ["-f", "--monitor"],
  async run(call) {
    const editor = await call.cib();
    for (const resource of chosenResources(call, editor.cib, "unmanage")) {
      const own = resource.name === "bundle" ? [resource] : [];
      for (const target of [...own, ...primitivesIn(resource)]) {
        updateNvset(editor.cib, target, "meta_attributes", [["is-managed", "false"]], { position: "first" });
      }
      if (call.has("--monitor")) {
        for (const operation of primitivesIn(resource).flatMap(monitors)) operation.set("enabled", "false");
      }
    }
    await editor.commit();
  },
};

function isAnyResource(element: XmlElement): boolean {
  return ["primitive", "group", "clone", "master", "bundle"].includes(element.name);
}

function ancestors(resource: XmlElement): XmlElement[] {
  const outer = outerResource(resource);
  return outer === null ? [] : [outer, ...ancestors(outer)];
}

function monitors(primitive: XmlElement): XmlElement[] {
  return (primitive.first("operations")?.all("op") ?? []).filter(
    (operation) => operation.get("name") === "monitor",
  );
}

/** Old habits: one area's command used for the other's resources. */
export function tellOtherKind(call: PcsCall, chosen: readonly XmlElement[], isStonithCommand: boolean): void {
  if (chosen.some((resource) => resource.name === "primitive" && isStonith(resource) !== isStonithCommand)) {
    call.reports.deprecated(
      isStonithCommand ? "use 'pcs resource' for resources" : "use 'pcs stonith' for fence devices",
    );
  }
}

export function remoteNodeName(resource: XmlElement): string | null {
  return nvpairValue(resource, "meta_attributes", "remote-node");
}
