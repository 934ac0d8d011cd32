import { createHash } from "node:crypto";
import type { Shell } from "../shell/shell.ts";
import { type Answer, chosenHosts, LONG_MS_MAX, runOn, runOnAll, shellWord } from "./other-hosts.ts";

/** `copy FILE [HOST ...]`: a file of this host onto others, in the same place and with the same mode. */
export async function copyFile(
  shell: Shell,
  command: string,
  [file, ...named]: readonly string[],
): Promise<boolean> {
  if (!isAbsolute(shell, command, file!)) return false;
  const text = shell.world.readFile(file!);
  if (text.includes("\uFFFD")) {
    shell.messages.error(`${command}: ${file} is no text. Copy it with scp`);
    return false;
  }
  const word = shellWord(file!);
  const mode =
    /^[0-7]{3,4}$/.exec(shell.world.filterText(`stat -c %a ${word}`, "").output.trim())?.[0] ?? "600";
  // Written aside and renamed: nobody reads half of it.
  const script = `t=$(mktemp ${word}.XXXXXX) && { cat > "$t" && chmod ${mode} "$t" && mv -f "$t" ${word} || { rm -f "$t"; exit 1; }; }`;
  const answers = await runOnAll(shell, await chosenHosts(shell, named), script, { input: text });
  for (const { host, problem } of answers)
    if (problem === "") shell.messages.info(`${file}: copied to ${host}`);
  return tellProblems(shell, command, answers);
}

/** `diff FILE [--checksum] [HOST ...]`: how a file of other hosts differs from that of this one. It is good to know either way. */
export async function diffFile(shell: Shell, command: string, args: readonly string[]): Promise<boolean> {
  const isSum = args.includes("--checksum");
  const [file, ...named] = args.filter((arg) => arg !== "--checksum");
  if (file === undefined || file.startsWith("-")) {
    shell.messages.error(`${command}: Expected FILE [--checksum] [HOST ...]`);
    return false;
  }
  if (!isAbsolute(shell, command, file)) return false;
  const own = shell.world.readFile(file);
  const hosts = await chosenHosts(shell, named);
  const answers = await runOnAll(shell, hosts, `cat -- ${shellWord(file)}`);
  if (isSum) shell.messages.print(`this host: SHA256 ${sumOf(own)}  ${file}`);
  for (const { host, stdout, problem } of answers) {
    if (problem !== "") continue;
    if (isSum) shell.messages.print(`${host}: SHA256 ${sumOf(stdout)}  ${file}`);
    else if (stdout === own) shell.messages.info(`${file}: the same on ${host}`);
    else shell.messages.print(await differences(shell, own, stdout, { names: ["this host", host] }));
  }
  return tellProblems(shell, command, answers);
}

/** The text of a file of another host; null when it cannot be had, which is told. */
export async function fetchFile(
  shell: Shell,
  command: string,
  host: string,
  file: string,
): Promise<string | null> {
  const answer = await runOn(shell, host, `cat -- ${shellWord(file)}`);
  return tellProblems(shell, command, [answer]) ? answer.stdout : null;
}

/** `run COMMAND [HOST ...]`: on the named hosts, or on all of the cluster, this one included. */
export async function runCommand(
  shell: Shell,
  command: string,
  [line, ...named]: readonly string[],
): Promise<boolean> {
  const answers: Answer[] = [];
  if (named.length === 0) {
    const { status, stdout, stderr } = await shell.world.runProgram("sh", ["-c", line!], {
      input: "",
      timeoutMs: LONG_MS_MAX,
    });
    const problem = status === 0 ? "" : stderr.trim() || `the command ended with ${status}`;
    answers.push({ host: "this host", stdout, stderr, problem });
  }
  answers.push(
    ...(await runOnAll(shell, await chosenHosts(shell, named), line!, { timeoutMs: LONG_MS_MAX })),
  );
  for (const { host, stdout } of answers) {
    const text = stdout.replace(/\n$/, "");
    if (text !== "") shell.messages.print(text.replace(/^/gm, `${host}: `));
  }
  return tellProblems(shell, command, answers);
}

export interface DifferencesOptions {
  readonly names: readonly [string, string];
  /** Lines around each difference. Default: 3. */
  readonly contextLines?: number;
}

/** Two texts as `diff -u` shows how they differ. */
export async function differences(
  shell: Shell,
  one: string,
  other: string,
  { names: [oneName, otherName], contextLines }: DifferencesOptions,
): Promise<string> {
  return shell.world.withPrivateFile(one, (path) =>
    shell.world
      .filterText(
        `diff ${contextLines === undefined ? "-u" : `-U${contextLines}`} --label ${shellWord(oneName)} --label ${shellWord(otherName)} ${shellWord(path)} -`,
        other,
      )
      .output.replace(/\n$/, ""),
  );
}

function isAbsolute(shell: Shell, command: string, file: string): boolean {
  if (file.startsWith("/")) return true;
  shell.messages.error(
    `${command}: "${file}" must begin with /: other hosts do not know the folder you are in`,
  );
  return false;
}

function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function tellProblems(shell: Shell, command: string, answers: readonly Answer[]): boolean {
  for (const { host, problem } of answers) {
    if (problem !== "") shell.messages.error(`${command}: ${host}: ${problem}`);
  }
  return answers.every(({ problem }) => problem === "");
}
