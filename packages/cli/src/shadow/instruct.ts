import { XmlElement, XmlText } from "@quorate/xml";
import { type ShadowCall, succeed } from "./shadow-command.ts";

/** Tells what to type next; `notice` comes before it in the text. */
export function instruct(call: ShadowCall, text: string, notice = ""): number {
  const element = new XmlElement("instruction");
  element.append(new XmlText(text));
  return succeed(call, `${notice}${text}\n`, [element]);
}
