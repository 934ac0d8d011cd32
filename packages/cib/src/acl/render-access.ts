import { serializeXml, XmlElement } from "@quorate/xml";
import { type Access, AccessView } from "./access.ts";
import type { Identity } from "./identity.ts";
import { permissionsOf } from "./permissions.ts";

/** How `renderAccess` marks what a user may do. */
export type AccessStyle = "color" | "namespace" | "text";

const COLORS: Readonly<Record<Access, string>> = {
  denied: "\u001b[31m",
  readable: "\u001b[34m",
  writable: "\u001b[32m",
};
const COLOR_OFF = "\u001b[0m";

const TITLES: Readonly<Record<Access, string>> = {
  denied: "~DENIED~",
  readable: "READABLE",
  writable: "WRITABLE",
};

/**
 * An element of a document as text, with what the user may do in it: each tag in its colour, or a mark wherever the
 * access differs from that to the parent. Evaluated whether or not the rules are switched on.
 */
export function renderAccess(
  cib: XmlElement,
  identity: Identity,
  shown: XmlElement,
  style: AccessStyle,
): string {
  const view = new AccessView(cib, permissionsOf(cib, identity));
  const above: XmlElement[] = [];
  for (let up = shown.parent; up !== null; up = up.parent) above.unshift(up);
  let inherited: Access = "denied";
  for (const element of above) inherited = view.access(element, inherited);
  const head = `<!-- ACLs as evaluated for user ${identity.user.replaceAll("--", "- -")} -->\n`;
  switch (style) {
    case "color":
      return head + inColor(shown, view, inherited, "");
    case "text":
      return head + withMarks(shown, view, { inherited, shown: null, indent: "" });
    case "namespace": {
      const marked = withPrefixes(shown, view, inherited, null);
      for (const name of ["writable", "readable", "denied"]) {
        marked.set(`xmlns:pcmk-access-${name}`, `http://clusterlabs.org/ns/pacemaker/access/${name}`);
      }
      return head + serializeXml(marked);
    }
  }
}

function inColor(element: XmlElement, view: AccessView, inherited: Access, indent: string): string {
  const access = view.access(element, inherited);
  const color = indent + COLORS[access];
  if (element.children.length === 0) return `${color}${startTag(element)}${COLOR_OFF}\n`;
  let text = `${color}${startTag(element)}\n`;
  for (const child of element.children) {
    if (child.kind === "element") text += inColor(child, view, access, `${indent}  `);
    else if (child.kind === "comment") text += `${indent}  <!--${child.text}-->\n`;
  }
  return `${text}${color}</${element.name}>${COLOR_OFF}\n`;
}

function withMarks(
  element: XmlElement,
  view: AccessView,
  place: { readonly inherited: Access; readonly shown: Access | null; readonly indent: string },
): string {
  const { inherited, shown, indent } = place;
  const access = view.access(element, inherited);
  let text = "";
  if (access !== shown) {
    if (shown !== null) text += `${indent}\n`;
    text += `${indent}vvv---[ ${TITLES[access]} ]---vvv\n`;
  }
  if (element.children.length === 0) return `${text}${indent}${startTag(element)}\n`;
  text += `${indent}${startTag(element)}\n`;
  for (const child of element.children) {
    if (child.kind === "element") {
      text += withMarks(child, view, { inherited: access, shown: access, indent: `${indent}  ` });
    } else if (child.kind === "comment") text += `${indent}  <!--${child.text}-->\n`;
  }
  return `${text}${indent}</${element.name}>\n`;
}

/** `<name a="b">`, or `<name a="b"/>` when it has no children. */
function startTag(element: XmlElement): string {
  const alone = serializeXml(new XmlElement(element.name, element.attributes)).trimEnd();
  return element.children.length === 0 ? alone : `${alone.slice(0, -2)}>`;
}

function withPrefixes(
  element: XmlElement,
  view: AccessView,
  inherited: Access,
  shown: Access | null,
): XmlElement {
  const access = view.access(element, inherited);
  const name = access === shown ? element.name : `pcmk-access-${access}:${element.name}`;
  const copy = new XmlElement(name, element.attributes);
  for (const child of element.children) {
    copy.append(child.kind === "element" ? withPrefixes(child, view, access, access) : child.clone());
  }
  return copy;
}
