/** What a setting may be. `program`: must be found; `words`: anything. */
export type SettingKind = "boolean" | "choice" | "style" | "program" | "number" | "words";

/** A preference of a person who uses the shell. */
export interface Setting {
  /** `SECTION.NAME`, as in the file. */
  readonly key: string;
  readonly kind: SettingKind;
  readonly default: string;
  readonly choices?: readonly string[];
  /** One sentence without a full stop. */
  readonly help: string;
  /** The command of the level `options` that sets it. */
  readonly command?: string;
  /** Why it changes nothing here; it is kept, because other programs read the same file. */
  readonly isIdle?: string;
}

export const STYLES: readonly string[] = ["plain", "color-always", "color", "uppercase"];

const DRAWN = "nothing is drawn";
const OWN_PLACE = "Quorate has places of its own";

/** Every setting there is. */
export const SETTINGS: readonly Setting[] = [
  ...colors(),
  {
    key: "color.style",
    kind: "style",
    default: "color",
    choices: STYLES,
    help: "How configurations are shown: plain, in color on a terminal or always, with keywords in upper case",
    command: "output",
  },
  idle("core.OCF_1_1_SUPPORT", "boolean", "no", "roles are always called Promoted and Unpromoted"),
  {
    key: "core.add_quotes",
    kind: "boolean",
    default: "yes",
    help: "Keep words of the command line together that hold blanks",
    command: "add-quotes",
  },
  {
    key: "core.check_frequency",
    kind: "choice",
    default: "always",
    choices: ["always", "on-verify", "never"],
    help: "When objects are compared with what their agents say: at each commit, by verify only, or never",
    command: "check-frequency",
  },
  {
    key: "core.check_mode",
    kind: "choice",
    default: "strict",
    choices: ["strict", "relaxed"],
    help: "Whether what agents refuse keeps a change from being committed, or is only told",
    command: "check-mode",
  },
  {
    key: "core.debug",
    kind: "boolean",
    default: "false",
    help: "Tell on standard error what is read and which commands are run",
  },
  idle("core.dot", "words", "", DRAWN),
  idle("core.dotty", "words", "", DRAWN),
  {
    key: "core.editor",
    kind: "program",
    default: "",
    help: "The editor (otherwise $EDITOR, $VISUAL or vi)",
    command: "editor",
  },
  {
    key: "core.force",
    kind: "boolean",
    default: "false",
    help: "Go on where you would be asked, and commit what does not verify, as --force",
  },
  {
    key: "core.ignore_missing_metadata",
    kind: "boolean",
    default: "no",
    help: "Say nothing of agents that are not installed on this host",
  },
  idle(
    "core.lock_timeout",
    "number",
    "120",
    "hosts are not locked: a change is one patch that fits or is refused",
  ),
  {
    key: "core.manage_children",
    kind: "choice",
    default: "ask",
    choices: ["ask", "never", "always"],
    help: "Whether what is set for a group, clone or bundle is taken out of the resources in it that say otherwise",
    command: "manage-children",
  },
  {
    key: "core.obscure_pattern",
    kind: "words",
    default: "passw*",
    help: "Names of values that show hides beside the passwords, as patterns",
  },
  {
    key: "core.pager",
    kind: "program",
    default: "",
    help: "What long texts are read with at a terminal (otherwise $PAGER or less)",
    command: "pager",
  },
  idle("core.ptest", "words", "", "transitions are always simulated by Quorate"),
  {
    key: "core.report_tool_options",
    kind: "words",
    default: "",
    help: "Options of crm_report that report adds",
  },
  {
    key: "core.skill_level",
    kind: "choice",
    default: "expert",
    choices: ["operator", "administrator", "expert"],
    help: "What may be typed: an operator starts and stops what there is, an administrator and an expert also configure",
    command: "skill-level",
  },
  {
    key: "core.sort_elements",
    kind: "boolean",
    default: "yes",
    help: "Show objects sorted by kind and name, not in the order in which they were made",
    command: "sort-elements",
  },
  {
    key: "core.user",
    kind: "words",
    default: "",
    help: "Run the shell as this user, through sudo",
    command: "user",
  },
  {
    key: "core.wait",
    kind: "boolean",
    default: "false",
    help: "Wait until the cluster has done what a command asks for, as --wait",
    command: "wait",
  },
  ...["cache", "crm_config", "crm_daemon_dir", "crm_daemon_user", "crm_dtd_dir", "hawk_wizards"].map(placeOf),
  ...["hb_delnode", "heartbeat_dir", "nagios_plugins", "ocf_root", "pe_state_dir", "sharedir"].map(placeOf),
  {
    key: "report.collect_extra_logs",
    kind: "words",
    default: "",
    help: "Further log files for report",
  },
  {
    key: "report.compress",
    kind: "boolean",
    default: "yes",
    help: "Whether report makes an archive, or a folder",
  },
  {
    key: "report.from_time",
    kind: "words",
    default: "-12H",
    help: "When report begins unless --from says it: a time, or -12H, -30M, -2d before now",
  },
  {
    key: "report.remove_exist_dest",
    kind: "boolean",
    default: "no",
    help: "Whether report may replace a report that is there",
  },
  {
    key: "report.sanitize_rule",
    kind: "words",
    default: "passw.*",
    help: "Names of values that report masks beside the passwords, as patterns with | between",
  },
  { key: "report.single_node", kind: "boolean", default: "no", help: "Whether report asks this host only" },
  idle("report.speed_up", "boolean", "no", "reports are never searched for secrets twice"),
  {
    key: "report.verbosity",
    kind: "number",
    default: "0",
    help: "How much report tells of what it does: 0 or more",
  },
];

function idle(key: string, kind: SettingKind, standard: string, isIdle: string): Setting {
  return { key, kind, default: standard, help: `Kept without effect: ${isIdle}`, isIdle };
}

function placeOf(name: string): Setting {
  return idle(`path.${name}`, "words", "", OWN_PLACE);
}

/** Colors of the parts of a configuration, of messages and of help. */
function colors(): Setting[] {
  const table: readonly (readonly [name: string, standard: string, what: string])[] = [
    ["attr_name", "cyan", "names of values"],
    ["attr_value", "red", "values"],
    ["error", "red bold", "errors"],
    ["help_block", "cyan", "usage in help"],
    ["help_header", "normal bold", "headings in help"],
    ["help_keyword", "blue bold underline", "names of commands in help"],
    ["help_topic", "yellow bold", "names of topics in help"],
    ["id_reference", "green", "references to templates and sets of values"],
    ["identifier", "normal", "names of objects"],
    ["info", "cyan", "notes"],
    ["keyword", "yellow", "keywords"],
    ["ok", "green bold", "what went well"],
    ["resource_reference", "green", "names of resources in other objects"],
    ["score", "magenta", "scores"],
    ["ticket", "magenta", "tickets"],
    ["warn", "yellow bold", "warnings"],
  ];
  return table.map(([name, standard, what]) => ({
    key: `color.${name}`,
    kind: "words",
    default: standard,
    help: `Color of ${what}`,
  }));
}

/** The colors that `colorscheme` sets, in its order. */
export const COLOR_SCHEME: readonly string[] = [
  "color.keyword",
  "color.identifier",
  "color.attr_name",
  "color.attr_value",
  "color.score",
  "color.resource_reference",
];
