import { XmlElement } from "@quorate/xml";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { clusterView, namedNode, namedResource, needDaemon, type ResourceCall } from "./resource-call.ts";
import { waitUntilSettled } from "./settled.ts";

/**
 * Stops a resource, waits until the cluster has settled, and starts it again. On one node (of a clone) by a ban there, else by its target
 * role. What was set before is set again, also when the wait takes too long.
 */
export async function restartResource(call: ResourceCall): Promise<number> {
  needDaemon(call);
  const { cib, output } = call;
  const view = await clusterView(call);
  const resource = namedResource(view, call);
  const node = namedNode(view, call);
  const top = view.resource(resource.topId)!;
  const isActive =
    node === null ? resource.active.length > 0 : resource.active.some((place) => place.node === node);
  if (!isActive) {
    throw new UsageError(
      `${resource.id} is not running${node === null ? "" : ` on ${node}`} and so cannot be restarted`,
    );
  }
  if (node !== null && top.kind !== "clone" && top.kind !== "bundle") {
    throw new UsageError(
      "--restart with --node is for clones and bundles: other resources run on one node only",
    );
  }
  const before = view.options(top.id, "meta", null).get("target-role") ?? null;
  const ban = new XmlElement("rsc_location", [
    ["id", `cli-restart-${top.configuredId}-on-${node}`],
    ["rsc", top.configuredId],
    ["node", node ?? ""],
    ["score", "-INFINITY"],
  ]);
  const setId = `${top.configuredId}-meta_attributes`;
  const nvpairId = `${setId}-target-role`;
  const setRole = (value: string) => {
    const element = new XmlElement(top.xml.name, [["id", top.configuredId]]);
    const existing = top.xml.first("meta_attributes");
    const set = new XmlElement("meta_attributes", [["id", existing?.id ?? setId]]);
    const known = existing?.all("nvpair").find((nvpair) => nvpair.get("name") === "target-role");
    set.append(
      new XmlElement("nvpair", [
        ["id", known?.id ?? nvpairId],
        ["name", "target-role"],
        ["value", value],
      ]),
    );
    element.append(set);
    return cib.call({ operation: "cib_modify", section: "resources", data: element, flags: ["can-create"] });
  };
  if (node === null) await setRole("Stopped");
  else {
    const constraints = new XmlElement("constraints");
    constraints.append(ban);
    await cib.call({
      operation: "cib_modify",
      section: "constraints",
      data: constraints,
      flags: ["can-create"],
    });
  }
  try {
    await waitUntilSettled(call);
  } finally {
    if (node !== null) {
      const criteria = new XmlElement("rsc_location", [["id", ban.id!]]);
      await cib.call({ operation: "cib_delete", section: "constraints", data: criteria });
    } else if (before !== null) await setRole(before);
    else {
      const criteria = new XmlElement("nvpair", [["id", nvpairId]]);
      await cib.call({ operation: "cib_delete", section: "resources", data: criteria });
    }
  }
  await waitUntilSettled(call);
  output.text(`${resource.id} successfully restarted\n`);
  return ExitCode.ok;
}
