import { serializeXml, XmlElement, XmlText } from "@quorate/xml";

const ACTIONS = [
  { name: "start", timeout: "15" },
  { name: "stop", timeout: "15" },
  { name: "restart", timeout: "15" },
  { name: "force-reload", timeout: "15" },
  { name: "status", timeout: "15" },
  { name: "monitor", timeout: "15", interval: "15" },
  { name: "meta-data", timeout: "5" },
] as const;

/** Lines of the comment block that are handed on, under `special`. */
const DEPENDENCY_KEYS = [
  "Provides",
  "Required-Start",
  "Required-Stop",
  "Should-Start",
  "Should-Stop",
  "Default-Start",
  "Default-Stop",
] as const;

/**
 * Metadata made from the comment block of an init script (`### BEGIN INIT INFO`); a script without one gets its name
 * and the actions only. Source: executor specification, 10.
 */
export function lsbMetadata(type: string, script: string): string {
  const block = parseCommentBlock(script);
  const agent = new XmlElement("resource-agent", [
    ["name", type],
    ["version", "1.0"],
  ]);
  appendText(agent, "version", "1.1");
  appendText(agent, "longdesc", block.get("Description") ?? type).set("lang", "en");
  appendText(agent, "shortdesc", block.get("Short-Description") ?? type).set("lang", "en");
  agent.append(new XmlElement("parameters"));
  const actions = new XmlElement("actions");
  for (const action of ACTIONS) {
    actions.append(new XmlElement("action", Object.entries(action)));
  }
  agent.append(actions);
  const special = new XmlElement("special", [["tag", "LSB"]]);
  for (const key of DEPENDENCY_KEYS) {
    const value = block.get(key);
    if (value !== undefined) {
      appendText(special, key, value);
    }
  }
  agent.append(special);
  return serializeXml(agent);
}

function appendText(parent: XmlElement, name: string, text: string): XmlElement {
  const element = new XmlElement(name);
  element.append(new XmlText(text));
  parent.append(element);
  return element;
}

/** Keys and values between the marks; a line that begins with blanks goes on with the value before. */
function parseCommentBlock(script: string): ReadonlyMap<string, string> {
  const block = new Map<string, string>();
  let isInside = false;
  let lastKey: string | null = null;
  for (const line of script.split("\n")) {
    if (line.startsWith("### BEGIN INIT INFO")) {
      isInside = true;
    } else if (line.startsWith("### END INIT INFO")) {
      break;
    } else if (isInside) {
      const keyed = /^#\s?([A-Za-z-]+):\s*(.*)$/u.exec(line);
      const continued = /^#(?:\t| {2,})\s*(.*)$/u.exec(line);
      if (keyed !== null) {
        lastKey = keyed[1] ?? "";
        block.set(lastKey, (keyed[2] ?? "").trim());
      } else if (continued !== null && lastKey !== null) {
        block.set(lastKey, `${block.get(lastKey) ?? ""} ${(continued[1] ?? "").trim()}`.trim());
      }
    }
  }
  return block;
}
