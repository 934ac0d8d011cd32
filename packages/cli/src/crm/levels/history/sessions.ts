import type { World } from "../../../world.ts";
import { ownFolder } from "../../settings/settings.ts";
import type { Shell } from "../../shell/shell.ts";
import { collectAll, removeFolder } from "./fetched.ts";
import { chooseSource, filesIn, hostsInSource, LIVE } from "./source.ts";
import type { HistoryView } from "./view.ts";

const WORDS = ["save", "load", "delete", "pack", "update", "list"] as const;
const PACK_MS_MAX = 600_000;

/** What a session keeps of the view. */
type Kept = Pick<HistoryView, "source" | "fromS" | "toS" | "detail" | "nodes"> & {
  readonly version: 1;
  readonly excluded: readonly string[];
};

/** `session [{save|load|delete} NAME | pack [NAME] | update | list]`: what is looked at, kept under a name. */
export async function session(shell: Shell, [word, name, odd]: readonly string[]): Promise<boolean> {
  const { messages, history } = shell;
  const current = history.session;
  if (word === undefined) {
    messages.print(`current session: ${current ?? "None"}`);
    return true;
  }
  if (!WORDS.some((known) => known === word))
    return refuse(shell, `unknown history session subcmd: ${word}. Known are ${WORDS.join(", ")}`);
  if (odd !== undefined || (name !== undefined && ["update", "list"].includes(word)))
    return refuse(shell, `"${odd ?? name}" is not known here`);
  if (word === "list") return list(shell);
  if (name === undefined && word !== "pack" && word !== "update")
    return refuse(shell, `Expected a name: session ${word} NAME`);
  const chosen = name ?? current;
  if (chosen === null) return refuse(shell, "need to load a history session before update/pack");
  if (!/^[A-Za-z0-9_][\w.@-]*$/.test(chosen))
    return refuse(shell, `"${chosen}" cannot name a session: letters, digits, ., _, @ and - can`);
  if (word === "save" || word === "update") return save(shell, chosen);
  if (!shell.world.fileExists(fileOf(shell.world, chosen)))
    return refuse(shell, `history session ${chosen} does not exist`);
  if (word === "load") return load(shell, chosen);
  return word === "pack" ? pack(shell, chosen) : remove(shell, chosen);
}

function refuse({ messages }: Shell, text: string): false {
  messages.error(`history.session: ${text}`);
  return false;
}

function folderOfSessions(world: World): string {
  return `${ownFolder(world)}/history`;
}

function fileOf(world: World, name: string): string {
  return `${folderOfSessions(world)}/${name}.json`;
}

/** Where the logs and inputs are that a session keeps of the running cluster. */
function reportOf(world: World, name: string): string {
  return `${folderOfSessions(world)}/${name}`;
}

function list({ world, messages, history }: Shell): boolean {
  for (const file of filesIn(world, folderOfSessions(world))) {
    const name = /^(.*)\.json$/.exec(file)?.[1];
    if (name !== undefined) messages.print(name === history.session ? `${name} (current)` : name);
  }
  return true;
}

/** The hosts may throw away what was seen, so a session of the running cluster keeps a report of it. Of a report only the place is kept. */
async function save(shell: Shell, name: string): Promise<boolean> {
  const { world, history } = shell;
  if (hostsInSource(shell) === null) {
    const folder = reportOf(world, name);
    if (world.fileExists(folder) && !(await removeFolder(shell, folder))) return false;
    await collectAll(shell, folder);
    const problem = await chooseSource(shell, folder);
    if (problem !== null) return refuse(shell, problem);
  }
  const { source, fromS, toS, detail, nodes, excluded } = history;
  const kept: Kept = {
    version: 1,
    source: absolute(world, source),
    fromS,
    toS,
    detail,
    nodes,
    excluded: excluded.map((pattern) => pattern.source),
  };
  world.writeOwnFile(fileOf(world, name), `${JSON.stringify(kept, null, 2)}\n`);
  history.session = name;
  return true;
}

/** The next one who loads it may be in another folder. */
function absolute(world: World, path: string): string {
  return path.startsWith("/") ? path : `${world.filterText("pwd", "").output.trim()}/${path}`;
}

async function load(shell: Shell, name: string): Promise<boolean> {
  const { world, history } = shell;
  const kept = keptIn(world.readFile(fileOf(world, name)));
  if (kept === null) return refuse(shell, `${fileOf(world, name)} is no session, or one of a newer version`);
  const problem = await chooseSource(shell, kept.source);
  if (problem !== null) return refuse(shell, problem);
  const { fromS, toS, detail, nodes } = kept;
  const excluded = kept.excluded.map((pattern) => new RegExp(pattern));
  Object.assign(history, { fromS, toS, detail, nodes, excluded, session: name });
  return true;
}

function keptIn(text: string): Kept | null {
  try {
    const kept = JSON.parse(text) as Kept;
    return kept.version === 1 && typeof kept.source === "string" && Array.isArray(kept.excluded)
      ? kept
      : null;
  } catch {
    return null;
  }
}

async function remove(shell: Shell, name: string): Promise<boolean> {
  const { world, history, messages } = shell;
  const folder = reportOf(world, name);
  if (world.fileExists(folder) && !(await removeFolder(shell, folder))) return false;
  world.removeFile(fileOf(world, name));
  if (history.session !== name) return true;
  messages.info("current history session deleted, setting source to live");
  history.session = null;
  await chooseSource(shell, LIVE);
  return true;
}

/** An archive as `crm_report` makes them, in the home of the person. */
async function pack(shell: Shell, name: string): Promise<boolean> {
  const { world, history, messages } = shell;
  if (history.session !== name && !(await load(shell, name))) return false;
  const folder = history.folder!;
  const cut = folder.lastIndexOf("/");
  const archive = `${world.env.HOME ?? "."}/${name}.tar.bz2`;
  const { status, stderr } = await world.runProgram(
    "tar",
    [
      ...["--create", "--bzip2", "--file", archive, "--directory", folder.slice(0, cut) || "/"],
      ...[`--transform=flags=r;s,^[^/]*,${name},`, "--", folder.slice(cut + 1)],
    ],
    { input: "", timeoutMs: PACK_MS_MAX },
  );
  if (status !== 0) return refuse(shell, stderr.trim().split("\n").at(-1) || "tar did not end well");
  messages.print(`Report saved in '${archive}'`);
  return true;
}
