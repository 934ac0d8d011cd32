import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, constants, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { isSameXml } from "./conformance/offline/compare.ts";
import type { OfflineCase } from "./conformance/offline/suite.ts";
import { CIB_FILE } from "./conformance/offline/tool.ts";

const USAGE = `Usage: npm run record -- LIST --suite DIR --to DIR [--tool pcs|crm] [--program FILE]

Runs each command of LIST with another program, on a CIB in a file, and writes down what it did as a suite that
\`npm run conformance -- DIR --tool NAME\` compares with ours. Commands that DIR holds already are not run again.
  LIST            a command a line: BASE WORD..., quoted as for sh; BASE is a file in SUITE/base, or - for none;
                  for commands on standard input BASE < LINE ;; LINE; a line of JSON is a case of a suite with
                  base, args, stdin, files; # begins a comment
  --suite DIR     whose base/ is used
  --to DIR        made when it is not there; after it LIST may grow
  --tool NAME     default: pcs, or crm when that is the last part of --suite
  --program FILE  default: /usr/sbin/NAME
  --jobs N        commands at a time; default: as many as there are processors
`;

type Command = Pick<OfflineCase, "base" | "args" | "stdin" | "files">;

/** Seconds until a recorded program is ended, and all that it has started; a question at the end of input must not hold up the rest. */
const TIMEOUT_S = 60;

/** Records what a reference program does on files. Source of the format: README of the suites. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      suite: { type: "string" },
      to: { type: "string" },
      tool: { type: "string" },
      program: { type: "string" },
      jobs: { type: "string", default: String(availableParallelism()) },
      help: { type: "boolean", default: false },
    },
  });
  const [listFile] = positionals;
  if (values.help || listFile === undefined || values.suite === undefined || values.to === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 64;
  }
  const suite = resolve(values.suite);
  const folder = resolve(values.to);
  const tool = values.tool ?? (basename(suite) === "crm" ? "crm" : "pcs");
  const program = values.program ?? `/usr/sbin/${tool}`;
  copyBases(suite, folder);
  const suiteFile = join(folder, "commands.jsonl");
  const recorded: OfflineCase[] = existsSync(suiteFile)
    ? lines(readFileSync(suiteFile, "utf8")).map((line) => JSON.parse(line) as OfflineCase)
    : [];
  const known = new Set(recorded.map(key));
  const commands = lines(readFileSync(listFile, "utf8"))
    .filter((line) => !line.trimStart().startsWith("#"))
    .map(readCommand)
    .filter((command) => !known.has(key(command)));
  endAllOnSignals();
  let count = recorded.length;
  let next = count;
  const area = basename(listFile).replace(/\.[^.]*$/, "");
  const work = async () => {
    for (let command = commands.shift(); command !== undefined; command = commands.shift()) {
      next += 1;
      const id = `${area}-${String(next).padStart(4, "0")}`;
      const testCase = await record({ program, tool, folder, id, area, command });
      if (testCase === null) {
        console.error(`crash: ${[command.base, ...command.args].join(" ")}`);
        continue;
      }
      count++;
      appendFileSync(suiteFile, `${JSON.stringify(testCase)}\n`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  console.log(`${count} commands in ${folder}`);
  return 0;
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function key({ base, args, stdin, files }: Command): string {
  return JSON.stringify([base, args, stdin ?? null, files ?? null]);
}

function copyBases(suite: string, folder: string): void {
  for (const name of ["base", "after"]) mkdirSync(join(folder, name), { recursive: true });
  for (const name of readdirSync(join(suite, "base"))) {
    writeFileSync(join(folder, "base", name), readFileSync(join(suite, "base", name)));
  }
}

function readCommand(line: string): Command {
  if (line.startsWith("{")) return JSON.parse(line) as Command;
  const input = /^(\S+) < (.*)$/.exec(line);
  if (input !== null) return { base: input[1]!, args: [], stdin: `${input[2]!.split(" ;; ").join("\n")}\n` };
  const [base, ...args] = shellWords(line);
  return { base: base === "-" ? null : base!, args };
}

/** Words as sh would make them: quotes and backslashes, nothing is expanded. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/g)) {
    words.push(
      match[0].replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, (_, single, double, escaped) =>
        escaped !== undefined ? escaped : (single ?? double.replace(/\\(["\\$`])/g, "$1")),
      ),
    );
  }
  return words;
}

interface Recording {
  readonly program: string;
  readonly tool: string;
  readonly folder: string;
  readonly id: string;
  readonly area: string;
  readonly command: Command;
}

/** Null when the program stopped with an internal error: nobody wants the same. */
async function record({ program, tool, folder, id, area, command }: Recording): Promise<OfflineCase | null> {
  const place = mkdtempSync(join(tmpdir(), "quorate-record-"));
  try {
    const before = new Map(Object.entries(command.files ?? {}));
    if (command.base !== null) {
      before.set(CIB_FILE, readFileSync(join(folder, "base", `${command.base}.xml`), "utf8"));
    }
    for (const [name, text] of before) writeFileSync(join(place, name), text);
    const onFile = tool === "pcs" && command.base !== null ? ["-f", CIB_FILE] : [];
    const ended = await runProgram(program, [...onFile, ...command.args], place, command.stdin);
    if (/^Traceback /m.test(ended.stderr + ended.stdout)) return null;
    let cibAfter: string | null = null;
    const filesAfter: Record<string, string> = {};
    for (const entry of readdirSync(place, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const text = readFileSync(join(place, entry.name), "utf8");
      const old = before.get(entry.name);
      if (entry.name !== CIB_FILE) {
        if (text !== old) filesAfter[entry.name] = text;
      } else if (old === undefined || !isSameXml(old, text)) {
        cibAfter = `${id}.xml`;
        writeFileSync(join(folder, "after", cibAfter), text);
      }
    }
    return {
      id,
      area,
      ...command,
      exit: ended.exit,
      stdout: withPlaceholders(ended.stdout, place),
      stderr: ended.stderr.replaceAll(place, ""),
      cib_after: cibAfter,
      ...(Object.keys(filesAfter).length === 0 ? {} : { files_after: filesAfter }),
    };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function withPlaceholders(text: string, place: string): string {
  return text
    .replaceAll(`${place}/`, "")
    .replace(new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g"), "")
    .replace(/^WARNING: \(\w+\)\s.*\n/gm, "")
    .replace(/(?<=^Usage: |^usage: )[\s\S]*/m, "{usage}")
    .replace(/(?<=Last updated: )[^\n]+/g, "{time}")
    .replace(/(?<=last_update time=")[^"]+/g, "{time}")
    .replace(/(?<=cluster_uuid: )[0-9a-f]{32}/g, "{uuid}");
}

interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runProgram(
  program: string,
  argv: readonly string[],
  place: string,
  stdin: string | undefined,
): Promise<Ended> {
  const env = {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: join(place, ".home"),
    TZ: "UTC",
    LC_ALL: "C.UTF-8",
    COLUMNS: "80",
    TERM: "dumb",
    ...(basename(program) === "crm" ? { CIB_file: CIB_FILE } : {}),
  };
  mkdirSync(env.HOME);
  return new Promise((done, fail) => {
    const child = spawn(program, argv, { cwd: place, env, stdio: "pipe", detached: true });
    const group = child.pid;
    if (group !== undefined) running.add(group);
    const timer = setTimeout(() => group !== undefined && endGroup(group), TIMEOUT_S * 1000);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.stdin.on("error", () => {});
    child.stdin.end(stdin ?? "");
    child.on("error", fail);
    child.on("close", (status) => {
      clearTimeout(timer);
      // What it has left behind.
      if (group !== undefined) endGroup(group);
      done({ exit: status ?? -1, stdout, stderr });
    });
  });
}

/** Leaders of the groups of what runs: each program has its own, so that its children end with it. */
const running = new Set<number>();

function endGroup(leader: number): void {
  running.delete(leader);
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // All of it has ended.
  }
}

/** A group of its own hears nothing of a Ctrl-C at the terminal. */
function endAllOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      for (const leader of running) endGroup(leader);
      process.exit(128 + constants.signals[signal]);
    });
}
