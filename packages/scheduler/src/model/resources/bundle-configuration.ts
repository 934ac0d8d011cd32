import { parseBoolean, parseInteger } from "@quorate/cib";
import type { XmlElement } from "@quorate/xml";
import type { BundleAgent } from "../bundle.ts";
import { attributeOf } from "../xml-attribute.ts";

/** What the elements inside a bundle say, with defaults. Source: part 1, 7.1. */
export interface BundleConfiguration {
  readonly agent: BundleAgent;
  readonly promotedMax: number;
  replicaCount: number;
  replicasPerHost: number;
  readonly image: string | null;
  readonly options: string | null;
  readonly network: string | null;
  readonly runCommand: string | null;
  readonly ipRangeStart: string | null;
  readonly hostNetmask: string | null;
  readonly hostInterface: string | null;
  readonly controlPort: string | null;
  readonly addsHost: boolean;
  readonly ports: PortMapping[];
  readonly mounts: Mount[];
}

export interface PortMapping {
  readonly source: string;
  readonly target: string;
}

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly options: string | null;
  /** The source is a directory with one directory for each replica. */
  readonly isPerReplica: boolean;
}

/** Port of the executor in a container unless configured. */
export const DEFAULT_REMOTE_PORT = "3121";

/** Null when the bundle has no container that is known here. */
export function readBundleConfiguration(bundle: XmlElement): BundleConfiguration | null {
  const docker = bundle.first("docker");
  const container = docker ?? bundle.first("podman");
  if (container === null) return null;
  const promotedMax = minimumInteger(
    attributeOf(container, "promoted-max") ?? attributeOf(container, "masters"),
    0,
  );
  const replicas = attributeOf(container, "replicas");
  const network = bundle.first("network");
  return {
    agent: docker === null ? "podman" : "docker",
    promotedMax,
    replicaCount: replicas === null && promotedMax > 0 ? promotedMax : minimumInteger(replicas, 1),
    replicasPerHost: minimumInteger(attributeOf(container, "replicas-per-host"), 1),
    image: attributeOf(container, "image"),
    options: attributeOf(container, "options"),
    network: attributeOf(container, "network"),
    runCommand: attributeOf(container, "run-command"),
    ipRangeStart: network === null ? null : attributeOf(network, "ip-range-start"),
    hostNetmask: network === null ? null : attributeOf(network, "host-netmask"),
    hostInterface: network === null ? null : attributeOf(network, "host-interface"),
    controlPort: network === null ? null : attributeOf(network, "control-port"),
    addsHost: network !== null && (parseBoolean(attributeOf(network, "add-host")) ?? true),
    ports: network === null ? [] : readPorts(network),
    mounts: readMounts(bundle.first("storage")),
  };
}

function minimumInteger(text: string | null, minimum: number): number {
  const value = text === null ? minimum : (parseInteger(text) ?? minimum);
  return Math.min(Math.max(value, minimum), 2147483647);
}

function readPorts(network: XmlElement): PortMapping[] {
  const ports: PortMapping[] = [];
  for (const element of network.all("port-mapping")) {
    const port = attributeOf(element, "port");
    const source = port ?? attributeOf(element, "range");
    if (source === null) continue;
    ports.push({ source, target: (port === null ? null : attributeOf(element, "internal-port")) ?? source });
  }
  return ports;
}

function readMounts(storage: XmlElement | null): Mount[] {
  const mounts: Mount[] = [];
  for (const element of storage?.all("storage-mapping") ?? []) {
    const fixed = attributeOf(element, "source-dir");
    const source = fixed ?? attributeOf(element, "source-dir-root");
    const target = attributeOf(element, "target-dir");
    if (source === null || target === null) continue;
    mounts.push({ source, target, options: attributeOf(element, "options"), isPerReplica: fixed === null });
  }
  return mounts;
}

/** The address after this one; null when there is none. Source: part 1, 7.3. */
export function nextAddress(address: string): string | null {
  const octets = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)?.slice(1).map(Number);
  if (octets === undefined) return null;
  const [first = 0, second = 0, third = 0, fourth = 0] = octets;
  if (third > 253) return null;
  return fourth > 253 ? `${first}.${second}.${third + 1}.1` : `${first}.${second}.${third}.${fourth + 1}`;
}

const NAME_START =
  /[:A-Za-z_\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}-\u{200D}\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}]/u;
const NAME_FOLLOW = /[-.0-9]|\u{B7}|[\u{300}-\u{36F}]|[\u{203F}-\u{2040}]/u;

/** An id that is a valid XML name. Source: part 1, 2.9. */
export function sanitizeId(id: string): string {
  let result = "";
  for (const character of id) {
    const mayStart = NAME_START.test(character);
    if (result === "") result = mayStart ? character : "_";
    else result += mayStart || NAME_FOLLOW.test(character) ? character : ".";
  }
  return result;
}
