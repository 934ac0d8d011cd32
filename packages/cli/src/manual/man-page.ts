import type { Manual, ManualCommand, ManualOption } from "./manual.ts";

/** The file name of a manual page. */
export function manPageName({ name }: Manual): string {
  return `${name.replaceAll(" ", "-")}.8`;
}

/** A manual page in the language of man(7). `release`: shown at the foot. `others`: pages to name under SEE ALSO. */
export function manPage(manual: Manual, release: string, others: readonly string[]): string {
  const { name, summary } = manual;
  const title = name.replaceAll(" ", "-");
  const lines = [
    `.TH ${quoted(title.toUpperCase())} 8 "" ${quoted(release)} "System Administration"`,
    '.\\" Made from the tables of the command; change those.',
    ".nh",
    ".ad l",
    ".SH NAME",
    `${text(title)} \\- ${text(summary)}`,
    ".SH SYNOPSIS",
    ...synopsis(manual),
    ".SH DESCRIPTION",
    text(`${upperFirst(summary)}.`),
    ...(manual.commands.length === 0
      ? []
      : [".PP", "What it does is chosen by words behind its name, see COMMANDS."]),
  ];
  lines.push(...optionSections(manual.options));
  if (manual.commands.length > 0)
    lines.push(".SH COMMANDS", ...manual.commands.flatMap((command) => commandLines(manual, command)));
  if (manual.examples.length > 0) {
    lines.push(".SH EXAMPLES");
    for (const { line, explanation } of manual.examples) {
      lines.push(".TP", `.B ${text(line)}`, text(`${explanation}.`));
    }
  }
  const sections = manual.sections ?? [];
  for (const { heading, text: words, entries } of sections) {
    lines.push(`.SH ${quoted(heading)}`, text(words));
    for (const [entry, meaning] of entries) lines.push(".TP", `.B ${text(entry)}`, text(meaning));
  }
  const hasStatus = sections.some(({ heading }) => heading === "EXIT STATUS");
  lines.push(...closing(name, others, hasStatus));
  return `${lines.join("\n")}\n`;
}

function synopsis({ name, usage }: Manual): string[] {
  // Behind an empty line a usage text explains itself.
  const end = usage.indexOf("");
  const forms = end < 0 ? usage : usage.slice(0, end);
  const explained = end < 0 ? [] : usage.slice(end + 1);
  return [
    ...forms.flatMap((form, index) => [...(index === 0 ? [] : [".br"]), `.B ${text(name)}`, text(form)]),
    ...(explained.length === 0 ? [] : [".PP", ".nf", ...explained.map(text), ".fi"]),
  ];
}

function optionSections(options: readonly ManualOption[]): string[] {
  const headings = [...new Set(options.map(({ heading }) => heading))];
  const lines = options.length === 0 ? [] : [".SH OPTIONS"];
  for (const heading of headings) {
    if (headings.length > 1) lines.push(`.SS ${quoted(heading)}`);
    for (const option of options) if (option.heading === heading) lines.push(...optionEntry(option));
  }
  return lines;
}

function optionEntry(option: ManualOption): string[] {
  const { names, metavar, choices, help } = option;
  const argument =
    metavar === null ? "" : option.isArgumentOptional ? `[=${metavar}]` : separator(names) + metavar;
  const shown =
    choices.length > 0 && !help.includes(choices.join(", ")) ? `${help} (${choices.join(", ")})` : help;
  return [".TP", `.B ${text(names.join(", ") + argument)}`, text(`${shown}.`)];
}

/** Behind a long name the argument follows `=`. */
function separator(names: readonly string[]): string {
  return names.at(-1)!.startsWith("--") ? "=" : " ";
}

function commandLines({ name }: Manual, command: ManualCommand): string[] {
  const words = command.path.join(" ");
  if (command.isGroup) return [`.SS ${quoted(`${name} ${words}`)}`, text(`${command.help}.`)];
  const forms = command.usage.length === 0 ? [""] : command.usage;
  const options = command.options.filter(
    ({ names }) => !names.some((one) => one === "-f" || one === "--force"),
  );
  const [first, ...rest] = forms.map(
    (form) => `.B ${text(`${words} ${form.replace(/\n[\s\S]*/, "")}`.trim())}`,
  );
  return [
    ".TP",
    first!,
    ...rest.flatMap((form) => [".TQ", form]),
    text(command.help),
    ...options.flatMap((option) => [".RS", ...optionEntry(option), ".RE"]),
  ];
}

const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ["CIB_file", "A file with a configuration, to work on instead of the running cluster's."],
  ["CIB_shadow", "The name of a shadow configuration to work on; see crm_shadow(8)."],
  ["QUORATE_ROOT", "Where the files of the daemon lie that is to be asked (default: /)."],
];

const EXIT_STATUS: readonly string[] = [
  ".SH EXIT STATUS",
  "0 when it did what was asked. What another number means is told by",
  ".BR crm_error (8)",
  "with \\-\\-exit.",
];

function closing(name: string, others: readonly string[], hasStatus: boolean): string[] {
  const usesCib = !/^(quorated|iso8601|crm_error|pacemaker-|quorate (?:cluster|playground|schema))/.test(
    name,
  );
  return [
    ...(usesCib
      ? [
          ".SH ENVIRONMENT",
          ...ENVIRONMENT.flatMap(([variable, meaning]) => [".TP", `.B ${text(variable)}`, text(meaning)]),
        ]
      : []),
    ...(hasStatus ? [] : EXIT_STATUS),
    ".SH SEE ALSO",
    others
      .filter((other) => other !== name.replaceAll(" ", "-"))
      .map((other) => `.BR ${text(other)} (8)`)
      .join(",\n"),
  ];
}

function upperFirst(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}

/** As an argument of a macro. */
function quoted(words: string): string {
  return `"${text(words).replaceAll('"', "\\(dq")}"`;
}

/** Text as roff shows it as it is: dashes that can be copied, no line that looks like a request. */
function text(words: string): string {
  const escaped = words
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replaceAll("'", "\\(aq")
    .replaceAll('"', "\\(dq");
  return /^\./.test(escaped) ? `\\&${escaped}` : escaped;
}
