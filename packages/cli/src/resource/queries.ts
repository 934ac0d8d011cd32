import { serializeXml, XmlElement, XmlText } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import { clusterView, namedNode, namedResource, type ResourceCall } from "./resource-call.ts";

export async function listResources(call: ResourceCall): Promise<number> {
  const view = await clusterView(call);
  call.output.show({ text: () => view.listText, xml: () => [view.listElement] });
  return ExitCode.ok;
}

export async function listPrimitives(call: ResourceCall): Promise<number> {
  const { primitives } = await clusterView(call);
  call.output.show({
    text: () => primitives.map(({ id }) => `${id}\n`).join(""),
    xml: () => [
      withChildren(
        "resources",
        primitives.map(({ id }) => new XmlElement("resource", [["id", id]])),
      ),
    ],
  });
  return ExitCode.ok;
}

export async function locate(call: ResourceCall): Promise<number> {
  const { request, output } = call;
  const name = request.resource ?? "";
  const { active } = namedResource(await clusterView(call), call);
  output.show({
    text: () => {
      if (request.isQuiet) return active.map(({ node }) => `${node}\n`).join("");
      if (active.length === 0) return `resource ${name} is NOT running\n`;
      const line = ({ node, isPromoted }: { node: string; isPromoted: boolean }) =>
        `resource ${name} is running on: ${node}${isPromoted ? " Promoted" : ""}\n`;
      return active.map(line).join("");
    },
    xml: () => {
      const nodes = active.map(({ node, isPromoted }) => {
        const element = new XmlElement("node", isPromoted ? [["state", "promoted"]] : []);
        element.append(new XmlText(node));
        return element;
      });
      const element = withChildren("nodes", nodes);
      element.set("resource", name);
      return [element];
    },
  });
  return ExitCode.ok;
}

/** The effective configuration of a resource, or (raw) what is written. */
export async function queryXml(call: ResourceCall, form: "effective" | "raw"): Promise<number> {
  const view = await clusterView(call);
  const { id, xml } = namedResource(view, call);
  const text = serializeXml(form === "effective" ? xml : ((await writtenElement(call, xml)) ?? xml));
  call.output.show({
    text: () => `${view.lineText(id)}Resource XML:\n${text}`,
    xml: () => {
      const config = new XmlElement("resource_config");
      const listed = view.element(id);
      if (listed !== null) config.append(listed);
      const element = new XmlElement("xml");
      element.append(new XmlText(text, { isCdata: true }));
      config.append(element);
      return [config];
    },
  });
  return ExitCode.ok;
}

async function writtenElement({ cib }: ResourceCall, xml: XmlElement): Promise<XmlElement | null> {
  const resources = (await cib.document()).first("configuration")?.first("resources");
  for (const element of resources?.descendants(xml.name) ?? []) if (element.id === xml.id) return element;
  return null;
}

/** Where the resource must go and what it goes with; recursively, what that goes with. */
export async function showConstraints(call: ResourceCall, isRecursive: boolean): Promise<number> {
  const view = await clusterView(call);
  const { id } = namedResource(view, call);
  const constraints = view.constraints(id, { isRecursive, isItself: call.request.isForced });
  call.output.show({
    text: () => constraints.text,
    xml: () => [withChildren("constraints", constraints.elements)],
  });
  return ExitCode.ok;
}

export async function listOperations(call: ResourceCall, isAll: boolean): Promise<number> {
  const view = await clusterView(call);
  const node = namedNode(view, call);
  const operations = view.operations({ resource: call.request.resource, node, isAll });
  call.output.show({
    text: () =>
      operations
        .map((operation) => {
          const state = operation.stateText === null ? "" : `${operation.stateText}: `;
          const exec = operation.execMs === null ? "" : `, exec=${operation.execMs}ms`;
          const { key, callId, exitCode, status } = operation;
          return `${state}${key} (node=${operation.node}, call=${callId}, rc=${exitCode}${exec}): ${status}\n`;
        })
        .join(""),
    xml: () => [
      withChildren(
        "operations",
        operations.map((operation) => {
          const element = new XmlElement("operation", [
            ["op", operation.key],
            ["node", operation.node],
            ["call", operation.callId],
            ["rc", operation.exitCode],
            ["status", operation.status],
          ]);
          if (operation.resource !== null) element.set("rsc", operation.resource);
          if (operation.agent !== null) element.set("agent", operation.agent);
          if (operation.execMs !== null) element.set("exec-time", operation.execMs);
          return element;
        }),
      ),
    ],
  });
  return ExitCode.ok;
}

function withChildren(name: string, children: readonly XmlElement[]): XmlElement {
  const element = new XmlElement(name);
  for (const child of children) element.append(child);
  return element;
}
