import { INFINITY, isTrue, parseBoolean, parseInteger, parseInterval, parseScore } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import { type RuleRun, readBlocks } from "./blocks.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { ClusterOptions, HealthStrategy, PlacementStrategy, QuorumPolicy } from "./options.ts";
import type { Sections } from "./sections.ts";
import { attributeOf } from "./xml-attribute.ts";

/** The block that goes before all others, whatever its score. Source: part 1, 3.1. */
const BOOTSTRAP_BLOCK = "cib-bootstrap-options";

export interface OptionFacts {
  readonly run: RuleRun;
  readonly cib: XmlElement;
  readonly sections: Sections;
  readonly hasQuorum: boolean;
  readonly diagnostics: Diagnostic[];
}

/** Reads and checks the cluster options; an invalid value counts as the default. Source: part 1, 3. */
export function readOptions(facts: OptionFacts): ClusterOptions {
  const table = new Map<string, string>();
  if (facts.sections.crmConfig !== null) {
    readBlocks(facts.run, table, facts.sections.crmConfig, "cluster_property_set", {}, BOOTSTRAP_BLOCK);
  }
  const reader = new OptionReader(table, facts.diagnostics);
  const isFencingEnabled = reader.boolean("fencing-enabled", true, "stonith-enabled");
  const locksOnShutdown = reader.boolean("shutdown-lock", false);
  const healthStrategy = reader.word("node-health-strategy", HEALTH_STRATEGIES, "none");
  return {
    noQuorumPolicy: quorumPolicy(reader, facts, isFencingEnabled),
    isSymmetric: reader.boolean("symmetric-cluster", true),
    isMaintenance: reader.boolean("maintenance-mode", false),
    stopsAllResources: reader.boolean("stop-all-resources", false),
    isStartFailureFatal: reader.boolean("start-failure-is-fatal", true),
    isFencingEnabled,
    fencingAction: reader.exactWord("fencing-action", ["reboot", "off"], "reboot", "stonith-action"),
    fencingTimeout: reader.durationText("fencing-timeout", "60s", "stonith-timeout"),
    hasWatchdog: reader.boolean("have-watchdog", false),
    isFencingConcurrent: reader.boolean("concurrent-fencing", true),
    fencesAtStartup: isFencingEnabled && reader.boolean("startup-fencing", true),
    priorityFencingDelayMs: reader.durationMs("priority-fencing-delay"),
    nodePendingTimeoutMs: reader.durationMs("node-pending-timeout"),
    fencesRemoteWithoutQuorum: reader.boolean("fence-remote-without-quorum", false),
    locksOnShutdown,
    shutdownLockLimitMs: locksOnShutdown ? reader.durationMs("shutdown-lock-limit") : 0,
    stopsRemovedResources: reader.boolean("stop-removed-resources", true, "stop-orphan-resources"),
    cancelsRemovedActions: reader.boolean("cancel-removed-actions", true, "stop-orphan-actions"),
    probesAtStartup: reader.boolean("enable-startup-probes", true),
    placementStrategy: reader.word("placement-strategy", PLACEMENT_STRATEGIES, "default"),
    healthStrategy,
    healthBase: reader.score("node-health-base", 0),
    healthScores: healthScores(reader, healthStrategy),
    clusterDelay: reader.durationText("cluster-delay", "60s"),
    batchLimit: reader.integerText("batch-limit", "0"),
    migrationLimit: reader.integerText("migration-limit", "-1"),
    clusterName: table.get("cluster-name") ?? null,
    usesUnfencing: usesUnfencing(facts.sections),
  };
}

const QUORUM_POLICIES = ["stop", "freeze", "ignore", "demote", "fence", "suicide"] as const;
const PLACEMENT_STRATEGIES: readonly PlacementStrategy[] = ["default", "utilization", "minimal", "balanced"];
const HEALTH_STRATEGIES: readonly HealthStrategy[] = [
  "none",
  "migrate-on-red",
  "only-green",
  "progressive",
  "custom",
];

/** `fence` is followed only if that is safe: with fencing, and by a partition that had quorum. Source: 3.4. */
function quorumPolicy(reader: OptionReader, facts: OptionFacts, isFencingEnabled: boolean): QuorumPolicy {
  const value = reader.word("no-quorum-policy", QUORUM_POLICIES, "stop");
  if (value !== "fence" && value !== "suicide") return value;
  const panic = attributeOf(facts.cib, "no-quorum-panic");
  const hadQuorum = facts.hasQuorum || (panic !== null && (parseInteger(panic) ?? 0) !== 0);
  return isFencingEnabled && hadQuorum ? "fence" : "stop";
}

/** Source: part 1, 3.5. */
function healthScores(reader: OptionReader, strategy: HealthStrategy): ClusterOptions["healthScores"] {
  const red = reader.score("node-health-red", -INFINITY);
  const green = reader.score("node-health-green", 0);
  const yellow = reader.score("node-health-yellow", 0);
  switch (strategy) {
    case "none":
      return { red: 0, yellow: 0, green: 0 };
    case "migrate-on-red":
      return { red: -INFINITY, yellow: 0, green: 0 };
    case "only-green":
      return { red: -INFINITY, yellow: -INFINITY, green: 0 };
    case "progressive":
    case "custom":
      return { red, yellow, green };
  }
}

/** Looks at the pairs literally, without rules, references or precedence. Source: part 1, 3.3. */
function usesUnfencing(sections: Sections): boolean {
  for (const block of sections.resources?.descendants("meta_attributes") ?? []) {
    if (asksForUnfencing(block)) return true;
  }
  return sections.resourceDefaults?.all("meta_attributes").some(asksForUnfencing) ?? false;
}

function asksForUnfencing(block: XmlElement): boolean {
  for (const pair of block.all("nvpair")) {
    const name = pair.get("name");
    if ((name === "provides" || name === "requires") && pair.get("value") === "unfencing") return true;
  }
  return false;
}

/** Takes one option after the other out of the table, with its check, default and former name. */
class OptionReader {
  readonly #table: ReadonlyMap<string, string>;
  readonly #diagnostics: Diagnostic[];

  constructor(table: ReadonlyMap<string, string>, diagnostics: Diagnostic[]) {
    this.#table = table;
    this.#diagnostics = diagnostics;
  }

  boolean(name: string, fallback: boolean, formerName: string | null = null): boolean {
    const value = this.#valueOf(name, formerName);
    if (value === null) return fallback;
    const parsed = parseBoolean(value);
    if (parsed === null) this.#complain(name, value, `"true" or "false"`);
    return parsed === null ? fallback : isTrue(value);
  }

  word<T extends string>(name: string, words: readonly T[], fallback: T): T {
    const value = this.#valueOf(name, null);
    if (value === null) return fallback;
    const found = words.find((word) => word === value.toLowerCase());
    if (found === undefined) this.#complain(name, value, words.join(", "));
    return found ?? fallback;
  }

  exactWord<T extends string>(name: string, words: readonly T[], fallback: T, formerName: string): T {
    const value = this.#valueOf(name, formerName);
    if (value === null) return fallback;
    const found = words.find((word) => word === value);
    if (found === undefined) this.#complain(name, value, words.join(" or "));
    return found ?? fallback;
  }

  durationMs(name: string): number {
    const value = this.#valueOf(name, null);
    if (value === null) return 0;
    const parsed = parseInterval(value);
    if (!parsed.isValid) this.#complain(name, value, `a time such as "30s" or "5min"`);
    return parsed.isValid ? parsed.milliseconds : 0;
  }

  durationText(name: string, fallback: string, formerName: string | null = null): string {
    const value = this.#valueOf(name, formerName);
    if (value === null) return fallback;
    const isValid = parseInterval(value).isValid;
    if (!isValid) this.#complain(name, value, `a time such as "30s" or "5min"`);
    return isValid ? value : fallback;
  }

  integerText(name: string, fallback: string): string {
    const value = this.#valueOf(name, null);
    if (value === null) return fallback;
    const isValid = isIntegerOption(value);
    if (!isValid) this.#complain(name, value, "an integer");
    return isValid ? value : fallback;
  }

  score(name: string, fallback: number): number {
    const value = this.#valueOf(name, null);
    if (value === null) return fallback;
    const isValid = isIntegerOption(value);
    if (!isValid) this.#complain(name, value, `an integer, "INFINITY" or "-INFINITY"`);
    return isValid ? parseScore(value).score : fallback;
  }

  #valueOf(name: string, formerName: string | null): string | null {
    return this.#table.get(name) ?? (formerName === null ? null : (this.#table.get(formerName) ?? null));
  }

  #complain(name: string, value: string, expected: string): void {
    this.#diagnostics.push({
      severity: "error",
      code: "option-invalid",
      message: `Cluster option "${name}" is "${value}", which is not valid; its default is used. Write ${expected}.`,
      elementId: null,
      line: 0,
    });
  }
}

/** Source: part 1, 3.2, "integer" as a check. */
function isIntegerOption(value: string): boolean {
  return /^[+-]?INFINITY$/.test(value) || parseInteger(value) !== null;
}
