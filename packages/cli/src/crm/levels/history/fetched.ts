import { collectReport, type ReportRequest } from "../../../report/collect-report.ts";
import { askHosts, clusterHosts, type HostReport } from "../../../report/other-hosts.ts";
import type { World } from "../../../world.ts";
import type { Shell } from "../../shell/shell.ts";
import { SSH } from "../other-hosts.ts";
import { type ReportHost, reportHosts } from "./source.ts";
import { liveSpan } from "./view.ts";

/** What this person keeps of other hosts; it can be had again. */
function cacheFolder({ env }: World): string {
  return `${env.XDG_CACHE_HOME || `${env.HOME ?? ""}/.cache`}/crm/history/live`;
}

/** The hosts of which `refresh` has fetched something. */
export function fetchedHosts({ world }: Shell): readonly ReportHost[] {
  const folder = cacheFolder(world);
  return world.fileExists(folder) ? reportHosts(world, folder) : [];
}

/** Fetches what other hosts have of the time that is looked at: also inputs that they decided on. `force`: what was fetched before goes. */
export async function fetchOthers(shell: Shell, { isAnew }: { readonly isAnew: boolean }): Promise<boolean> {
  const folder = cacheFolder(shell.world);
  if (isAnew && shell.world.fileExists(folder) && !(await removeFolder(shell, folder))) return false;
  const { own, all } = await historyHosts(shell);
  return writeReports(
    shell,
    folder,
    await askOthers(
      shell,
      all.filter((host) => host !== own),
    ),
  );
}

/** Writes a report of all hosts into a folder, one in it for each. False when one is missing, which is told. */
export async function collectAll(shell: Shell, folder: string): Promise<boolean> {
  const { own, all } = await historyHosts(shell);
  const isWanted = all.length === 0 || all.includes(own);
  const entries = isWanted ? await collectReport(shell.world, requestOf(shell)) : null;
  const others = await askOthers(
    shell,
    all.filter((host) => host !== own),
  );
  return writeReports(shell, folder, [
    ...(entries === null ? [] : [{ host: own, entries, problem: "" }]),
    ...others,
  ]);
}

/** The hosts whose past is looked at: those of the cluster, unless `setnodes` said otherwise. */
export async function historyHosts({ world, history }: Shell): ReturnType<typeof clusterHosts> {
  const known = await clusterHosts(world);
  return history.nodes === null ? known : { own: known.own, all: history.nodes };
}

export async function removeFolder({ world, messages }: Shell, folder: string): Promise<boolean> {
  const { status, stderr } = await world.runProgram("rm", ["-r", "--", folder], {
    input: "",
    timeoutMs: 60_000,
  });
  if (status !== 0) messages.error(stderr.trim() || `${folder} cannot be removed`);
  return status === 0;
}

function requestOf(shell: Shell): ReportRequest {
  return { ...liveSpan(shell), logFiles: [], searchesLogs: true, patterns: [], masked: [] };
}

function askOthers(shell: Shell, hosts: readonly string[]): Promise<readonly HostReport[]> {
  return askHosts(shell.world, hosts, { shell: SSH, user: "root" }, requestOf(shell));
}

function writeReports({ world, messages }: Shell, folder: string, reports: readonly HostReport[]): boolean {
  for (const { host, entries, problem } of reports) {
    for (const { name, text } of entries ?? []) world.writeOwnFile(`${folder}/${host}/${name}`, text);
    if (entries === null) messages.warning(`nothing from ${host}: ${problem}`);
  }
  return reports.every(({ entries }) => entries !== null);
}
