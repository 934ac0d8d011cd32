import { XmlElement } from "@quorate/xml";
import { sanitizedId, uniqueId } from "../../configuration/ids.ts";
import { findNode } from "../../configuration/nodes.ts";
import { allPrimitives, isStonith } from "../../configuration/resources.ts";
import { ensureSection, sectionElements } from "../../configuration/sections.ts";
import { quoted, splitAtKeywords } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { reportId } from "../framework/ids.ts";
import { fail } from "../framework/reports.ts";
import { levelProblems } from "./level-problems.ts";
import { levelLines } from "./levels-text.ts";

/** Which nodes a level is about, as attributes of its element. */
type Target = readonly (readonly [name: string, value: string])[];

function parseTarget(text: string): Target {
  if (text.startsWith("regexp%")) return [["target-pattern", text.slice("regexp%".length)]];
  if (text.startsWith("node%")) return [["target", text.slice("node%".length)]];
  if (text.startsWith("attrib%")) {
    const [name, ...value] = text.slice("attrib%".length).split("=");
    if (value.length === 0) fail(`missing value of '${name}' option`);
    if (name === "") fail(`missing key in '=${value.join("=")}' option`);
    return [
      ["target-attribute", name ?? ""],
      ["target-value", value.join("=")],
    ];
  }
  return [["target", text]];
}

function isTarget(level: XmlElement, target: Target): boolean {
  return target.every(([name, value]) => level.get(name) === value);
}

function checkLevel(call: PcsCall, text: string): string {
  if (!/^\d+$/.test(text) || Number(text) < 1) {
    call.reports.error(`'${text}' is not a valid level value, use a positive integer`);
  }
  return String(Number(text));
}

const config: PcsCommand = {
  usage: [""],
  help: "Show fencing levels.",
  options: ["-f"],
  async run(call) {
    call.expect(0, 0);
    call.print(levelLines((await call.cib()).cib).join("\n"));
  },
};

const add: PcsCommand = {
  usage: ["<level> <target> <stonith id>..."],
  help: "Add a level: devices that are used together for a target, which is a node, regexp%<pattern> or attrib%<name>=<value>.",
  options: ["-f", "--force"],
  async run(call) {
    const [levelText, targetText, ...rest] = call.expect(3);
    const { reports } = call;
    if (rest.some((word) => word.includes(","))) reports.deprecated("separate devices by blanks, not commas");
    const devices = rest.flatMap((word) => word.split(","));
    const editor = await call.cib();
    const { cib } = editor;
    const index = checkLevel(call, levelText!);
    const target = parseTarget(targetText!);
    const [kind, value] = target[0]!;
    if (kind === "target" && findNode(cib, value) === null) {
      reports.forceable(`Node '${value}' does not appear to exist in configuration`);
    }
    for (const device of devices) reportId(reports, device, "device id");
    const known = new Set(
      allPrimitives(cib)
        .filter(isStonith)
        .map(({ id }) => id),
    );
    const missing = devices.filter((device) => !known.has(device));
    if (missing.length > 0 && !reports.hasErrors) {
      reports.forceable(`Stonith resource(s) ${quoted(missing)} do not exist`);
    }
    const exists = sectionElements(cib, "fencing-topology").some(
      (level) =>
        level.get("index") === index && isTarget(level, target) && level.get("devices") === devices.join(","),
    );
    const targetName = target.map(([, part]) => part).join("=");
    if (exists)
      reports.error(
        `Fencing level for '${targetName}' at level '${index}' with device(s) ${quoted(devices)} already exists`,
      );
    reports.check();
    const label = target.length === 2 ? target[0]![1] : value;
    const level = new XmlElement("fencing-level", [
      ["id", uniqueId(cib, `fl-${levelIdPart(label)}-${index}`)],
      ["index", index],
      ...target,
      ["devices", devices.join(",")],
    ]);
    ensureSection(cib, "fencing-topology").append(level);
    await editor.commit();
  },
};

function levelIdPart(text: string): string {
  return sanitizedId(`_${text}`).slice(1);
}

interface Selection {
  readonly target: Target | null;
  readonly devices: readonly string[] | null;
}

/** `[target T] [stonith D...]`; without these words the old form, which guesses. */
function parseSelection(call: PcsCall, words: readonly string[], cib: XmlElement): Selection {
  if (words.length === 0) return { target: null, devices: null };
  if (!isNamed(words)) {
    call.reports.deprecated("write 'target' before the target and 'stonith' before devices");
    const asTarget = parseTarget(words[0]!);
    const isKnown =
      words[0]!.includes("%") ||
      sectionElements(cib, "fencing-topology").some((level) => isTarget(level, asTarget));
    if (isKnown)
      return { target: asTarget, devices: words.length > 1 ? words.slice(1).flatMap(splitDevices) : null };
    return { target: null, devices: words.flatMap(splitDevices) };
  }
  const once = { repeats: "never" } as const;
  const parts = splitAtKeywords(words, { target: once, stonith: once });
  const targets = parts.get("target")?.[0] ?? null;
  const devices = parts.get("stonith")?.[0] ?? null;
  if (targets?.length === 0 || devices?.length === 0) call.usage();
  if (targets !== null && targets.length > 1) fail("At most one target can be specified");
  for (const device of devices ?? []) reportId(call.reports, device, "stonith id");
  call.reports.check();
  return { target: targets === null ? null : parseTarget(targets[0]!), devices };
}

function isNamed(words: readonly string[]): boolean {
  return words[0] === "target" || words[0] === "stonith";
}

function splitDevices(word: string): string[] {
  return word.split(",");
}

const remove: PcsCommand = {
  usage: ["<level> [target <target>] [stonith <stonith id>...]"],
  help: "Delete levels.",
  options: ["-f"],
  async run(call) {
    const [levelText, ...rest] = call.expect(1);
    const editor = await call.cib();
    const index = checkLevel(call, levelText!);
    call.reports.check();
    const { target, devices } = parseSelection(call, rest, editor.cib);
    const found = sectionElements(editor.cib, "fencing-topology").filter(
      (level) =>
        level.get("index") === index &&
        (target === null || isTarget(level, target)) &&
        (devices === null || level.get("devices") === devices.join(",")),
    );
    if (found.length === 0)
      fail(`Such a fencing level does not exist at level '${index}'; 'pcs stonith level' shows them`);
    for (const level of found) level.remove();
    await editor.commit();
  },
};

const clear: PcsCommand = {
  usage: ["[target <target> | stonith <stonith id>...]"],
  help: "Delete all levels, those of a target, or those with exactly these devices.",
  options: ["-f"],
  async run(call) {
    if (!isNamed(call.args) && call.args.length > 1) call.usage();
    const editor = await call.cib();
    const { target, devices } = parseSelection(call, call.args, editor.cib);
    if (target !== null && devices !== null) fail("Only one of 'target' and 'stonith' can be used");
    ensureSection(editor.cib, "fencing-topology");
    const chosen = sectionElements(editor.cib, "fencing-topology").filter(
      (level) =>
        (target === null || isTarget(level, target)) &&
        (devices === null || level.get("devices") === devices.join(",")),
    );
    // The old form asks nothing of what it guesses.
    if (isNamed(call.args) && chosen.length === 0)
      fail("Such a fencing level does not exist; 'pcs stonith level' shows them");
    for (const level of chosen) level.remove();
    await editor.commit();
  },
};

const verify: PcsCommand = {
  usage: [""],
  help: "Check that all nodes and devices of levels exist.",
  options: ["-f"],
  async run(call) {
    call.expect(0, 0);
    const { cib } = await call.cib();
    for (const problem of levelProblems(cib)) call.reports.error(problem);
    call.reports.check();
  },
};

export const levelGroup: PcsGroup = {
  summary: "In which order fence devices are tried",
  otherwise: { ...config, isHidden: true },
  commands: { config, add, delete: remove, remove, clear, verify },
};
