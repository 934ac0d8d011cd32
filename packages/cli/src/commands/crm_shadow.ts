import { defineCommand, UsageError } from "../command.ts";
import { flagOption, type ParsedValues, valueOption } from "../options/option-table.ts";
import { showContents, showDifferences, showFile, showName } from "../shadow/active-shadow.ts";
import { commitShadow } from "../shadow/commit-shadow.ts";
import { copyToShadow, createEmptyShadow } from "../shadow/create-shadow.ts";
import type { ShadowCommand } from "../shadow/shadow-command.ts";
import { deleteShadow, editShadow } from "../shadow/shadow-file.ts";
import { switchToShadow } from "../shadow/shadow-shell.ts";

const QUERIES = "Queries";
const COMMANDS = "Commands";

const options = {
  which: flagOption({
    long: "which",
    short: "w",
    help: "Name the active shadow configuration",
    heading: QUERIES,
  }),
  display: flagOption({
    long: "display",
    short: "p",
    help: "Print the active shadow configuration",
    heading: QUERIES,
  }),
  diff: flagOption({
    long: "diff",
    short: "d",
    help: "Print how the active shadow configuration differs from the cluster's",
    heading: QUERIES,
  }),
  file: flagOption({
    long: "file",
    short: "F",
    help: "Name the file of the active shadow configuration",
    heading: QUERIES,
  }),
  create: shadowOption("create", "c", "Copy the cluster's configuration"),
  createEmpty: shadowOption("create-empty", "e", "Make a configuration with nothing in it"),
  commit: shadowOption("commit", "C", "Make it the cluster's configuration (needs --force)"),
  delete: shadowOption("delete", "D", "Delete it (needs --force)"),
  reset: shadowOption("reset", "r", "Copy the cluster's configuration over it (needs --force)"),
  switch: shadowOption("switch", "s", "Work on it from now on"),
  edit: flagOption({
    long: "edit",
    short: "E",
    help: "Open the active shadow configuration in $EDITOR",
    heading: COMMANDS,
  }),
  force: flagOption({ long: "force", short: "f", help: "Carry out what overwrites or deletes" }),
  batch: flagOption({ long: "batch", short: "b", help: "Start no new shell" }),
  all: flagOption({ long: "all", short: "a", help: "With --commit: the status section, too" }),
  validateWith: valueOption({
    long: "validate-with",
    short: "v",
    metavar: "SCHEMA",
    help: "With --create-empty: the schema, such as pacemaker-3.9",
  }),
  verbose: flagOption({ long: "verbose", short: "V", help: "Accepted", isHidden: true }),
};

function shadowOption(long: string, short: string, help: string) {
  return valueOption({ long, short, metavar: "NAME", help, heading: COMMANDS });
}

type Options = ParsedValues<typeof options>;

/** `crm_shadow`: configurations to try changes on. Source: crm_shadow(8). */
export const main = defineCommand({
  name: "crm_shadow",
  isPlannable: true,
  summary: "try changes on a copy of the cluster's configuration",
  usage: "QUERY|COMMAND [options]",
  examples: [
    {
      line: "crm_shadow --create test",
      explanation: "Copy the cluster's configuration and work on the copy",
    },
    { line: "crm_shadow --diff", explanation: "What was changed there" },
    { line: "crm_shadow --commit test --force", explanation: "Make the changes in the cluster" },
    { line: "crm_shadow --delete test --force", explanation: "Throw the copy away" },
  ],
  options,
  run: ({ options: chosen, operands, output }) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    const { command, name } = chooseCommand(chosen);
    return command({
      output,
      name,
      isForced: chosen.force,
      isBatch: chosen.batch,
      isWithStatus: chosen.all,
      schema: chosen.validateWith,
    });
  },
});

function chooseCommand(chosen: Options): { readonly command: ShadowCommand; readonly name: string } {
  const given: (readonly [ShadowCommand, string | null])[] = [
    [showName, flag(chosen.which)],
    [showContents, flag(chosen.display)],
    [showDifferences, flag(chosen.diff)],
    [showFile, flag(chosen.file)],
    [editShadow, flag(chosen.edit)],
    [copyToShadow("create"), chosen.create],
    [createEmptyShadow, chosen.createEmpty],
    [commitShadow, chosen.commit],
    [deleteShadow, chosen.delete],
    [copyToShadow("reset"), chosen.reset],
    [switchToShadow, chosen.switch],
  ];
  const chosenOnes = given.filter(([, name]) => name !== null);
  if (chosenOnes.length !== 1) {
    throw new UsageError("give exactly one query or command: -w, -p, -d, -F, -c, -e, -C, -D, -r, -s or -E");
  }
  const [command, name] = chosenOnes[0]!;
  return { command, name: checkName(name!) };
}

/** The active shadow needs no name. */
function flag(isGiven: boolean): string | null {
  return isGiven ? "" : null;
}

/** It becomes part of a file's name. */
function checkName(name: string): string {
  if (name.includes("/")) throw new UsageError(`"${name}" cannot be the name of a shadow: it contains a /`);
  return name;
}
