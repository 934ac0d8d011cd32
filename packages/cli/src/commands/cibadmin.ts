import { digestV1, digestV2, emptyCib, NEWEST_SCHEMA } from "@quorate/cib";
import { parseXml, serializeXml, type XmlElement } from "@quorate/xml";
import { type CibCall, CibError, type CibSession } from "../cluster/cib-session.ts";
import { withCib } from "../cluster/open-cib.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { countOption, flagOption, type ParsedValues, valueOption } from "../options/option-table.ts";
import type { World } from "../world.ts";

const COMMANDS = "Commands";
const DATA = "Data";
const SCOPE = "What it is about";

const SCOPES = [
  "all",
  "configuration",
  "nodes",
  "resources",
  "constraints",
  "crm_config",
  "rsc_defaults",
  "op_defaults",
  "acls",
  "fencing-topology",
  "tags",
  "alerts",
  "status",
];

const options = {
  query: flagOption({ long: "query", short: "Q", help: "Print the CIB or a part of it", heading: COMMANDS }),
  create: flagOption({
    long: "create",
    short: "C",
    help: "Add an object; fails when it exists",
    heading: COMMANDS,
  }),
  modify: flagOption({
    long: "modify",
    short: "M",
    help: "Merge an object into the one that exists",
    heading: COMMANDS,
  }),
  replace: flagOption({
    long: "replace",
    short: "R",
    help: "Put an object in the place of the one that exists",
    heading: COMMANDS,
  }),
  delete: flagOption({
    long: "delete",
    short: "D",
    help: "Delete the first object that matches",
    heading: COMMANDS,
  }),
  deleteAll: flagOption({
    long: "delete-all",
    short: "d",
    help: "Delete all that --xpath matches",
    heading: COMMANDS,
  }),
  patch: flagOption({ long: "patch", short: "P", help: "Apply a patchset", heading: COMMANDS }),
  bump: flagOption({ long: "bump", short: "B", help: "Count the epoch on", heading: COMMANDS }),
  erase: flagOption({
    long: "erase",
    short: "E",
    help: "Empty the whole CIB (needs --force)",
    heading: COMMANDS,
  }),
  empty: flagOption({ long: "empty", short: "a", help: "Print an empty CIB", heading: COMMANDS }),
  md5Sum: flagOption({
    long: "md5-sum",
    short: "5",
    help: "Print the digest of a CIB as on disk",
    heading: COMMANDS,
  }),
  md5SumVersioned: flagOption({
    long: "md5-sum-versioned",
    short: "6",
    help: "Print the digest by which nodes compare CIBs",
    heading: COMMANDS,
  }),
  scope: valueOption({
    long: "scope",
    short: "o",
    metavar: "SECTION",
    help: "A section",
    heading: SCOPE,
    choices: SCOPES,
  }),
  xpath: valueOption({
    long: "xpath",
    short: "A",
    metavar: "XPATH",
    help: "What an XPath selects",
    heading: SCOPE,
  }),
  nodePath: flagOption({
    long: "node-path",
    short: "e",
    help: "With --query --xpath: print the paths of the matches",
    heading: SCOPE,
  }),
  noChildren: flagOption({
    long: "no-children",
    short: "n",
    help: "With --query: without what is inside",
    heading: SCOPE,
  }),
  xmlText: valueOption({ long: "xml-text", short: "X", metavar: "XML", help: "The object", heading: DATA }),
  xmlFile: valueOption({
    long: "xml-file",
    short: "x",
    metavar: "FILE",
    help: "The object, from a file",
    heading: DATA,
  }),
  xmlPipe: flagOption({
    long: "xml-pipe",
    short: "p",
    help: "The object, from standard input",
    heading: DATA,
  }),
  allowCreate: flagOption({
    long: "allow-create",
    short: "c",
    help: "With --modify: create what does not exist",
  }),
  score: flagOption({
    long: "score",
    help: "Count on: a value of NAME++ or NAME+=N is added to the old one",
  }),
  dryRun: flagOption({ long: "dry-run", help: "Check the change and say whether it would be accepted" }),
  force: flagOption({ long: "force", short: "f", help: "Carry out what is dangerous" }),
  local: flagOption({ long: "local", short: "l", help: "Accepted; reads are always local", isHidden: true }),
  syncCall: flagOption({
    long: "sync-call",
    short: "s",
    help: "Accepted; calls are always waited for",
    isHidden: true,
  }),
  timeout: valueOption({ long: "timeout", short: "t", metavar: "SECONDS", help: "Accepted", isHidden: true }),
  verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
};

type Options = ParsedValues<typeof options>;

/** `cibadmin`: the CIB as XML. Source: cibadmin(8); CIB manager specification, 3. */
export const main = defineCommand({
  name: "cibadmin",
  summary: "query and change the CIB as XML",
  usage: "COMMAND [options]",
  examples: [
    { line: "cibadmin --query --scope resources", explanation: "The configured resources" },
    { line: `cibadmin --query --xpath "//nvpair[@name='target-role']"`, explanation: "All target roles" },
    { line: `cibadmin --delete --xml-text '<primitive id="old"/>'`, explanation: "Delete a resource" },
  ],
  options,
  run: ({ options: chosen, operands }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    const command = chooseCommand(chosen);
    if (command.isDangerous && !chosen.force) {
      world.stderr(
        `${world.programName}: this command can destroy the cluster's configuration; repeat it with --force to carry it out\n`,
      );
      return ExitCode.unsafe;
    }
    const input = command.needsData ? readData(chosen, world) : { ok: true as const, data: null };
    if (!input.ok) {
      world.stderr(`${world.programName}: ${input.message}\n`);
      return input.exitCode;
    }
    if (command.offline !== null) {
      world.stdout(`${command.offline(input.data)}\n`);
      return ExitCode.ok;
    }
    return withCib(
      world,
      (cib) => carryOut(command, input.data, chosen, cib, world),
      (error) => `CIB API call failed: ${error.message}`,
    );
  },
});

interface Command {
  readonly operation: CibCall["operation"];
  readonly needsData: boolean;
  readonly isDangerous: boolean;
  readonly flags: readonly string[];
  /** Needs no CIB: makes the output from the data alone. */
  readonly offline: ((data: XmlElement | null) => string) | null;
}

function command(operation: Command["operation"], fields: Partial<Command> = {}): Command {
  return { operation, needsData: false, isDangerous: false, flags: [], offline: null, ...fields };
}

function chooseCommand(chosen: Options): Command {
  const hasXPath = chosen.xpath !== null;
  const given: Command[] = [];
  if (chosen.query) {
    given.push(
      command("cib_query", {
        flags: [...(chosen.noChildren ? ["no-children"] : []), ...(chosen.nodePath ? ["xpath-address"] : [])],
      }),
    );
  }
  if (chosen.create) given.push(command("cib_create", { needsData: true }));
  if (chosen.modify) {
    given.push(command("cib_modify", { needsData: true, flags: chosen.allowCreate ? ["can-create"] : [] }));
  }
  if (chosen.replace) given.push(command("cib_replace", { needsData: true }));
  if (chosen.delete) given.push(command("cib_delete", { needsData: !hasXPath }));
  if (chosen.deleteAll) {
    if (!hasXPath) throw new UsageError("--delete-all needs --xpath");
    given.push(command("cib_delete", { flags: ["multiple"] }));
  }
  if (chosen.patch) given.push(command("cib_apply_diff", { needsData: true }));
  if (chosen.bump) given.push(command("cib_bump"));
  if (chosen.erase) given.push(command("cib_erase", { isDangerous: true }));
  if (chosen.empty) given.push(command("cib_query", { offline: () => serializeXml(newCib()).trimEnd() }));
  if (chosen.md5Sum)
    given.push(command("cib_query", { needsData: true, offline: (data) => digestV1(data!) }));
  if (chosen.md5SumVersioned)
    given.push(command("cib_query", { needsData: true, offline: (data) => digestV2(data!) }));
  if (given.length !== 1) {
    throw new UsageError("give exactly one command: -Q, -C, -M, -R, -D, -d, -P, -B, -E, -a, -5 or -6");
  }
  return given[0]!;
}

function newCib(): XmlElement {
  return emptyCib({ featureSet: "3.20.5", schema: NEWEST_SCHEMA });
}

type DataResult =
  | { readonly ok: true; readonly data: XmlElement }
  | { readonly ok: false; readonly message: string; readonly exitCode: number };

function readData(chosen: Options, world: World): DataResult {
  const sources = Number(chosen.xmlText !== null) + Number(chosen.xmlFile !== null) + Number(chosen.xmlPipe);
  if (sources !== 1)
    throw new UsageError("give the object with exactly one of --xml-text, --xml-file, --xml-pipe");
  let place = "--xml-text";
  let text: string;
  try {
    if (chosen.xmlText !== null) text = chosen.xmlText;
    else if (chosen.xmlFile !== null) {
      place = chosen.xmlFile;
      text = world.readFile(chosen.xmlFile);
    } else {
      place = "standard input";
      text = world.readStdin();
    }
  } catch (error) {
    return { ok: false, message: (error as Error).message, exitCode: ExitCode.noInput };
  }
  const parsed = parseXml(text);
  if (parsed.ok) return { ok: true, data: parsed.root };
  const { line, column, message } = parsed.error;
  return { ok: false, message: `${place}:${line}:${column}: ${message}`, exitCode: ExitCode.dataError };
}

async function carryOut(
  { operation, flags }: Command,
  data: XmlElement | null,
  chosen: Options,
  cib: CibSession,
  world: World,
): Promise<number> {
  const allFlags = [
    ...flags,
    ...(chosen.score ? ["score-update"] : []),
    ...(chosen.dryRun ? ["dryrun"] : []),
  ];
  try {
    const reply = await cib.call({
      operation,
      section: chosen.scope,
      xpath: chosen.xpath,
      data,
      flags: allFlags,
    });
    if (reply !== null) world.stdout(chosen.nodePath ? pathsOf(reply) : serializeXml(reply));
    return ExitCode.ok;
  } catch (error) {
    if (error instanceof CibError && error.data !== null) world.stdout(serializeXml(error.data));
    throw error;
  }
}

/** Paths of the matches, a line each. */
function pathsOf(reply: XmlElement): string {
  return reply
    .elements()
    .map((match) => `${match.id}\n`)
    .join("");
}
