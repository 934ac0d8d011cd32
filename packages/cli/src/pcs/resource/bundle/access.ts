import type { XmlElement } from "@quorate/xml";

/** Whether the cluster can talk to what runs in a bundle's containers. */
export function isReachableInBundle(bundle: XmlElement): boolean {
  const network = bundle.first("network");
  return ["control-port", "ip-range-start"].some((name) => (network?.get(name) ?? "") !== "");
}
