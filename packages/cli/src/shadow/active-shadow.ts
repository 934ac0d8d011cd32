import { describePatchset, diffCib, patchsetToXml } from "@quorate/cib";
import { serializeXml, XmlElement, XmlText } from "@quorate/xml";
import { activeShadow, shadowPath } from "../cluster/cib-source.ts";
import { ExitCode } from "../exit-codes.ts";
import { type CommandResult, success } from "../output/deliver.ts";
import type { World } from "../world.ts";
import { noActiveShadow, type ShadowCall } from "./shadow-command.ts";
import { behindShadow, readShadow } from "./shadow-file.ts";

export function showName({ world }: ShadowCall): CommandResult {
  const name = activeShadow(world.env);
  if (name === null) return noActiveShadow(world);
  return success(`${name}\n`, [new XmlElement("shadow", [["instance", name]])]);
}

export function showFile({ world }: ShadowCall): CommandResult {
  const name = activeShadow(world.env);
  if (name === null) return noActiveShadow(world);
  const path = shadowPath(world.env, name);
  const element = new XmlElement("shadow", [
    ["instance", name],
    ["file", path],
  ]);
  return success(`${path}\n`, [element]);
}

export function showContents({ world }: ShadowCall): CommandResult {
  return withActive(world, (name, document) => {
    const text = serializeXml(document);
    return success(text, [shadowWith(name, "content", text)]);
  });
}

/** Exit status 1 when there is a difference, as with diff(1). */
export async function showDifferences({ world }: ShadowCall): Promise<CommandResult> {
  return withActive(world, (name, shadow) =>
    behindShadow(world, async (cib) => {
      const patchset = diffCib(await cib.document(), shadow, { attributeOrder: "listed" });
      if (patchset.changes.length === 0) {
        return success("", [new XmlElement("shadow", [["instance", name]])]);
      }
      return {
        exitCode: ExitCode.error,
        text: `${describePatchset(patchset).join("\n")}\n`,
        content: [shadowWith(name, "xml-patchset", serializeXml(patchsetToXml(patchset)))],
        errors: [],
      };
    }),
  );
}

function withActive<T>(
  world: World,
  use: (name: string, document: XmlElement) => T | CommandResult,
): T | CommandResult {
  const name = activeShadow(world.env);
  if (name === null) return noActiveShadow(world);
  const read = readShadow(world, name);
  return read.ok ? use(name, read.document) : read.result;
}

/** `<shadow instance="NAME"><CHILD>text</CHILD></shadow>`, the text unescaped in a CDATA section. */
function shadowWith(name: string, childName: string, text: string): XmlElement {
  const child = new XmlElement(childName);
  child.append(new XmlText(text, { isCdata: true }));
  const shadow = new XmlElement("shadow", [["instance", name]]);
  shadow.append(child);
  return shadow;
}
