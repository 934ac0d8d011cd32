import { createInterface } from "node:readline/promises";
import type { Shell } from "./shell.ts";

const HISTORY_SIZE = 1000;

/** Reads commands from a person until the end of input or `quit`. History is kept in a file of the person's own. */
export async function runInteractively(shell: Shell): Promise<boolean> {
  const reader = createInterface({
    input: process.stdin,
    output: process.stdout,
    history: readHistory(shell),
    historySize: HISTORY_SIZE,
    completer: (line: string) => complete(shell, line),
  });
  let isGood = true;
  const typed: string[] = [];
  const abort = new AbortController();
  const { signal } = abort;
  reader.once("close", () => abort.abort());
  const readLine = (text: string) => reader.question(text, { signal });
  const asker = (question: string) => askUntilAnswered(question, (text) => readLine(text));
  try {
    do {
      shell.beginSession(asker);
      while (!shell.isDone) {
        let line = await readLine(prompt(shell));
        while (line.endsWith("\\")) line = line.slice(0, -1) + (await readLine("   > "));
        if (line.trim() !== "") typed.push(line);
        isGood = await shell.runBatch(line);
      }
      // Who quits with changes that cannot be committed stays, to mend or (refresh) forget them.
    } while (!(await shell.leaveAll()));
  } catch (error) {
    if (!signal.aborted) throw error;
    shell.world.stdout("\n");
    if (shell.openConfiguration?.isChanged) {
      shell.messages.warning("The input ended with changes pending: they were not committed");
      isGood = false;
    }
  } finally {
    reader.close();
    writeHistory(shell, typed);
  }
  return isGood;
}

/** For a person who typed one command and sits at a terminal. The end of input means no. */
export async function askOnce(question: string): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  const abort = new AbortController();
  reader.once("close", () => abort.abort());
  try {
    return await askUntilAnswered(question, (text) => reader.question(text, { signal: abort.signal }));
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    return false;
  } finally {
    reader.close();
  }
}

async function askUntilAnswered(question: string, read: (text: string) => Promise<string>): Promise<boolean> {
  for (;;) {
    const answer = (await read(`${question} (y/n)? `)).trim().toLowerCase();
    if (answer === "y" || answer === "yes") return true;
    if (answer === "n" || answer === "no") return false;
  }
}

function prompt(shell: Shell): string {
  const shadow = shell.world.env.CIB_shadow || (shell.world.env.CIB_file ? "file" : "live");
  const path = shell.path
    .slice(1)
    .map(({ name }) => name)
    .join("/");
  return `crm(${shadow})${path}# `;
}

/** The names that the last word may become, at the level that the words before it lead to. */
function complete(shell: Shell, line: string): [string[], string] {
  const words = line.split(/\s+/);
  const last = words.pop() ?? "";
  let level = shell.level;
  for (const word of words.filter((part) => part !== "")) {
    if (!Object.hasOwn(level.levels, word)) {
      const ids = shell.openConfiguration?.objects().map(({ id }) => id) ?? [];
      return [ids.filter((id) => id.startsWith(last)), last];
    }
    level = level.levels[word]!;
  }
  const names = [
    ...Object.keys(level.levels),
    ...Object.keys(level.commands),
    "help",
    "quit",
    "up",
    "cd",
    "ls",
  ];
  return [names.filter((name) => name.startsWith(last)).sort(), last];
}

function historyPath(shell: Shell): string | null {
  const home = shell.world.env.HOME ?? "";
  return home === "" ? null : `${home}/.crm_history`;
}

/** Newest first, as readline has it. */
function readHistory(shell: Shell): string[] {
  const path = historyPath(shell);
  if (path === null || !shell.world.fileExists(path)) return [];
  return shell.world
    .readFile(path)
    .split("\n")
    .filter((line) => line !== "")
    .reverse();
}

function writeHistory(shell: Shell, typed: readonly string[]): void {
  const path = historyPath(shell);
  if (path === null || typed.length === 0) return;
  // Commands may hold passwords: those are not written down.
  const kept = typed.filter((line) => !/passw/.test(line));
  const lines = [...readHistory(shell).reverse(), ...kept].slice(-HISTORY_SIZE);
  shell.world.writeFile(path, `${lines.join("\n")}\n`);
}
