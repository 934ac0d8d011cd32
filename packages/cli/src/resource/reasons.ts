import type { ClusterView, ReasonView } from "@quorate/scheduler";
import { XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import { clusterView, namedNode, namedResource, type ResourceCall } from "./resource-call.ts";

/** Why resources do or do not run, as far as the configuration says it; `quorate explain` tells the scores, too. */
export async function showReasons(call: ResourceCall): Promise<number> {
  const view = await clusterView(call);
  const node = namedNode(view, call);
  if (call.request.resource !== null) {
    const { id, active } = namedResource(view, call);
    const isRunning = node === null ? active.length > 0 : active.some((place) => place.node === node);
    const reason = new XmlElement("reason");
    if (node === null) reason.set("running", String(isRunning));
    else if (isRunning) reason.set("running_on", node);
    const where = node === null ? "" : ` on host ${node}`;
    let text = `Resource ${id} is ${isRunning ? "" : "not "}running${where}\n`;
    text += appendCheck(reason, view.reasons(id, node)!);
    call.output.show({ text: () => text, xml: () => [reason] });
    return ExitCode.ok;
  }
  const reason = new XmlElement("reason");
  const resources = new XmlElement("resources");
  let text = "";
  for (const { id, active } of shown(view, node)) {
    const isRunning = node === null ? active.length > 0 : active.some((place) => place.node === node);
    const element = new XmlElement("resource", [
      ["id", id],
      ["running", String(isRunning)],
    ]);
    if (node !== null) element.set("host", node);
    text += `Resource ${id} is ${isRunning ? "" : "not "}running${node === null ? "" : ` on host ${node}`}\n`;
    text += appendCheck(element, view.reasons(id, node)!);
    resources.append(element);
  }
  reason.append(resources);
  call.output.show({ text: () => text, xml: () => [reason] });
  return ExitCode.ok;
}

function shown(view: ClusterView, _node: string | null) {
  return view.primitives;
}

/** Adds the element of what was found, and returns it as text. */
function appendCheck(to: XmlElement, found: ReasonView): string {
  const check = new XmlElement("check", [["id", found.resource]]);
  const lines: string[] = [];
  const note = (attribute: string, value: string, line: string) => {
    check.set(attribute, value);
    lines.push(line);
  };
  if (found.remainsStopped) {
    note("remain_stopped", "true", "Configuration specifies this resource should remain stopped");
  }
  if (found.isNotPromotable) {
    note("promotable", "false", "Configuration specifies this resource should not be promoted");
  }
  if (found.isUnmanaged) {
    note("unmanaged", "true", "Configuration prevents cluster from stopping or starting unmanaged resource");
  }
  if (found.lockedTo !== null) {
    note("locked-to", found.lockedTo, `The resource is locked to node ${found.lockedTo} due to shutdown`);
  }
  if (found.isUnhealthy) note("unhealthy", "true", "The resource is not allowed to run on an unhealthy node");
  to.append(check);
  return lines.map((line) => `  * ${line}\n`).join("");
}
