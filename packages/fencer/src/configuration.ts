import type { LevelTarget, Log, Watchdog } from "@quorate/ports";
import { XmlElement } from "@quorate/xml";
import { configuredDevices } from "./devices/configured-devices.ts";
import type { DeviceRegistry } from "./devices/registry.ts";
import { readSelfFencing, type SelfFencing, withoutWatchdog } from "./devices/self-fencing.ts";
import {
  type AddedLevel,
  type FencingLevel,
  isSameTarget,
  NO_TOPOLOGY,
  readTopology,
} from "./topology/topology.ts";

interface Dependencies {
  readonly localName: string;
  readonly registry: DeviceRegistry;
  readonly log: Log;
  readonly watchdog: Watchdog | null;
  /** Others would rely on this node in vain: it must leave the cluster and stay away. */
  fatal(reason: string): void;
}

/** What the CIB and administrators want of the fencer of this node. Source: fencer specification, 1, 2, 7. */
export class FencingConfiguration {
  readonly #deps: Dependencies;
  readonly #addedLevels: AddedLevel[] = [];
  #topology = NO_TOPOLOGY;
  #selfFencing: SelfFencing | null = null;
  /** The cluster's own, which goes on changing after it was read. */
  #cib = new XmlElement("cib");

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  read(cib: XmlElement, nowS: number): void {
    const { localName, registry, log, watchdog, fatal } = this.#deps;
    this.#cib = cib;
    const definitions = configuredDevices(cib, { nodeName: localName, nowS });
    registry.configure(withoutWatchdog(definitions, log));
    this.#readTopology();
    const read = readSelfFencing(cib, definitions, { watchdog, nowS, log });
    this.#selfFencing = read.ok ? read.selfFencing : null;
    if (read.ok) return;
    log("critical", `Shutting down: ${read.reason}`);
    fatal(read.reason);
  }

  addLevel(target: LevelTarget, index: number, devices: readonly string[]): void {
    this.removeLevel(target, index);
    this.#addedLevels.push({ target, index, devices });
    this.#readTopology();
  }

  /** Of those that were added; null removes all of the target. */
  removeLevel(target: LevelTarget, index: number | null): void {
    for (const level of [...this.#addedLevels])
      if (isSameTarget(level.target, target) && (index === null || level.index === index))
        this.#addedLevels.splice(this.#addedLevels.indexOf(level), 1);
    this.#readTopology();
  }

  /** Null: there is no topology for the target. */
  levelsFor(target: string): readonly FencingLevel[] | null {
    return this.#topology.levelsFor(target);
  }

  /** The target is sure to have reset itself by its watchdog after this time; null: that is not to be relied on. */
  selfFencingMs(target: string): number | null {
    const { targets = null, timeoutMs = null } = this.#selfFencing ?? {};
    return targets === null || targets.has(target.toLowerCase()) ? timeoutMs : null;
  }

  #readTopology(): void {
    this.#topology = readTopology(this.#cib, this.#addedLevels, this.#deps.log);
  }
}
