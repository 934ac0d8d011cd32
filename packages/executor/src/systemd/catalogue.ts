import { serializeXml, XmlElement, XmlText } from "@quorate/xml";
import type { SystemdManager } from "./manager.ts";
import { isUnknownUnit, unitName, unitType } from "./units.ts";

const ACTIONS = [
  { name: "start", timeout: "100s" },
  { name: "stop", timeout: "100s" },
  { name: "status", timeout: "100s" },
  { name: "monitor", timeout: "100s", interval: "60s" },
  { name: "meta-data", timeout: "5s" },
] as const;

/** Types of all units that the cluster could manage, sorted; none when systemd does not answer. */
export async function listUnitTypes(manager: SystemdManager): Promise<readonly string[]> {
  try {
    const types = (await manager.listUnitFiles()).map(unitType).filter((type) => type !== null);
    return [...new Set(types)].sort();
  } catch {
    return [];
  }
}

/**
 * Whether systemd has such a unit; for class `service`. Rejects with a DBusError when systemd does not answer, for whoever took that
 * for "no" would start a second copy elsewhere. A machine without a message bus has no units. Source: executor
 * specification, 7 (names).
 */
export async function unitExists(manager: SystemdManager, type: string): Promise<boolean> {
  const state = await loadState(manager, type);
  return state === "loaded" || state === "masked";
}

/** Metadata of a unit, made up: units tell of themselves only what they are called. Source: executor specification, 10. */
export async function unitMetadata(manager: SystemdManager, type: string): Promise<string> {
  const unit = unitName(type);
  let description = "";
  if (await unitExists(manager, type).catch(() => false))
    description = await manager.unitProperty(await manager.loadUnit(unit), "Description");
  const agent = new XmlElement("resource-agent", [
    ["name", type],
    ["version", "1.0"],
  ]);
  append(agent, "version", "1.1");
  append(agent, "longdesc", description || unit).set("lang", "en");
  append(agent, "shortdesc", `systemd unit file for ${type}`).set("lang", "en");
  agent.append(new XmlElement("parameters"));
  const actions = new XmlElement("actions");
  for (const action of ACTIONS) actions.append(new XmlElement("action", Object.entries(action)));
  agent.append(actions);
  agent.append(new XmlElement("special", [["tag", "systemd"]]));
  return serializeXml(agent);
}

async function loadState(manager: SystemdManager, type: string): Promise<string> {
  try {
    return await manager.unitProperty(await manager.loadUnit(unitName(type)), "LoadState");
  } catch (error) {
    if (manager.hasNoBus || isUnknownUnit(error)) return "not-found";
    throw error;
  }
}

function append(parent: XmlElement, name: string, text: string): XmlElement {
  const element = new XmlElement(name);
  element.append(new XmlText(text));
  parent.append(element);
  return element;
}
