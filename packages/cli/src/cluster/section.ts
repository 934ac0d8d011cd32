import { XmlElement } from "@quorate/xml";
import { ExitCode } from "../exit-codes.ts";
import { CibError, type CibSession } from "./cib-session.ts";

/**
 * The document, of a cluster's with nothing in it but one section: the whole may have megabytes, and agents ask for an attribute at every
 * monitor. @throws CibError
 */
export async function documentWith(cib: CibSession, section: string): Promise<XmlElement> {
  if (!cib.isLive) return cib.document();
  const root = new XmlElement("cib");
  const element = await sectionOf(cib, section);
  if (element === null) return root;
  if (section === "status") root.append(element);
  else {
    const configuration = new XmlElement("configuration");
    configuration.append(element);
    root.append(configuration);
  }
  return root;
}

/** Null: the document has none. */
async function sectionOf(cib: CibSession, section: string): Promise<XmlElement | null> {
  try {
    return await cib.call({ operation: "cib_query", section });
  } catch (error) {
    if (error instanceof CibError && error.exitCode === ExitCode.noSuch) return null;
    throw error;
  }
}
