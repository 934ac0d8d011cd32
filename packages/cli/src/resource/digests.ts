import { XmlElement } from "@quorate/xml";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { clusterView, namedNode, namedResource, type ResourceCall } from "./resource-call.ts";

/** The digests by which changes of a resource's parameters are noticed on a node. */
export async function showDigests(call: ResourceCall): Promise<number> {
  const { output, request } = call;
  const view = await clusterView(call);
  const { id } = namedResource(view, call);
  const node = namedNode(view, call);
  if (node === null) throw new UsageError("--digests needs --node: parameters may differ from node to node");
  const found = view.digests(id, node, request.overrides)!;
  const section = new XmlElement("digests", [
    ["resource", request.resource ?? id],
    ["node", node],
    ["task", "start"],
    ["interval", `${found.intervalMs}ms`],
  ]);
  let text = `Digests for ${request.resource} start on ${node}:\n`;
  for (const { type, hash, parameters } of found.digests) {
    const digest = new XmlElement("digest", [
      ["type", type],
      ["hash", hash],
    ]);
    digest.append(new XmlElement("parameters", parameters));
    section.append(digest);
    text += `  ${type}: ${hash} (${[...parameters.keys()].join(" ")})\n`;
  }
  output.show({ text: () => text, xml: () => [section] });
  return ExitCode.ok;
}
