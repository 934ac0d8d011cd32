import type { LevelTarget, Log } from "@quorate/ports";
import type { XmlElement } from "@quorate/xml";
import { compilePattern } from "../patterns.ts";

/** Devices that have to succeed together. */
export interface FencingLevel {
  readonly index: number;
  readonly devices: readonly string[];
}

interface Entry extends LevelTarget {
  readonly levels: Map<number, string[]>;
}

/** A level that an administrator added by hand. */
export interface AddedLevel extends FencingLevel {
  readonly target: LevelTarget;
}

/** Which devices are tried for which node, in which order. Source: fencer specification, 2. */
export class Topology {
  readonly #entries: readonly Entry[];
  /** Permanent attributes of each node, by its name in lower case. */
  readonly #attributes: ReadonlyMap<string, ReadonlyMap<string, string>>;

  constructor(entries: readonly Entry[], attributes: ReadonlyMap<string, ReadonlyMap<string, string>>) {
    this.#entries = entries;
    this.#attributes = attributes;
  }

  /** Levels for a node, lowest index first; null when nothing is configured for it. The first entry that fits counts. */
  levelsFor(target: string): readonly FencingLevel[] | null {
    const entry =
      this.#entries.find((one) => one.kind === "name" && one.name === target) ??
      this.#entries.find((one) => this.#fits(one, target));
    if (entry === undefined) return null;
    return [...entry.levels].sort(([a], [b]) => a - b).map(([index, devices]) => ({ index, devices }));
  }

  #fits(entry: Entry, target: string): boolean {
    switch (entry.kind) {
      case "name":
        return entry.name.toLowerCase() === target.toLowerCase();
      case "pattern":
        return compilePattern(entry.name)?.test(target) ?? false;
      case "attribute":
        return this.#attributes.get(target.toLowerCase())?.get(entry.name) === entry.value;
    }
  }
}

/** Whether two levels are for the same nodes, as far as their spelling tells. */
export function isSameTarget(one: LevelTarget, other: LevelTarget): boolean {
  return one.kind === other.kind && one.name === other.name && one.value === other.value;
}

export const NO_TOPOLOGY = new Topology([], new Map());

/** Levels of the configuration, then those added by hand: of the same index and target, their devices are appended. */
export function readTopology(cib: XmlElement, added: readonly AddedLevel[], log: Log): Topology {
  const configuration = cib.first("configuration");
  const entries = new Map<string, Entry>();
  for (const level of configuration?.first("fencing-topology")?.all("fencing-level") ?? []) {
    const entry = targetOf(level);
    const index = Number(level.get("index") ?? "");
    const devices = (level.get("devices") ?? "")
      .split(",")
      .map((id) => id.trim())
      .filter((id) => id !== "");
    if (entry === null || !Number.isInteger(index) || index < 1 || index > 9) {
      log(
        "warning",
        `Ignoring fencing level ${level.id ?? "without id"}: it needs a target and an index from 1 to 9, not "${level.get("index") ?? ""}"`,
      );
      continue;
    }
    addDevices(entries, entry, { index, devices });
  }
  for (const { target, ...level } of added) addDevices(entries, { ...target, levels: new Map() }, level);
  return new Topology([...entries.values()], nodeAttributes(configuration));
}

function addDevices(entries: Map<string, Entry>, entry: Entry, { index, devices }: FencingLevel): void {
  const key = `${entry.kind} ${entry.name} ${entry.value}`;
  const known = entries.get(key) ?? entry;
  entries.set(key, known);
  known.levels.set(index, [...(known.levels.get(index) ?? []), ...devices]);
}

function targetOf(level: XmlElement): Entry | null {
  const make = (kind: Entry["kind"], name: string | null, value = ""): Entry | null =>
    name === null || name === "" ? null : { kind, name, value, levels: new Map() };
  return (
    make("name", level.get("target")) ??
    make("pattern", level.get("target-pattern")) ??
    make("attribute", level.get("target-attribute"), level.get("target-value") ?? "")
  );
}

function nodeAttributes(configuration: XmlElement | null): Map<string, ReadonlyMap<string, string>> {
  const nodes = new Map<string, ReadonlyMap<string, string>>();
  for (const node of configuration?.first("nodes")?.all("node") ?? []) {
    const attributes = new Map<string, string>();
    for (const block of node.all("instance_attributes"))
      for (const pair of block.all("nvpair")) {
        const name = pair.get("name");
        const value = pair.get("value");
        if (name !== null && value !== null && !attributes.has(name)) attributes.set(name, value);
      }
    nodes.set((node.get("uname") ?? "").toLowerCase(), attributes);
  }
  return nodes;
}
