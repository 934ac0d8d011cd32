import { type AccessStyle, findSection, renderAccess } from "@quorate/cib";
import { selectXPath, type XmlElement } from "@quorate/xml";
import { CibError } from "../cluster/cib-session.ts";
import { UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import type { World } from "../world.ts";
import type { CibadminOptions } from "./cibadmin-options.ts";

const STYLES: readonly string[] = ["color", "text", "namespace"];

/** `auto` is colour for a person, marks otherwise. @throws UsageError */
export function accessStyle(text: string, world: World): AccessStyle {
  if (text === "" || text === "auto") return world.isInteractive() ? "color" : "text";
  if (STYLES.includes(text)) return text as AccessStyle;
  throw new UsageError(`--show-access "${text}": write color, text, namespace or auto`);
}

/** What a user may do in a document, or in the part of it that the command line names. @throws CibError */
export function describeAccess(
  document: XmlElement,
  user: string,
  style: AccessStyle,
  chosen: CibadminOptions,
  world: World,
): string {
  if (user === "root" || user === "hacluster") {
    throw new CibError(`access rules do not apply to ${user}, who may do everything`, ExitCode.configuration);
  }
  const identity = { user, groups: world.groupsOf(user) };
  return shownIn(document, chosen)
    .map((element) => renderAccess(document, identity, element, style))
    .join("");
}

function shownIn(document: XmlElement, chosen: CibadminOptions): readonly XmlElement[] {
  const found: XmlElement[] = [];
  if (chosen.xpath === null) {
    const section = findSection(document, chosen.scope);
    if (section !== null) found.push(section);
  } else {
    const selected = selectXPath(document, chosen.xpath);
    if (!selected.ok) throw new CibError(selected.error, ExitCode.software);
    for (const node of selected.nodes) if (node.kind === "element") found.push(node);
  }
  if (found.length === 0) throw new CibError("No such device or address", ExitCode.noSuch);
  return found;
}
