import { withCib } from "../cluster/open-cib.ts";
import { type CommandCall, defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { parseSeconds } from "../input/parse-seconds.ts";
import { chosenSections } from "../monitor/chosen-sections.ts";
import { htmlPage } from "../monitor/html-page.ts";
import { monitorOptions } from "../monitor/monitor-command-options.ts";
import { type MonitorView, readStatus } from "../monitor/read-status.ts";
import { watchCluster } from "../monitor/watch-cluster.ts";

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
  ],
  options: monitorOptions,
  forms: ["console", "text", "xml", "json", "html", "none"],
  formOf: ({ asXml, asHtml, webCgi, disableNcurses }) => {
    if (asXml) return "xml";
    if (asHtml !== null || webCgi) return "html";
    return disableNcurses ? "text" : "console";
  },
  run: (call, world) => {
    const { options, operands, output } = call;
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    refuseUnavailable(options);
    const view = viewOf(call);
    const intervalMs = options.interval === null ? 5000 : parseSeconds("--interval", options.interval) * 1000;
    return withCib(world, async (cib, daemon) => {
      const isOnce = options.oneShot || options.simpleStatus || output.form !== "console" || daemon === null;
      if (isOnce) {
        const status = await readStatus(cib, daemon, view, world);
        if (options.simpleStatus) output.text(`${status.oneLine}\n`);
        else if (output.form === "html") output.text(htmlPage(status.html(), pageOf(call)));
        else output.show({ text: () => status.text(), xml: () => status.elements() });
        return ExitCode.ok;
      }
      const draw = async () => (await readStatus(cib, daemon, view, world)).text();
      return watchCluster({ daemon, draw, intervalMs, world });
    });
  },
});

/** An option that did nothing would leave a person waiting for notices that never come. */
function refuseUnavailable(options: Call["options"]): void {
  if (options.daemonize || options.pidFile !== null) {
    const option = options.daemonize ? "--daemonize" : "--pid-file";
    throw new UsageError(
      `${option} is not available yet; let a systemd timer run "crm_mon --output-as=html --output-to=FILE" instead`,
    );
  }
  const notifying = [
    ["--external-agent", options.externalAgent !== null],
    ["--external-recipient", options.externalRecipient !== null],
    ["--watch-fencing", options.watchFencing],
  ] as const;
  const given = notifying.find(([, isGiven]) => isGiven);
  if (given !== undefined) {
    throw new UsageError(
      `${given[0]} is not available yet; configure an alert instead, which the cluster itself runs: pcs alert create path=FILE`,
    );
  }
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

function pageOf({ options }: Call) {
  return {
    title: options.htmlTitle ?? "Cluster Status",
    stylesheet: options.htmlStylesheet,
    refreshS: null,
    hasCgiHeader: options.htmlCgi || options.webCgi,
  };
}
