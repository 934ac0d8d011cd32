import { FileError, type World } from "../../../world.ts";
import type { Shell } from "../../shell/shell.ts";

/** Where `history` looks when no report is chosen. */
export const LIVE = "live";

/** What a report has of one host. */
export interface ReportHost {
  /** The name of its folder; for a report of one host alone that of the report. */
  readonly name: string;
  readonly folder: string;
  /** The folder of the inputs of the scheduler that it kept as DC. */
  readonly inputFolder: string;
}

/** Of `crm_report` and of crmsh's `crm report`; the first that is there is read. */
const LOGS = ["journal.log", "ha-log.txt", "pacemaker.log", "messages"] as const;
const ARCHIVE = /\.(?:tar(?:\.(?:bz2|gz|xz))?|tgz|tbz2?)$/;
const INPUT = /^pe-(?:input|warn|error)-\d+\.(?:bz2|xml)$/;
const UNPACK_MS_MAX = 600_000;

/**
 * Chooses what is looked at: `live`, the folder of a report or of its inputs, or the archive of a report, which is unpacked beside itself.
 * @returns what is wrong with it, or null
 */
export async function chooseSource(shell: Shell, path: string): Promise<string | null> {
  const { world, history } = shell;
  let folder: string | null = null;
  if (path !== LIVE) {
    if (!world.fileExists(path)) return `source ${path} doesn't exist`;
    const opened = ARCHIVE.test(path)
      ? await unpacked(world, path)
      : { folder: path.replace(/(?<=.)\/+$/, "") };
    if ("problem" in opened) return `${path}: ${opened.problem}`;
    folder = opened.folder;
    if (reportHosts(world, folder).length === 0)
      return `${path} is no report: it has neither a log nor inputs of the scheduler, nor have the folders in it`;
  }
  Object.assign(history, { source: path, folder });
  return null;
}

/** The hosts of the report that is looked at; null when it is the running cluster. */
export function hostsInSource({ world, history }: Shell): readonly ReportHost[] | null {
  return history.folder === null ? null : reportHosts(world, history.folder);
}

/** The hosts of a report; none when it is none. */
export function reportHosts(world: World, folder: string): readonly ReportHost[] {
  const own = reportHost(world, folder);
  if (own !== null) return [own];
  try {
    return world.listFolders(folder).flatMap((name) => reportHost(world, `${folder}/${name}`) ?? []);
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}

/** A host's folder in a report, or the one of its inputs. */
function reportHost(world: World, folder: string): ReportHost | null {
  const isInputFolder = filesIn(world, folder).some((name) => INPUT.test(name));
  const host = isInputFolder ? folder.replace(/\/pengine$/, "") : folder;
  const name = host.slice(host.lastIndexOf("/") + 1);
  if (isInputFolder) return { name, folder: host, inputFolder: folder };
  const hasParts =
    LOGS.some((log) => world.fileExists(`${folder}/${log}`)) || world.fileExists(`${folder}/pengine`);
  return hasParts ? { name, folder, inputFolder: `${folder}/pengine` } : null;
}

/** Names of files; none when the folder is not there or must not be looked at. */
export function filesIn(world: World, folder: string): readonly string[] {
  try {
    return world.listFiles(folder);
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}

/** The log of a host in a report; null when there is none. */
export function logFileOf(world: World, { folder }: ReportHost): string | null {
  return LOGS.map((name) => `${folder}/${name}`).find((path) => world.fileExists(path)) ?? null;
}

/** Unpacks an archive in its own folder, unless that was done before. */
async function unpacked(
  world: World,
  archive: string,
): Promise<{ readonly folder: string } | { readonly problem: string }> {
  const around = archive.includes("/") ? archive.slice(0, archive.lastIndexOf("/")) || "/" : ".";
  const tar = (...args: string[]) => world.runProgram("tar", args, { input: "", timeoutMs: UNPACK_MS_MAX });
  const listed = await tar("--list", "--file", archive);
  if (listed.status !== 0) return { problem: problemOf(listed) };
  const names = listed.stdout.split("\n").map((name) => /^(?:\.\/)*([^/]*)/.exec(name)![1]!);
  const tops = new Set(names.filter((name) => name !== "" && name !== "."));
  const [top = ""] = tops;
  // Anything else would be strewn over the folder, or leave it.
  if (tops.size !== 1 || top === "..")
    return { problem: "a report is one folder in its archive; unpack it by hand" };
  const folder = around === "." ? top : `${around}/${top}`;
  if (world.fileExists(folder) && world.changedMs(folder) >= world.changedMs(archive)) return { folder };
  const done = await tar("--extract", "--no-same-owner", "--directory", around, "--file", archive);
  if (done.status !== 0) return { problem: problemOf(done) };
  await world.runProgram("touch", ["--", folder], { input: "", timeoutMs: UNPACK_MS_MAX });
  return { folder };
}

function problemOf({ status, stderr }: { readonly status: number | null; readonly stderr: string }): string {
  return status === null
    ? `tar took longer than ${UNPACK_MS_MAX / 1000} s`
    : stderr.trim().split("\n").at(-1) || `tar ended with status ${status}`;
}
