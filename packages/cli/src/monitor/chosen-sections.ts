import {
  DEFAULT_SECTIONS,
  MONITOR_SECTION_GROUPS,
  MONITOR_SECTIONS,
  type MonitorSection,
} from "@quorate/scheduler";
import { UsageError } from "../command.ts";
import { nearestName } from "../options/nearest-name.ts";
import type { Occurrence } from "../options/parse-options.ts";
import type { monitorOptions } from "./monitor-command-options.ts";

export interface ChosenSections {
  readonly sections: ReadonlySet<MonitorSection>;
  readonly banPrefix: string | null;
  /** All that is remembered of fencing, not only the latest of each kind. */
  readonly isFullFencingHistory: boolean;
}

/**
 * The sections that the options ask for, applied from left to right to what is shown by default: everything in the structured
 * forms. Source: crm_mon(8), "Output Control".
 */
export function chosenSections(
  occurrences: readonly Occurrence<typeof monitorOptions>[],
  isStructured: boolean,
): ChosenSections {
  const standard = isStructured ? MONITOR_SECTIONS : DEFAULT_SECTIONS;
  const sections = new Set<MonitorSection>(standard);
  let banPrefix: string | null = null;
  let isFullFencingHistory = false;
  const add = (names: Iterable<MonitorSection>) => {
    for (const name of names) sections.add(name);
  };
  const drop = (names: Iterable<MonitorSection>) => {
    for (const name of names) sections.delete(name);
  };

  const include = (word: string) => {
    if (word === "none") sections.clear();
    else if (word === "all") add(MONITOR_SECTIONS);
    else if (word === "default") {
      sections.clear();
      add(standard);
    } else if (word === "bans" || word.startsWith("bans:")) {
      add(["bans"]);
      banPrefix = word === "bans" ? null : word.slice("bans:".length);
    } else add(sectionsNamed("--include", INCLUDE_WORDS, word));
  };
  const exclude = (word: string) => {
    if (word === "all") sections.clear();
    else if (word === "none") add(MONITOR_SECTIONS);
    else drop(sectionsNamed("--exclude", EXCLUDE_WORDS, word));
  };

  for (const { name, argument } of occurrences) {
    switch (name) {
      case "include":
        for (const word of words(argument)) include(word);
        break;
      case "exclude":
        for (const word of words(argument)) exclude(word);
        break;
      case "attributes":
        add(["attributes"]);
        break;
      case "failcounts":
        add(["failcounts"]);
        break;
      case "operations":
      case "timing":
        add(["operations"]);
        break;
      case "tickets":
        add(["tickets"]);
        break;
      case "bans":
        add(["bans"]);
        banPrefix = argument === "" ? null : argument;
        break;
      case "hideHeaders":
        drop(MONITOR_SECTION_GROUPS.summary!);
        break;
      case "fenceHistory": {
        const level = fenceHistoryLevel(argument ?? "");
        drop(MONITOR_SECTION_GROUPS.fencing!);
        if (level >= 1) add(["fencing-failed", "fencing-pending"]);
        if (level >= 2) add(["fencing-succeeded"]);
        isFullFencingHistory = level === 3;
        break;
      }
      default:
        break;
    }
  }
  return { sections, banPrefix, isFullFencingHistory };
}

function words(argument: string | null): string[] {
  return (argument ?? "").split(",").map((word) => word.trim());
}

const SECTION_WORDS = [...MONITOR_SECTIONS, ...Object.keys(MONITOR_SECTION_GROUPS)];
const INCLUDE_WORDS = [
  ...SECTION_WORDS.filter((word) => word !== "bans"),
  "all",
  "bans[:PREFIX]",
  "default",
  "none",
].sort();
const EXCLUDE_WORDS = [...SECTION_WORDS, "all", "none"].sort();

function sectionsNamed(option: string, allowed: readonly string[], word: string): readonly MonitorSection[] {
  const group = Object.hasOwn(MONITOR_SECTION_GROUPS, word) ? MONITOR_SECTION_GROUPS[word] : undefined;
  if (group !== undefined) return group;
  const section = MONITOR_SECTIONS.find((name) => name === word);
  if (section !== undefined) return [section];
  const nearest = word === "list" ? null : nearestName(word, allowed);
  const mend = nearest === null ? "" : ` (did you mean ${nearest}?)`;
  throw new UsageError(`${option} options: ${allowed.join(", ")}${mend}`);
}

function fenceHistoryLevel(text: string): number {
  if (text === "") return 2;
  if (!/^[0-3]$/.test(text)) throw new UsageError(`--fence-history "${text}": write a level from 0 to 3`);
  return Number(text);
}
