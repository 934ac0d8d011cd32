import { XmlElement, XmlText } from "@quorate/xml";
import { versionOf } from "../document/versions.ts";
import { upgradeCib } from "../upgrade/upgrade.ts";
import { DONE, failed, type Step, type StepOutcome } from "./step.ts";

/**
 * `cib_upgrade`: brings the document to the newest schema; the reply of a success lists remarks about it. A new generation begins: the
 * admin epoch rises. Source: CIB specification, sections 2 and 9.
 */
export function upgrade({ draft }: Step): StepOutcome {
  const outcome = upgradeCib(draft.root);
  switch (outcome.kind) {
    case "unchanged":
      return failed("schemaUnchanged", "the configuration has the newest schema already");
    case "unknownSchema":
      return failed("schema", `validate-with="${outcome.schema ?? ""}" is no schema that could be upgraded`);
    case "upgraded": {
      const { document, log } = outcome;
      document.set("admin_epoch", String(versionOf(draft.root).adminEpoch + 1));
      document.set("epoch", "1");
      document.set("num_updates", "1");
      draft.replace(draft.root, document);
      return log.length === 0 ? DONE : { ...DONE, reply: remarks(log) };
    }
  }
}

function remarks(log: readonly string[]): XmlElement {
  const list = new XmlElement("upgrade-log");
  for (const line of log) {
    const remark = new XmlElement("remark");
    remark.append(new XmlText(line));
    list.append(remark);
  }
  return list;
}
