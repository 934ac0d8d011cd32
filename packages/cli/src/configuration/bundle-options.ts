import type { XmlElement } from "@quorate/xml";

const CONTAINER_TYPES = ["docker", "podman", "rkt"] as const;

/** Options of each part of a bundle, in the order in which they are shown. */
export const CONTAINER_OPTIONS = [
  "image",
  "replicas",
  "replicas-per-host",
  "promoted-max",
  "run-command",
  "network",
  "options",
] as const;
export const NETWORK_OPTIONS = [
  "ip-range-start",
  "control-port",
  "host-interface",
  "host-netmask",
  "add-host",
] as const;
export const PORT_OPTIONS = ["port", "internal-port", "range"] as const;
export const STORAGE_OPTIONS = ["source-dir", "source-dir-root", "target-dir", "options"] as const;

/** The element that says which container a bundle has; null when there is none. */
export function containerOf(bundle: XmlElement): XmlElement | null {
  return bundle.elements().find(({ name }) => (CONTAINER_TYPES as readonly string[]).includes(name)) ?? null;
}
