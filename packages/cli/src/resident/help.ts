import type { Manual } from "../manual/manual.ts";

/** What `quorate-commands` says of itself in its help and its manual page. */
export const QUORATE_COMMANDS: Manual = {
  name: "quorate-commands",
  summary: "runs commands on threads of a node's quorated",
  usage: ["--help"],
  options: [
    {
      names: ["--help"],
      metavar: null,
      isArgumentOptional: false,
      choices: [],
      heading: "Options",
      help: "show this help and exit",
    },
  ],
  commands: [],
  examples: [],
  sections: [
    {
      heading: "USE",
      text: "quorated starts it as two threads a moment after itself, and whenever one has failed; there is nothing to run by hand. crm_attribute, attrd_updater and their like hand themselves over to the one through /run/quorate/commands.sock, so as not to start Node.js each time; crm_simulate, crm_mon and others that take longer to the other through /run/quorate/long-commands.sock. Without it they work the same, only slower.",
      entries: [],
    },
    { heading: "EXIT STATUS", text: "0 help was asked for; 64 otherwise.", entries: [] },
  ],
};

/** The text of `quorate-commands --help`. */
export function helpText(): string {
  const { name, summary, usage, sections = [] } = QUORATE_COMMANDS;
  const texts = sections.map(({ heading, text }) => `${heading}\n${text}\n`);
  return `${name}: ${summary}\n\nUsage: ${name} ${usage.join("\n")}\n\n${texts.join("\n")}`;
}
