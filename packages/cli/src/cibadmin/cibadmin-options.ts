import {
  countOption,
  flagOption,
  optionalOption,
  type ParsedValues,
  valueOption,
} from "../options/option-table.ts";

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

function command(long: string, short: string, help: string) {
  return flagOption({ long, short, help, heading: COMMANDS });
}

export const cibadminOptions = {
  query: command("query", "Q", "Print the CIB or a part of it"),
  create: command("create", "C", "Add an object; fails when it exists"),
  modify: command("modify", "M", "Merge an object into the one that exists"),
  replace: command("replace", "R", "Put an object in the place of the one that exists"),
  delete: command("delete", "D", "Delete the first object that matches"),
  deleteAll: command("delete-all", "d", "Delete all that --xpath matches"),
  patch: command("patch", "P", "Apply a patchset"),
  bump: command("bump", "B", "Count the epoch on"),
  upgrade: command("upgrade", "u", "Bring the configuration to the newest schema (needs --force)"),
  erase: command("erase", "E", "Empty the whole CIB (needs --force)"),
  empty: optionalOption({
    long: "empty",
    short: "a",
    metavar: "SCHEMA",
    help: "Print an empty CIB, of the newest schema unless another is named",
    heading: COMMANDS,
  }),
  md5Sum: command("md5-sum", "5", "Print the digest of a CIB as on disk"),
  md5SumVersioned: command("md5-sum-versioned", "6", "Print the digest by which nodes compare CIBs"),
  showAccess: optionalOption({
    long: "show-access",
    short: "S",
    metavar: "STYLE",
    help: "With --query --user: print what that user may do where: as color, text, namespace or auto",
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
  user: valueOption({
    long: "user",
    short: "U",
    metavar: "USER",
    help: "With the rights of that user (for root and hacluster)",
  }),
  timeout: valueOption({
    long: "timeout",
    short: "t",
    metavar: "TIME",
    help: "How long the command may take (default 30s)",
  }),
  dryRun: flagOption({ long: "dry-run", help: "Check the change and say whether it would be accepted" }),
  force: flagOption({ long: "force", short: "f", help: "Carry out what is dangerous" }),
  local: flagOption({ long: "local", short: "l", help: "Accepted; reads are always local", isHidden: true }),
  node: valueOption({
    long: "node",
    short: "N",
    metavar: "NODE",
    help: "Accepted; all nodes have one configuration, and this one answers",
    isHidden: true,
  }),
  syncCall: flagOption({
    long: "sync-call",
    short: "s",
    help: "Accepted; calls are always waited for",
    isHidden: true,
  }),
  verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
};

export type CibadminOptions = ParsedValues<typeof cibadminOptions>;
