import { countOption, flagOption, listOption, valueOption } from "../options/option-table.ts";
import { pageOptions } from "../output/page-options.ts";

const QUERIES = "Queries";
const FENCING = "Fencing";
const DEFINITION = "Devices and levels of this node";

/** The options of `stonith_admin`. Source: stonith_admin(8). */
export const stonithOptions = {
  list: valueOption({
    long: "list",
    short: "l",
    metavar: "NODE",
    help: "List the devices that can fence this node",
    heading: QUERIES,
  }),
  listRegistered: flagOption({
    long: "list-registered",
    short: "L",
    help: "List all devices this node can use",
    heading: QUERIES,
  }),
  listInstalled: flagOption({
    long: "list-installed",
    short: "I",
    help: "List all fence agents that are installed here",
    heading: QUERIES,
  }),
  listTargets: valueOption({
    long: "list-targets",
    short: "s",
    metavar: "DEVICE",
    help: "List what this device can fence",
    heading: QUERIES,
  }),
  query: valueOption({
    long: "query",
    short: "Q",
    metavar: "DEVICE",
    help: "Ask this device whether it works",
    heading: QUERIES,
  }),
  metadata: flagOption({
    long: "metadata",
    short: "M",
    help: "Show what a fence agent says of itself (with --agent)",
    heading: QUERIES,
  }),
  validate: flagOption({
    long: "validate",
    short: "K",
    help: "Have a fence agent judge parameters (with --agent, --option, --env-option)",
    heading: QUERIES,
  }),
  history: valueOption({
    long: "history",
    short: "H",
    metavar: "NODE",
    help: "Show the last fencing of this node, or of all with '*' (with --verbose: all that is remembered)",
    heading: QUERIES,
  }),
  last: valueOption({
    long: "last",
    short: "h",
    metavar: "NODE",
    help: "Tell when this node was last fenced",
    heading: QUERIES,
  }),
  fence: valueOption({
    long: "fence",
    short: "F",
    metavar: "NODE",
    help: "Cut this node off and leave it off",
    heading: FENCING,
  }),
  unfence: valueOption({
    long: "unfence",
    short: "U",
    metavar: "NODE",
    help: "Give this node back what fencing took",
    heading: FENCING,
  }),
  reboot: valueOption({
    long: "reboot",
    short: "B",
    metavar: "NODE",
    help: "Cut this node off and switch it on again",
    heading: FENCING,
  }),
  confirm: valueOption({
    long: "confirm",
    short: "C",
    metavar: "NODE",
    help: "Tell the cluster that you have made sure that this node is off. A wrong word here can destroy data",
    heading: FENCING,
  }),
  register: valueOption({
    long: "register",
    short: "R",
    metavar: "DEVICE",
    help: "Give this node a device until it restarts (with --agent, --option, --env-option)",
    heading: DEFINITION,
  }),
  deregister: valueOption({
    long: "deregister",
    short: "D",
    metavar: "DEVICE",
    help: "Take such a device away",
    heading: DEFINITION,
  }),
  registerLevel: valueOption({
    long: "register-level",
    short: "r",
    metavar: "TARGET",
    help: "Give this node a fencing level for NAME, @PATTERN or ATTR=VALUE (with --index, --device)",
    heading: DEFINITION,
  }),
  deregisterLevel: valueOption({
    long: "deregister-level",
    short: "d",
    metavar: "TARGET",
    help: "Take such a level away (with --index)",
    heading: DEFINITION,
  }),
  agent: valueOption({
    long: "agent",
    short: "a",
    metavar: "AGENT",
    help: "Fence agent, as in fence_ipmilan",
  }),
  parameters: listOption({
    long: "option",
    short: "o",
    metavar: "NAME=VALUE",
    help: "Parameter of the device; may be given several times",
  }),
  environmentParameters: listOption({
    long: "env-option",
    short: "e",
    metavar: "NAME",
    help: "Parameter whose value is that of the variable OCF_RESKEY_NAME, where nobody can read it",
  }),
  devices: listOption({
    long: "device",
    short: "v",
    metavar: "DEVICE",
    help: "Device of a level, in order; with --validate: the one whose secrets are meant",
  }),
  index: valueOption({ long: "index", short: "i", metavar: "LEVEL", help: "Fencing level, 1 to 9" }),
  asNodeId: flagOption({
    long: "as-node-id",
    short: "n",
    help: "The node is given by its id in the cluster layer",
  }),
  tag: valueOption({
    long: "tag",
    short: "T",
    metavar: "TAG",
    help: "A word that logs and the history name with the request",
  }),
  cleanup: flagOption({ long: "cleanup", short: "c", help: "With --history: forget finished entries" }),
  broadcast: flagOption({
    long: "broadcast",
    short: "b",
    help: "With --history: have all nodes compare their histories first, which they also do whenever one joins",
  }),
  timeout: valueOption({ long: "timeout", short: "t", metavar: "SECONDS", help: "Time limit (default 120)" }),
  delay: valueOption({
    long: "delay",
    short: "y",
    metavar: "SECONDS",
    help: "Wait before fencing; -1 switches the devices' delays off",
  }),
  tolerance: valueOption({
    long: "tolerance",
    metavar: "SECONDS",
    help: "Do nothing when the same succeeded this recently",
  }),
  ...pageOptions,
  quiet: flagOption({ long: "quiet", short: "q", help: "Say less" }),
  verbose: countOption({ long: "verbose", short: "V", help: "Say more" }),
};
