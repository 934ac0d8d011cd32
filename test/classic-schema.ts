import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { parseXml, serializeXml } from "@quorate/xml";

/** Of Debian's `pacemaker-common`: what programs that read the results of Pacemaker's tools may expect. Read where it is installed, never copied. */
const FOLDER = "/usr/share/pacemaker/api";
const XMLLINT = "/usr/bin/xmllint";

/**
 * What Pacemaker 3.0.2, whose results ours are, says of these elements in addition to 2.1.5 (schema 2.25), whose schema allows nothing beside
 * what it knows. Each is a new name or a new fact beside what was there before, so that programs which look for the old ones find them; all the rest must be as
 * 2.1.5 has it.
 */
const NEWER_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  // Of a running cluster: whether all of the local daemon runs, and which node this was asked of.
  stack: ["pacemakerd-state"],
  last_update: ["origin"],
  // New names of stonith-enabled and stonith-timeout-ms, which stay.
  cluster_options: ["fencing-enabled", "fencing-timeout-ms"],
  // A new name of "orphaned", which stays; whether the resource is in maintenance; and what the administrator says of it.
  resource: ["removed", "maintenance", "description"],
  group: ["maintenance", "description"],
  clone: ["maintenance", "description"],
  bundle: ["maintenance", "description"],
  // A new name of "orphan", which stays.
  resource_history: ["removed"],
};

/** Why results cannot be held against the classic schema here; empty when they can. */
export function whyNoClassicSchema(): string {
  if (!existsSync(XMLLINT)) return `${XMLLINT} missing (Debian: apt-get install libxml2-utils)`;
  if (schemas().length === 0) return `no schema in ${FOLDER} (Debian: apt-get install pacemaker-common)`;
  return "";
}

/** What the schema of the installed Pacemaker finds wrong with a result, a line each. @throws when it is not installed */
export function classicProblems(result: string): readonly string[] {
  const why = whyNoClassicSchema();
  if (why !== "") throw new Error(`the classic schema: ${why}`);
  const schema = schemas().at(-1)!;
  const args = ["--noout", "--relaxng", `${FOLDER}/${schema.name}`, "-"];
  const { status, stderr } = spawnSync(XMLLINT, args, { input: withoutNewer(result), encoding: "utf8" });
  return status === 0 ? [] : [`${schema.name}:`, ...stderr.trimEnd().split("\n")];
}

function withoutNewer(result: string): string {
  const parsed = parseXml(result);
  if (!parsed.ok) return result;
  for (const element of parsed.root.descendants())
    for (const name of NEWER_ATTRIBUTES[element.name] ?? []) element.attributes.delete(name);
  return serializeXml(parsed.root);
}

/** From the oldest to the newest. */
function schemas(): readonly { readonly name: string; readonly version: number }[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .flatMap((name) => {
      const [, major, minor] = /^api-result-(\d+)\.(\d+)\.rng$/.exec(name) ?? [];
      return major === undefined ? [] : [{ name, version: Number(major) * 1000 + Number(minor) }];
    })
    .sort((left, right) => left.version - right.version);
}
