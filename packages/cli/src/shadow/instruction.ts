import { XmlElement, XmlText } from "@quorate/xml";
import { type CommandResult, success } from "../output/deliver.ts";

/** A result that tells what to type next; `notice` comes before it in the text. */
export function instruction(text: string, notice = ""): CommandResult {
  const element = new XmlElement("instruction");
  element.append(new XmlText(text));
  return success(`${notice}${text}\n`, [element]);
}
