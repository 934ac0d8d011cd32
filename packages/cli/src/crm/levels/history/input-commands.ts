import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { WorkingCopy } from "../../configuration/working-copy.ts";
import { isSecret } from "../../language/write/values.ts";
import type { Shell } from "../../shell/shell.ts";
import { configurationText } from "../configure/show-command.ts";
import { differences } from "../host-files.ts";
import { inputFile } from "../scheduler-inputs.ts";
import { wordDifferences } from "./word-diff.ts";

/** `show INPUT [status]` */
export async function showInput(shell: Shell, [which, what]: readonly string[]): Promise<boolean> {
  const text = await textOf(shell, "show", which!, what);
  if (text !== null) shell.page(text);
  return text !== null;
}

/** `diff INPUT INPUT [status]`; says nothing when they are the same. */
export async function diffInputs(shell: Shell, [one, other, what]: readonly string[]): Promise<boolean> {
  return compareInputs(shell, "diff", [one!, other!, what], undefined, (text) => text);
}

/** `wdiff INPUT INPUT [status]`: the same by words, without the lines around. */
export async function diffWords(shell: Shell, [one, other, what]: readonly string[]): Promise<boolean> {
  return compareInputs(shell, "wdiff", [one!, other!, what], 0, wordDifferences);
}

async function compareInputs(
  shell: Shell,
  command: string,
  [one, other, what]: readonly [string, string, string | undefined],
  contextLines: number | undefined,
  render: (unified: string) => string,
): Promise<boolean> {
  const before = await textOf(shell, command, one, what);
  const after = before === null ? null : await textOf(shell, command, other, what);
  if (before === null || after === null) return false;
  const names = [one, other] as const;
  const options = contextLines === undefined ? { names } : { names, contextLines };
  const text = render(await differences(shell, `${before}\n`, `${after}\n`, options));
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
    shell.messages.error(`history.${command}: no input "${which}" was kept; "peinputs" lists what there is`);
    return null;
  }
  const parsed = parseXml(shell.world.readFile(file));
  if (parsed.ok) return parsed.root;
  shell.messages.error(`history.${command}: ${file}: ${parsed.error.message}`);
  return null;
}
