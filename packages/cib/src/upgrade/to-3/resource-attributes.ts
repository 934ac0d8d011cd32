import type { XmlElement } from "@quorate/xml";
import { below } from "../elements.ts";
import { thresholdOf } from "./cluster-options.ts";

const ISOLATION: ReadonlySet<string> = new Set([
  "isolation",
  "isolation-host",
  "isolation-instance",
  "isolation-wrapper",
]);

/** Parameters of fence devices, and meta-attributes of resources, that have other names now or are gone. */
export function upgradeResourceAttributes(resources: XmlElement | null): void {
  for (const primitive of [...below(resources, "primitive"), ...below(resources, "template")]) {
    if (primitive.get("class") !== "stonith") continue;
    for (const block of primitive.all("instance_attributes")) upgradeDeviceParameters(block);
  }
  for (const owner of below(resources)) {
    if (owner.name === "op") continue;
    for (const block of owner.all("meta_attributes")) upgradeMetaAttributes(block);
  }
}

export function upgradeDeviceParameters(block: XmlElement): void {
  for (const pair of block.all("nvpair")) {
    const name = pair.get("name") ?? "";
    const command = /^(pcmk_.+)_cmd$/.exec(name);
    if (command !== null) pair.set("name", `${command[1]}_action`);
    if (name !== "pcmk_arg_map") continue;
    const port = /^port:([^,:]*)$/.exec(pair.get("value") ?? "");
    if (port === null) pair.remove();
    else {
      pair.set("name", "pcmk_host_argument");
      pair.set("value", port[1]!);
    }
  }
}

/** A resource that was to run in a container of its own would run outside of it: it is stopped instead. */
function upgradeMetaAttributes(block: XmlElement): void {
  let isStopped = false;
  for (const pair of block.all("nvpair")) {
    const name = pair.get("name") ?? "";
    if (ISOLATION.has(name)) {
      if (isStopped) pair.remove();
      else {
        pair.set("name", "target-role");
        pair.set("value", "Stopped");
        isStopped = true;
      }
    }
    if (name === "resource-failure-stickiness" || name === "resource_failure_stickiness") {
      const threshold = thresholdOf(pair.get("value"));
      if (threshold === null) pair.remove();
      else {
        pair.set("name", "migration-threshold");
        pair.set("value", threshold);
      }
    }
  }
}
