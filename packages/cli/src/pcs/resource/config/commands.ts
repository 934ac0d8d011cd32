import type { XmlElement } from "@quorate/xml";
import {
  allResources,
  innerResources,
  isClone,
  isStonith,
  outerResource,
} from "../../../configuration/resources.ts";
import type { PcsCall, PcsCommand } from "../../framework/command.ts";
import { classicJson } from "../../framework/json.ts";
import { fail } from "../../framework/reports.ts";
import { levelLines } from "../../stonith/levels-text.ts";
import { resourceCommands } from "./cmd.ts";
import { resourcesJson } from "./json.ts";
import { resourceLines } from "./text.ts";

export type OutputFormat = "text" | "cmd" | "json";

/** All fence devices as text, without the levels. */
export function fenceDeviceLines(cib: XmlElement): string[] {
  return allResources(cib).filter(isStonith).flatMap(resourceLines);
}

/** @throws PcsError for an unknown format */
function outputFormat(call: PcsCall): OutputFormat {
  const format = call.value("--output-format") ?? "text";
  if (format !== "text" && format !== "cmd" && format !== "json") {
    fail(
      `Unknown value '${format}' for '--output-format' option. Supported values are: 'cmd', 'json', 'text'`,
    );
  }
  return format;
}

export const resourceConfig: PcsCommand = {
  usage: ["[<resource id>]..."],
  help: "Show how resources are configured: for people, as commands that make them again, or as JSON.",
  options: ["-f", "--output-format"],
  async run(call) {
    const format = outputFormat(call);
    const { cib } = await call.cib();
    const tree = chosenTree(call, cib, (resource) => !isStonithAtTop(resource), "resource");
    if (format === "text") {
      call.print(ownBlocks(tree, new Set(call.args)).flatMap(resourceLines).join("\n"));
    } else {
      printForPrograms(call, format, tree);
    }
  },
};

export const stonithConfig: PcsCommand = {
  usage: ["[<stonith id>]..."],
  help: "Show how fence devices and fencing levels are configured.",
  options: ["-f", "--output-format"],
  async run(call) {
    const format = outputFormat(call);
    const { cib } = await call.cib();
    const tree = chosenTree(call, cib, isStonith, "stonith device");
    const levels = levelLines(cib);
    if (format === "text") {
      call.print(tree.flatMap(resourceLines).join("\n"));
      if (levels.length > 0) {
        call.print(["", "Fencing Levels:", ...levels.map((line) => ` ${line}`)].join("\n"));
      }
      return;
    }
    printForPrograms(call, format, tree);
    if (levels.length > 0) call.reports.warn("Only 'text' output format is supported for stonith levels");
  },
};

function printForPrograms(call: PcsCall, format: "cmd" | "json", resources: readonly XmlElement[]): void {
  if (format === "json") call.print(classicJson(resourcesJson(resources)));
  else call.print(resourceCommands(resources));
}

/** The resources that are asked for by name, each with all that is in it, sorted by name; all of them in the order of the document. */
function chosenTree(
  call: PcsCall,
  cib: XmlElement,
  matches: (resource: XmlElement) => boolean,
  what: string,
): XmlElement[] {
  const all = allResources(cib).filter(matches);
  if (call.args.length === 0) return all;
  const chosen = new Set<XmlElement>();
  for (const id of call.args) {
    const found = all.find((resource) => resource.id === id);
    if (found === undefined) call.reports.warn(`Unable to find ${what} '${id}'`);
    else for (const resource of [found, ...withInner(found)]) chosen.add(resource);
  }
  if (chosen.size === 0) fail(`No ${what} found`);
  return [...chosen].sort((one, other) => ((one.id ?? "") < (other.id ?? "") ? -1 : 1));
}

function withInner(resource: XmlElement): XmlElement[] {
  return innerResources(resource).flatMap((inner) => [inner, ...withInner(inner)]);
}

/**
 * What stands on its own among the shown resources, which is also what was asked for by name: primitives first, then groups, clones and
 * bundles, each of which shows what is in it.
 */
function ownBlocks(tree: readonly XmlElement[], names: ReadonlySet<string>): XmlElement[] {
  const tops = tree.filter(
    ({ parent, id }) => parent === null || !tree.includes(parent) || names.has(id ?? ""),
  );
  const kinds = [
    ({ name }: XmlElement) => name === "primitive",
    ({ name }: XmlElement) => name === "group",
    isClone,
    ({ name }: XmlElement) => name === "bundle",
  ];
  return kinds.flatMap((isKind) => tops.filter(isKind));
}

/** Fence devices in groups and clones are shown with those. */
function isStonithAtTop(resource: XmlElement): boolean {
  return isStonith(resource) && outerResource(resource) === null;
}
