import { cibSource } from "../cluster/cib-source.ts";
import { type CommandCall, defineCommand, UsageError } from "../command.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import { chosenSections } from "../monitor/chosen-sections.ts";
import { ClusterWatch } from "../monitor/cluster-watch.ts";
import { monitorOptions } from "../monitor/monitor-command-options.ts";
import type { MonitorView } from "../monitor/read-status.ts";
import type { HtmlPage } from "../output/html-page.ts";
import { pageOf } from "../output/page-options.ts";
import { FileError, type World } from "../world.ts";

type Call = CommandCall<typeof monitorOptions>;

/** `crm_mon`: the state of the cluster, once or live. Source: crm_mon(8). */
export const main = defineCommand({
  name: "crm_mon",
  summary: "show the state of the cluster",
  usage: "[options]",
  examples: [
    { line: "crm_mon", explanation: "Watch the cluster" },
    { line: "crm_mon -1 -r -f", explanation: "Once, with what does not run and with fail counts" },
    { line: "crm_mon -1 --exclude=all --include=nodes,failures", explanation: "Only some sections" },
    { line: "crm_mon --output-as=json | jq '.result[]'", explanation: "Everything, for programs" },
    {
      line: "crm_mon --output-as=html --output-to=/var/www/cluster.html",
      explanation: "Write a web page",
    },
    {
      line: "crm_mon --daemonize --output-as=html --output-to=/var/www/cluster.html",
      explanation: "The same, and keep it up to date in the background",
    },
  ],
  options: monitorOptions,
  forms: ["console", "text", "xml", "json", "html", "none"],
  formOf: ({ asXml, asHtml, webCgi, disableNcurses }) => {
    if (asXml) return "xml";
    if (asHtml !== null || webCgi) return "html";
    return disableNcurses ? "text" : "console";
  },
  run: (call, world) => {
    const { options, operands, output, argv } = call;
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    refuseCombinations(call, world);
    const watch = watchOf(call, world);
    if (options.inBackground) return watch.inBackground();
    if (options.daemonize) return watch.leaveInBackground(argv);
    const isOnce =
      options.oneShot ||
      options.simpleStatus ||
      (output.form !== "console" && options.externalAgent === null) ||
      cibSource(world.env).kind !== "live";
    return isOnce ? watch.once() : watch.onScreen();
  },
});

function refuseCombinations({ options, output }: Call, world: World): void {
  const { daemonize, inBackground, externalAgent } = options;
  const needs = (option: string, other: string) => new UsageError(`${option} makes sense only with ${other}`);
  if (daemonize && !output.isToFile && externalAgent === null)
    throw needs("--daemonize", "--output-to=FILE, --external-agent=FILE, or both");
  if (daemonize && cibSource(world.env).kind !== "live")
    throw new UsageError(
      "--daemonize watches a running cluster; a file (CIB_file, CIB_shadow) is shown with --one-shot",
    );
  if (options.pidFile !== null && !daemonize && !inBackground) throw needs("--pid-file", "--daemonize");
  if (options.externalRecipient !== null && externalAgent === null)
    throw needs("--external-recipient", "--external-agent=FILE");
  if (externalAgent !== null && !world.fileExists(externalAgent))
    throw new FileError(`--external-agent: there is no ${externalAgent}`);
  const isLookedAtOnce = options.oneShot || options.simpleStatus || cibSource(world.env).kind !== "live";
  if (externalAgent !== null && isLookedAtOnce && !daemonize && !inBackground)
    throw new UsageError(
      "--external-agent hears of what ends while a running cluster is watched: not once, nor of a file",
    );
  if (options.watchFencing && externalAgent === null) throw needs("--watch-fencing", "--external-agent=FILE");
}

function watchOf(call: Call, world: World): ClusterWatch {
  const { options, output } = call;
  return new ClusterWatch({
    world,
    output,
    view: viewOf(call),
    page: statusPage(call),
    isOneLine: options.simpleStatus,
    intervalMs: intervalMsOf(call),
    pidFile: options.pidFile,
    program:
      options.externalAgent === null
        ? null
        : {
            path: options.externalAgent,
            recipient: options.externalRecipient ?? "",
            hearsOfFencing: options.watchFencing,
          },
  });
}

function intervalMsOf({ options }: Call): number {
  return options.interval === null ? 5000 : parseSeconds("--interval", options.interval) * 1000;
}

function viewOf({ options, occurrences, output }: Call): MonitorView {
  const { isStructured } = output;
  return {
    ...chosenSections(occurrences, isStructured),
    isStructured,
    layout: {
      showsInactive: options.inactive || isStructured,
      showsTiming: options.timing || isStructured,
      groupsByNode: options.groupByNode,
      isBrief: options.brief,
      showsDetail: options.detail,
      node: options.node,
      resource: options.resource,
    },
  };
}

function statusPage(call: Call): HtmlPage {
  const { options } = call;
  const page = pageOf(options, "Cluster Status");
  const isKept = options.daemonize || options.inBackground;
  return {
    ...page,
    hasCgiHeader: page.hasCgiHeader || options.webCgi,
    refreshS: isKept ? Math.max(1, Math.round(intervalMsOf(call) / 1000)) : null,
  };
}
