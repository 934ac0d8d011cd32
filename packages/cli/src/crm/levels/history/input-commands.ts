import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { WorkingCopy } from "../../configuration/working-copy.ts";
import { isSecret } from "../../language/write/values.ts";
import type { Shell } from "../../shell/shell.ts";
import { configurationText } from "../configure/show-command.ts";
import { differences } from "../host-files.ts";
import { inputFile } from "../scheduler-inputs.ts";

/** `show INPUT [status]` */
export async function showInput(shell: Shell, [which, what]: readonly string[]): Promise<boolean> {
  const text = await textOf(shell, "show", which!, what);
  if (text !== null) shell.page(text);
  return text !== null;
}

/** `diff INPUT INPUT [status]`; says nothing when they are the same. */
export async function diffInputs(shell: Shell, [one, other, what]: readonly string[]): Promise<boolean> {
  const before = await textOf(shell, "diff", one!, what);
  const after = before === null ? null : await textOf(shell, "diff", other!, what);
  if (before === null || after === null) return false;
  const text = await differences(shell, `${before}\n`, `${after}\n`, [one!, other!]);
  if (text !== "") shell.page(text);
  return true;
}

/** The configuration in an input, or the state of the cluster, without passwords. Null after a mistake, which was told. */
async function textOf(
  shell: Shell,
  command: string,
  which: string,
  what: string | undefined,
): Promise<string | null> {
  if (what !== undefined && what !== "status") {
    shell.messages.error(`history.${command}: "${what}" is not known here. Expected status`);
    return null;
  }
  const cib = which === "live" ? await shell.readCib() : inputCib(shell, command, which);
  if (cib === null) return null;
  if (what === undefined)
    return configurationText(new WorkingCopy(cib, shell.messages), [], { hides: isSecret }).text;
  const { main } = await import("../../../commands/crm_mon.ts");
  let text = "";
  const world = {
    ...shell.world,
    programName: "crm_mon",
    env: { ...shell.world.env, CIB_file: "input.xml", CIB_shadow: "" },
    readFile: () => serializeXml(cib),
    fileExists: () => true,
    stdout: (piece: string) => {
      text += piece;
    },
  };
  const isShown = (await main(["--one-shot", "--inactive", "--exclude=times"], world)) === 0;
  return isShown ? text.trimEnd() : null;
}

function inputCib(shell: Shell, command: string, which: string): XmlElement | null {
  const file = inputFile(shell, which);
  if (file === null) {
    shell.messages.error(
      `history.${command}: this host did not keep an input "${which}"; "peinputs" lists what there is`,
    );
    return null;
  }
  const parsed = parseXml(shell.world.readFile(file));
  if (parsed.ok) return parsed.root;
  shell.messages.error(`history.${command}: ${file}: ${parsed.error.message}`);
  return null;
}
