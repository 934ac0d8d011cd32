import type { XmlElement } from "@quorate/xml";
import { attributeBlock, operationsElement, primitiveElement } from "../resources/generated-xml.ts";
import type { Unpacking } from "../unpacking.ts";
import { attributeOf, isText } from "../xml-attribute.ts";
import { addNode } from "./add-node.ts";

/**
 * Makes the nodes that exist because of a resource: remote connections and guests. Returns the children of the
 * resources section, with the generated guest connections behind them. Source: part 1, 8.1 and 8.2.
 */
export function unpackImplicitNodes(unpacking: Unpacking): XmlElement[] {
  const section = unpacking.sections.resources;
  if (section === null) return [];
  const elements = section.elements();
  const configuredCount = elements.length;
  for (let i = 0; i < configuredCount; i++) {
    const element = elements[i];
    if (element === undefined) continue;
    if (isRemoteConnectionElement(element)) {
      const id = attributeOf(element, "id");
      if (id !== null) addRemoteNode(unpacking, id);
      continue;
    }
    if (element.name === "primitive") unpackGuest(unpacking, element, elements);
    else if (element.name === "group") {
      for (const member of element.elements()) unpackGuest(unpacking, member, elements);
    }
  }
  return elements;
}

function isRemoteConnectionElement(element: XmlElement): boolean {
  return (
    isText(element.get("class"), "ocf") &&
    isText(element.get("provider"), "pacemaker") &&
    isText(element.get("type"), "remote")
  );
}

function addRemoteNode(unpacking: Unpacking, name: string): void {
  if (unpacking.lookup.nodeByName(name) !== null) return;
  addNode(unpacking.cluster, unpacking.lookup, { id: name, name, kind: "remote", baseScore: 0 });
}

interface GuestSettings {
  name: string | null;
  address: string | null;
  port: string | null;
  connectTimeout: string;
  allowMigrate: string | null;
  isManaged: string | null;
}

/** The pairs are taken literally: no rules, no references, no scores; the last one counts. */
function readGuestSettings(element: XmlElement): GuestSettings {
  const settings: GuestSettings = {
    name: null,
    address: null,
    port: null,
    connectTimeout: "60s",
    allowMigrate: null,
    isManaged: null,
  };
  for (const block of element.all("meta_attributes")) {
    for (const pair of block.all("nvpair")) {
      const value = attributeOf(pair, "value");
      if (value === null) continue;
      switch (attributeOf(pair, "name")) {
        case "remote-node":
          settings.name = value;
          break;
        case "remote-addr":
          settings.address = value;
          break;
        case "remote-port":
          settings.port = value;
          break;
        case "remote-connect-timeout":
          settings.connectTimeout = value;
          break;
        case "remote-allow-migrate":
          settings.allowMigrate = value;
          break;
        case "is-managed":
          settings.isManaged = value;
          break;
      }
    }
  }
  return settings;
}

function unpackGuest(unpacking: Unpacking, launcher: XmlElement, elements: XmlElement[]): void {
  const launcherId = attributeOf(launcher, "id");
  const settings = readGuestSettings(launcher);
  const name = settings.name;
  if (name === null || launcherId === null) return;
  // A name that a resource has already would give one resource two meanings: the guest is left out.
  if (unpacking.sections.resources?.elements().some((element) => element.id === name)) {
    unpacking.cluster.diagnostics.push({
      severity: "error",
      code: "resource-invalid",
      message: `cib.xml:${launcher.line}: "${launcherId}" makes a guest node "${name}", but a resource has this id. Choose another remote-node name.`,
      elementId: launcherId,
      line: launcher.line,
    });
    return;
  }
  const connection = primitiveElement(name, "ocf", "pacemaker", "remote");
  const meta: [string, string][] = [
    ["internal_rsc", "true"],
    ["container", launcherId],
  ];
  if (settings.allowMigrate !== null) meta.push(["allow-migrate", settings.allowMigrate]);
  if (settings.isManaged !== null) meta.push(["is-managed", settings.isManaged]);
  connection.append(attributeBlock("meta_attributes", `${name}-meta_attributes`, meta));
  const parameters: [string, string][] = [];
  if (settings.address !== null) parameters.push(["addr", settings.address]);
  if (settings.port !== null) parameters.push(["port", settings.port]);
  if (parameters.length > 0) {
    connection.append(attributeBlock("instance_attributes", `${name}-instance_attributes`, parameters));
  }
  connection.append(
    operationsElement(name, [
      { name: "monitor", interval: "30s", timeout: "30s" },
      { name: "start", interval: "0", timeout: settings.connectTimeout },
    ]),
  );
  elements.push(connection);
  addRemoteNode(unpacking, name);
}
