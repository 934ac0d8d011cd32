import { parseCorosyncConf, viewCorosyncConf } from "@quorate/corosync-conf";
import { CibError } from "../cluster/cib-session.ts";
import { DaemonError, useDaemon } from "../cluster/daemon.ts";
import { useCib } from "../cluster/open-cib.ts";
import { type ArchiveEntry, FileError, type World } from "../world.ts";
import { COROSYNC_CONF, collectReport, type ReportRequest } from "./collect-report.ts";

/** How other hosts are reached. */
export interface Reach {
  /** A program with its arguments that runs commands elsewhere, as `ssh -T` does. */
  readonly shell: readonly string[];
  readonly user: string;
}

export interface HostReport {
  readonly host: string;
  /** Null when the host did not answer. */
  readonly entries: readonly ArchiveEntry[] | null;
  /** Why; empty when it did. */
  readonly problem: string;
}

/** A host collects, compresses nothing and sends it; one that hangs must not hold up the others for ever. */
const ANSWER_MS_MAX = 180_000;

/** What the other side is called with: fixed words, so that no shell there has anything to interpret. What it is about, it reads. */
const COMMAND = ["crm_report", "--answer"] as const;

const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/;

/** Whether a name can be that of a host; anything else must not get into the arguments of another program. */
export function isHostName(name: string): boolean {
  return HOST.test(name);
}

/** This host, by the name that the cluster has for it when it runs, and the hosts of the cluster as far as they are known here. */
export async function clusterHosts(
  world: World,
): Promise<{ readonly own: string; readonly all: readonly string[] }> {
  const own = world.filterText("uname -n", "").output.trim();
  try {
    const name = await useDaemon(world, async (daemon) => (await daemon.request("node.status", {})).nodeName);
    const nodes = await useCib(world, { kind: "live" }, async (cib) =>
      ((await cib.document()).first("configuration")?.first("nodes")?.all("node") ?? []).map(
        (node) => node.get("uname") ?? "",
      ),
    );
    return { own: name, all: nodes.filter(isHostName) };
  } catch (error) {
    if (!(error instanceof CibError || error instanceof DaemonError || error instanceof FileError))
      throw error;
    return { own, all: configuredHosts(world) };
  }
}

function configuredHosts(world: World): string[] {
  const path = `${world.env.QUORATE_ROOT ?? ""}${COROSYNC_CONF}`;
  if (!world.fileExists(path)) return [];
  const parsed = parseCorosyncConf(world.readFile(path));
  if (!parsed.ok) return [];
  return viewCorosyncConf(parsed.document)
    .nodes.flatMap(({ name }) => (name === null ? [] : [name]))
    .filter(isHostName);
}

/** Asks each host for its part, all at once. One that fails is told as failed. */
export function askHosts(
  world: World,
  hosts: readonly string[],
  reach: Reach,
  request: ReportRequest,
): Promise<readonly HostReport[]> {
  return Promise.all(hosts.map((host) => askHost(world, host, reach, request)));
}

async function askHost(
  world: World,
  host: string,
  reach: Reach,
  request: ReportRequest,
): Promise<HostReport> {
  const [program = "", ...args] = reach.shell;
  const { status, stdout, stderr } = await world.runProgram(
    program,
    [...args, "-l", reach.user, host, ...COMMAND],
    { input: JSON.stringify(request), timeoutMs: ANSWER_MS_MAX },
  );
  const failed = (problem: string): HostReport => ({ host, entries: null, problem });
  if (status === null) return failed(`no answer within ${ANSWER_MS_MAX / 1000} s`);
  if (status !== 0) {
    const [line = ""] = stderr.trim().split("\n").slice(-1);
    return failed(line === "" ? `${program} ended with exit status ${status}` : line);
  }
  const entries = entriesIn(stdout);
  return entries === null
    ? failed("its answer is no report; is another crm_report installed there?")
    : { host, entries, problem: "" };
}

/** Null when it is not what `answer` prints. Names that lead out of the host's folder are none. */
function entriesIn(text: string): readonly ArchiveEntry[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(parsed)) return null;
  const isEntry = (entry: unknown): entry is ArchiveEntry => {
    const { name, text: content } = (entry ?? {}) as Partial<ArchiveEntry>;
    return typeof content === "string" && typeof name === "string" && isInside(name);
  };
  return parsed.every(isEntry) ? parsed : null;
}

function isInside(name: string): boolean {
  return (
    name.split("/").every((part) => part !== "" && part !== "." && part !== "..") && !name.includes("\0")
  );
}

/** The other side: what this host has to say about a request that came as text. Null when the text is no request. */
export async function answer(world: World, text: string): Promise<string | null> {
  const request = requestIn(text);
  return request === null ? null : JSON.stringify(await collectReport(world, request));
}

function requestIn(text: string): ReportRequest | null {
  try {
    const { fromS, toS, logFiles, searchesLogs, patterns, masked } = JSON.parse(text) as ReportRequest;
    const areTexts = [logFiles, patterns, masked].every(
      (list) => Array.isArray(list) && list.every((one) => typeof one === "string"),
    );
    if (!Number.isInteger(fromS) || !Number.isInteger(toS) || typeof searchesLogs !== "boolean" || !areTexts)
      return null;
    return { fromS, toS, logFiles, searchesLogs, patterns, masked };
  } catch {
    return null;
  }
}
