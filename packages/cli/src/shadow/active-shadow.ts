import { describePatchset, diffCib, patchsetToXml } from "@quorate/cib";
import { serializeXml, XmlElement, XmlText } from "@quorate/xml";
import { activeShadow, shadowPath } from "../cluster/cib-source.ts";
import { ExitCode } from "../exit-codes.ts";
import { noActiveShadow, type ShadowCall, succeed } from "./shadow-command.ts";
import { behindShadow, readShadow } from "./shadow-file.ts";

export function showName(call: ShadowCall): number {
  const name = activeShadow(call.output.world.env);
  if (name === null) return noActiveShadow(call);
  return succeed(call, `${name}\n`, [new XmlElement("shadow", [["instance", name]])]);
}

export function showFile(call: ShadowCall): number {
  const { env } = call.output.world;
  const name = activeShadow(env);
  if (name === null) return noActiveShadow(call);
  const path = shadowPath(env, name);
  const element = new XmlElement("shadow", [
    ["instance", name],
    ["file", path],
  ]);
  return succeed(call, `${path}\n`, [element]);
}

export function showContents(call: ShadowCall): number | Promise<number> {
  return withActive(call, (name, document) => {
    const text = serializeXml(document);
    return succeed(call, text, [shadowWith(name, "content", text)]);
  });
}

/** Exit status 1 when there is a difference, as with diff(1). */
export function showDifferences(call: ShadowCall): number | Promise<number> {
  return withActive(call, (name, shadow) =>
    behindShadow(call, async (cib) => {
      const patchset = diffCib(await cib.document(), shadow, { attributeOrder: "listed" });
      if (patchset.changes.length === 0) {
        return succeed(call, "", [new XmlElement("shadow", [["instance", name]])]);
      }
      call.output.show({
        text: () => `${describePatchset(patchset).join("\n")}\n`,
        xml: () => [shadowWith(name, "xml-patchset", serializeXml(patchsetToXml(patchset)))],
      });
      return ExitCode.error;
    }),
  );
}

function withActive(
  call: ShadowCall,
  use: (name: string, document: XmlElement) => number | Promise<number>,
): number | Promise<number> {
  const name = activeShadow(call.output.world.env);
  if (name === null) return noActiveShadow(call);
  const read = readShadow(call, name);
  return read.ok ? use(name, read.document) : read.exitCode;
}

/** `<shadow instance="NAME"><CHILD>text</CHILD></shadow>`, the text unescaped in a CDATA section. */
function shadowWith(name: string, childName: string, text: string): XmlElement {
  const child = new XmlElement(childName);
  child.append(new XmlText(text, { isCdata: true }));
  const shadow = new XmlElement("shadow", [["instance", name]]);
  shadow.append(child);
  return shadow;
}
