import { serializeXml, type XmlElement } from "@quorate/xml";
import type { Shell } from "../shell/shell.ts";

/** What may follow a command that shows what the cluster would do. */
export const SIMULATION_WORDS = "[nograph] [v...] [scores] [actions] [utilization]";

/** What a word adds to `crm_simulate`. That nothing is drawn needs no option. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  nograph: [],
  scores: ["--show-scores"],
  utilization: ["--show-utilization"],
  // They are always shown.
  actions: [],
};

export function isSimulationWord(word: string): boolean {
  return Object.hasOwn(OPTIONS, word) || /^v+$/.test(word);
}

/** Shows what the cluster would do with a CIB. */
export async function onSimulation(
  shell: Shell,
  command: string,
  words: readonly string[],
  cib: XmlElement,
  options: readonly string[],
): Promise<boolean> {
  const odd = words.find((word) => !isSimulationWord(word));
  if (odd !== undefined) {
    shell.messages.error(
      `Bad usage: '${command} ${words.join(" ")}': "${odd}" is not known here. Known are ${Object.keys(OPTIONS).join(", ")}, and one v or more for more to read`,
    );
    return false;
  }
  const text = serializeXml(cib);
  const { main } = await import("../../commands/crm_simulate.ts");
  const wanted = words.flatMap((word) => OPTIONS[word] ?? Array.from(word, () => "--verbose"));
  const world = { ...shell.world, programName: "crm_simulate", readStdin: () => text };
  return (await main(["--xml-pipe", ...options, ...wanted], world)) === 0;
}
