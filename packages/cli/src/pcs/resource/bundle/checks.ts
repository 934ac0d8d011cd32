import type { XmlElement } from "@quorate/xml";
import { idExists } from "../../../configuration/ids.ts";
import { checkNames } from "../../framework/assignments.ts";
import { reportId } from "../../framework/ids.ts";
import type { Reports } from "../../framework/reports.ts";
import type { BundleWords, Options } from "./words.ts";

/** The schema has no place for other names, so `--force` cannot help. */
const CONTAINER_OPTIONS: readonly string[] = [
  "image",
  "masters",
  "network",
  "options",
  "promoted-max",
  "replicas",
  "replicas-per-host",
  "run-command",
];
const NETWORK_OPTIONS: readonly string[] = [
  "control-port",
  "host-interface",
  "host-netmask",
  "ip-range-start",
];
const PORT_OPTIONS: readonly string[] = ["id", "internal-port", "port", "range"];
const STORAGE_OPTIONS: readonly string[] = ["id", "options", "source-dir", "source-dir-root", "target-dir"];

/** What a change is made of: options given empty are removed, unless the bundle is new. */
export interface CheckedBundle {
  readonly cib: XmlElement;
  readonly words: BundleWords;
  /** Whether the container must be described in full. */
  readonly isNew: boolean;
  /** Ids that are free, because what bears them goes away. */
  readonly freed: ReadonlySet<string>;
}

export function checkBundleOptions(reports: Reports, { cib, words, isNew, freed }: CheckedBundle): void {
  const given = (options: Options) =>
    isNew ? options : new Map([...options].filter(([, value]) => value !== ""));
  checkContainer(reports, words.container, isNew);
  const network = given(words.network);
  checkNames(reports, network.keys(), NETWORK_OPTIONS, "network ", false);
  const value = (name: string) => network.get(name) ?? null;
  if (value("control-port") !== null) checkPort(reports, "control-port", value("control-port")!);
  const mask = value("host-netmask");
  if (mask !== null && !isWhole(mask, 1, 32)) {
    reports.forceable(
      `'${mask}' is not a valid host-netmask value, use a number of bits of the mask (1..32)`,
    );
  }
  for (const map of words.portMaps.added) checkPortMap(reports, map);
  for (const map of words.storageMaps.added) checkStorageMap(reports, map);
  for (const [what, maps] of [
    ["port-map id", words.portMaps.added],
    ["storage-map id", words.storageMaps.added],
  ] as const) {
    for (const id of maps.map((map) => map.get("id") ?? "").filter((each) => each !== "")) {
      reportId(reports, id, what);
      if (idExists(cib, id) && !freed.has(id)) reports.error(`'${id}' already exists`);
    }
  }
}

function checkContainer(reports: Reports, options: Options, isNew: boolean): void {
  const set = isNew ? options : new Map([...options].filter(([, value]) => value !== ""));
  checkNames(reports, set.keys(), CONTAINER_OPTIONS, "container ", false);
  if (isNew && !options.has("image")) reports.error("required container option 'image' is missing");
  if (options.get("image") === "") reports.error("image cannot be empty, use image name");
  for (const name of ["replicas", "replicas-per-host"]) {
    const value = set.get(name);
    if (value !== undefined && !isWhole(value, 1)) {
      reports.error(`'${value}' is not a valid ${name} value, use a positive integer`);
    }
  }
  for (const name of ["masters", "promoted-max"]) {
    const value = set.get(name);
    if (value !== undefined && !isWhole(value, 0)) {
      reports.error(`'${value}' is not a valid ${name} value, use a non-negative integer`);
    }
  }
  if (set.has("masters")) reports.deprecated("container option 'masters' is an old name, use 'promoted-max'");
  onlyOne(reports, set, "container", "masters", "promoted-max");
}

function checkPortMap(reports: Reports, map: Options): void {
  checkNames(reports, map.keys(), PORT_OPTIONS, "port-map ", false);
  if (map.has("internal-port") && !map.has("port")) {
    reports.error("port-map option 'internal-port' needs option 'port' as well");
  }
  if (!map.has("port") && !map.has("range")) {
    reports.error("port-map option 'port' or 'range' has to be specified");
  }
  onlyOne(reports, map, "port-map", "port", "range");
  for (const name of ["port", "internal-port"]) {
    const value = map.get(name);
    if (value !== undefined) checkPort(reports, name, value);
  }
  const range = map.get("range");
  const ports = range?.split("-") ?? [];
  if (range !== undefined && !(ports.length === 2 && ports.every((port) => isWhole(port, 1, 65535)))) {
    reports.forceable(`'${range}' is not a valid range value, use port-port`);
  }
}

function checkStorageMap(reports: Reports, map: Options): void {
  checkNames(reports, map.keys(), STORAGE_OPTIONS, "storage-map ", false);
  if (!map.has("target-dir")) reports.error("required storage-map option 'target-dir' is missing");
  if (!map.has("source-dir") && !map.has("source-dir-root")) {
    reports.error("storage-map option 'source-dir' or 'source-dir-root' has to be specified");
  }
  onlyOne(reports, map, "storage-map", "source-dir", "source-dir-root");
}

function onlyOne(reports: Reports, options: Options, what: string, left: string, right: string): void {
  if (options.has(left) && options.has(right)) {
    reports.error(`Only one of ${what} options '${left}' and '${right}' can be used`);
  }
}

function checkPort(reports: Reports, name: string, value: string): void {
  if (!isWhole(value, 1, 65535)) {
    reports.error(`'${value}' is not a valid ${name} value, use a port number (1..65535)`);
  }
}

function isWhole(text: string, min: number, max = Number.MAX_SAFE_INTEGER): boolean {
  return /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
}
