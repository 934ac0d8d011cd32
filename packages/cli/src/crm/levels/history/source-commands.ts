import { parseXml, type XmlElement } from "@quorate/xml";
import { CibError } from "../../../cluster/cib-session.ts";
import { DaemonError } from "../../../cluster/daemon.ts";
import { FileError } from "../../../world.ts";
import type { Shell } from "../../shell/shell.ts";
import { inputFile, inputFolders, inputsOf } from "../scheduler-inputs.ts";
import { fetchOthers, historyHosts } from "./fetched.ts";
import { readLog } from "./log-lines.ts";
import { chooseSource, hostsInSource } from "./source.ts";
import { clockOf, dayOf, transitionsIn } from "./transitions.ts";
import { liveSpan } from "./view.ts";

/** `info`: what is looked at, and what there was. */
export async function showInfo(shell: Shell): Promise<boolean> {
  const { history, messages } = shell;
  const cib = await cibOrNull(shell);
  const lines = await readLog(shell, []);
  const hosts = hostsInSource(shell);
  const time = (ms: number | undefined) => (ms === undefined ? "?" : `${dayOf(ms)} ${clockOf(ms)}`);
  const span =
    hosts === null
      ? Object.values(liveSpan(shell)).map((seconds) => seconds * 1000)
      : [lines[0]?.ms, lines.at(-1)?.ms];
  const resources = cib?.first("configuration")?.first("resources");
  const ids = (...names: readonly string[]) =>
    names.flatMap((name) => [...(resources?.descendants(name) ?? [])].map(({ id }) => id ?? ""));
  const names = hosts?.map(({ name }) => name) ?? (await historyHosts(shell)).all;
  messages.print(`Source: ${history.source}`);
  messages.print(`Period: ${span.map(time).join(" - ")}`);
  messages.print(`Nodes: ${names.join(" ")}`);
  messages.print(`Groups: ${ids("group").join(" ")}`);
  messages.print(`Clones: ${ids("clone", "master").join(" ")}`);
  messages.print(`Resources: ${ids("primitive").join(" ")}`);
  messages.print(`Inputs: ${inputsOf(shell).length} in ${inputFolders(shell).join(", ")}`);
  messages.print(
    `Transitions: ${transitionsIn(lines)
      .map(({ name }) => name)
      .join(" ")}`,
  );
  return true;
}

/** Null also where the cluster does not run: its past can be looked at all the same. */
async function cibOrNull(shell: Shell): Promise<XmlElement | null> {
  try {
    return await cibOfSource(shell);
  } catch (error) {
    if (error instanceof CibError || error instanceof DaemonError || error instanceof FileError) return null;
    throw error;
  }
}

/** The configuration of what is looked at: that of the cluster, or the one that came with the report. Null when there is none. */
export async function cibOfSource(shell: Shell): Promise<XmlElement | null> {
  const hosts = hostsInSource(shell);
  if (hosts === null) return shell.readCib();
  const inReport = hosts
    .flatMap(({ folder }) => [`${folder}/cib.xml`, `${folder}/cib-on-disk.xml`])
    .find((path) => shell.world.fileExists(path));
  const file = inReport ?? inputFile(shell, undefined);
  const parsed = file === null ? null : parseXml(shell.world.readFile(file));
  return parsed?.ok ? parsed.root : null;
}

/** `source [live|FOLDER|ARCHIVE]` */
export async function source(shell: Shell, [path]: readonly string[]): Promise<boolean> {
  const { history, messages } = shell;
  if (path === undefined) {
    messages.print(`Current source: ${history.source}`);
    return true;
  }
  const problem = await chooseSource(shell, path);
  if (problem !== null) messages.error(problem);
  return problem === null;
}

/** `setnodes NODE ...` */
export function setNodes(shell: Shell, nodes: readonly string[]): boolean {
  if (hostsInSource(shell) !== null)
    shell.messages.info("setting nodes not necessary for existing reports, proceeding anyway");
  shell.history.nodes = [...new Set(nodes)];
  return true;
}

/** `refresh [force]` */
export async function refresh(shell: Shell, [word]: readonly string[]): Promise<boolean> {
  if (word !== undefined && word !== "force") {
    shell.messages.error(`history.refresh: "${word}" is not known here. Expected force`);
    return false;
  }
  const isWhole = hostsInSource(shell) !== null || (await fetchOthers(shell, { isAnew: word === "force" }));
  const lines = await readLog(shell, []);
  shell.messages.print(`${transitionsIn(lines).length} transitions, ${lines.length} lines of logs.`);
  return isWhole;
}
