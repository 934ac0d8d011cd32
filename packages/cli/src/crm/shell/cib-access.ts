import type { XmlElement } from "@quorate/xml";
import { cibSource } from "../../cluster/cib-source.ts";
import { useCib } from "../../cluster/open-cib.ts";
import { type WriteOutcome, writeConfiguration as writeTo } from "../../cluster/write-configuration.ts";
import type { World } from "../../world.ts";

/** The whole CIB that the environment means: a shadow, a file, or the cluster's. @throws CibError, DaemonError, FileError */
export function readCib(world: World): Promise<XmlElement> {
  return useCib(world, cibSource(world.env), async (cib) => (await cib.document()).clone());
}

/** As the function of that name for a session, into the CIB that the environment means. @throws CibError, DaemonError, FileError */
export function writeConfiguration(
  world: World,
  original: XmlElement,
  target: XmlElement,
  options: { readonly allowsMistakes: boolean },
): Promise<WriteOutcome> {
  return useCib(world, cibSource(world.env), (cib) => writeTo(cib, original, target, options));
}
