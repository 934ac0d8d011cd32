import { countOption, flagOption, listOption, optionalOption, valueOption } from "../options/option-table.ts";
import { pageOptions } from "../output/page-options.ts";
import { IN_BACKGROUND } from "./background.ts";

const DISPLAY = "What to show";
const WATCHING = "Watching";
const OLD = "Old names";

/** The options of `crm_mon`. Source: crm_mon(8). */
export const monitorOptions = {
  include: listOption({
    long: "include",
    short: "I",
    metavar: "SECTION[,...]",
    help: "Show these sections, too; list names them all",
    heading: DISPLAY,
  }),
  exclude: listOption({
    long: "exclude",
    short: "U",
    metavar: "SECTION[,...]",
    help: "Leave these sections out",
    heading: DISPLAY,
  }),
  node: valueOption({
    long: "node",
    metavar: "NODE",
    help: "Only this node, or the nodes with this tag",
    heading: DISPLAY,
  }),
  resource: valueOption({
    long: "resource",
    metavar: "RSC",
    help: "Only this resource, or the resources with this tag",
    heading: DISPLAY,
  }),
  groupByNode: flagOption({
    long: "group-by-node",
    short: "n",
    help: "Resources under their nodes",
    heading: DISPLAY,
  }),
  inactive: flagOption({
    long: "inactive",
    short: "r",
    help: "Also resources that run nowhere",
    heading: DISPLAY,
  }),
  failcounts: flagOption({ long: "failcounts", short: "f", help: "Fail counts", heading: DISPLAY }),
  operations: flagOption({
    long: "operations",
    short: "o",
    help: "What was done, and in which order",
    heading: DISPLAY,
  }),
  timing: flagOption({
    long: "timing-details",
    short: "t",
    help: "What was done, when, and how long it took",
    heading: DISPLAY,
  }),
  tickets: flagOption({ long: "tickets", short: "c", help: "Tickets", heading: DISPLAY }),
  fenceHistory: optionalOption({
    long: "fence-history",
    short: "m",
    metavar: "LEVEL",
    help: "Fencing: 0 nothing, 1 failures and what is pending (default), 2 successes too, 3 all that is remembered",
    heading: DISPLAY,
  }),
  bans: optionalOption({
    long: "neg-locations",
    short: "L",
    metavar: "PREFIX",
    help: "Constraints that keep resources off nodes, of which the id starts with PREFIX",
    heading: DISPLAY,
  }),
  attributes: flagOption({
    long: "show-node-attributes",
    short: "A",
    help: "Node attributes",
    heading: DISPLAY,
  }),
  hideHeaders: flagOption({
    long: "hide-headers",
    short: "D",
    help: "Leave out the cluster summary",
    heading: DISPLAY,
  }),
  detail: flagOption({
    long: "show-detail",
    short: "R",
    help: "Node ids, every clone instance, what bundles are made of, failures as the history has them",
    heading: DISPLAY,
  }),
  brief: flagOption({
    long: "brief",
    short: "b",
    help: "Count resources by agent instead of listing them",
    heading: DISPLAY,
  }),
  simpleStatus: flagOption({
    long: "simple-status",
    short: "s",
    help: "One line, for surveillance systems",
    heading: DISPLAY,
  }),
  oneShot: flagOption({
    long: "one-shot",
    short: "1",
    help: "Show the status once and exit",
    heading: WATCHING,
  }),
  interval: valueOption({
    long: "interval",
    short: "i",
    metavar: "TIME",
    help: "How often to look again when nothing happens, and to try again when the daemon is gone (default 5s)",
    heading: WATCHING,
  }),
  daemonize: flagOption({
    long: "daemonize",
    short: "d",
    help: "Go on in the background; needs --output-to or --external-agent",
    heading: WATCHING,
  }),
  inBackground: flagOption({
    long: IN_BACKGROUND,
    help: "This process is the one in the background",
    isHidden: true,
  }),
  pidFile: valueOption({
    long: "pid-file",
    short: "p",
    metavar: "FILE",
    help: "Write the process id of the background process to FILE",
    heading: WATCHING,
  }),
  externalAgent: valueOption({
    long: "external-agent",
    short: "E",
    metavar: "FILE",
    help: "Run this program for each operation that ends, with CRM_notify_* in its environment",
    heading: WATCHING,
  }),
  externalRecipient: valueOption({
    long: "external-recipient",
    short: "e",
    metavar: "RCPT",
    help: "Whom the program shall notify: its CRM_notify_recipient",
    heading: WATCHING,
  }),
  watchFencing: flagOption({
    long: "watch-fencing",
    short: "W",
    help: "Run the program for fencing, too",
    heading: WATCHING,
  }),
  ...pageOptions,
  asXml: flagOption({ long: "as-xml", short: "X", help: "Same as --output-as=xml", heading: OLD }),
  asHtml: valueOption({
    long: "as-html",
    short: "h",
    metavar: "FILE",
    help: "Same as --output-as=html --output-to=FILE",
    heading: OLD,
  }),
  webCgi: flagOption({
    long: "web-cgi",
    short: "w",
    help: "Same as --output-as=html --html-cgi",
    heading: OLD,
  }),
  disableNcurses: flagOption({
    long: "disable-ncurses",
    short: "N",
    help: "Same as --output-as=text",
    heading: OLD,
  }),
  verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
  quiet: flagOption({ long: "quiet", short: "Q", help: "Say less" }),
};
