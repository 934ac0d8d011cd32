import type { ApiClient, MethodName } from "@quorate/api";
import { ApiError } from "@quorate/api";
import type { AgentCatalogue } from "@quorate/executor";
import type { Main } from "../src/command.ts";
import type { Management } from "../src/management/management.ts";
import { FileError, type HeldSignals, type World } from "../src/world.ts";

export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A request that a test's daemon answers; any other is a defect of the test. */
export type Answers = Partial<Record<MethodName, (params: never) => unknown>>;

/** A machine without any agent. */
const NO_AGENTS = {
  describe: async () => ({ ok: false, reason: "no such agent here" }),
  close: () => {},
} as unknown as AgentCatalogue;

/** Runs whole commands without a process: files in memory, a daemon that answers what the test says. */
export class MemoryWorld {
  readonly files = new Map<string, string>();
  readonly requests: { readonly method: string; readonly params: unknown }[] = [];
  readonly env: Record<string, string | undefined> = {};
  stdin = "";
  daemon: Answers | null = null;
  /** Processes that were started to outlive the command; their ids count from 1. */
  readonly started: {
    readonly program: string | null;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  }[] = [];
  agents: AgentCatalogue | null = null;
  management: Management | null = null;
  /** Programs that are run without a shell; none, unless a test has one. */
  programs: World["runProgram"] = async () => ({ status: 127, stdout: "", stderr: "no such program" });
  /** What the shell makes of a text. */
  filter: World["filterText"] = () => ({ status: 127, output: "" });
  /** What agents answer that are run on this machine, beside any cluster. */
  runAgent: World["runAgent"] = () => Promise.reject(new Error("this test runs no agents"));
  /** What the editor makes of the text that it is given. */
  editor: ((text: string) => string) | null = null;
  /** What a person answers who sits there; null: nobody does. */
  person: string | null = null;
  /** What a program in the foreground ends with; the editor, unless a test says otherwise. */
  foreground: ((program: string, args: readonly string[]) => number) | null = null;
  /** The signal that the process gets; never, unless a test says when. */
  signal: HeldSignals["first"] = new Promise(() => {});
  signals: "free" | "held" = "free";
  nowMs = Date.UTC(2026, 10, 21, 12, 0, 0);
  sleep: World["sleep"] = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  async run(main: Main, name: string, ...argv: string[]): Promise<Run> {
    let stdout = "";
    let stderr = "";
    const world: World = {
      env: this.env,
      programName: name,
      stdout: (text) => {
        stdout += text;
      },
      stderr: (text) => {
        stderr += text;
      },
      readStdin: () => this.stdin,
      readFile: (path) => {
        const text = this.files.get(path);
        if (text === undefined) throw new FileError(`${path} cannot be read: no such file or directory`);
        return text;
      },
      writeFile: (path, text) => void this.files.set(path, text),
      writePieces: (path, pieces) => void this.files.set(path, [...pieces].join("")),
      createKey: async (path, byteCount, { replaces }) => {
        if (this.files.has(path) && !replaces) throw new FileError(`${path} is there`);
        this.files.set(path, `key of ${byteCount} bytes`);
      },
      writeOwnFile: (path, text) => void this.files.set(path, text),
      removeFile: (path) => void this.files.delete(path),
      withPrivateFile: (text, use) => {
        const path = "/private/text";
        this.files.set(path, text);
        try {
          return use(path);
        } finally {
          this.files.delete(path);
        }
      },
      writeArchive: (path, form, folder, entries) => {
        for (const { name, text } of entries) this.files.set(`${path}/${form}/${folder}/${name}`, text);
      },
      isInteractive: () => this.person !== null,
      ask: async (prompt) => {
        if (this.person === null) throw new Error(`unexpected question: ${prompt}`);
        return this.person;
      },
      runForeground: (program, args) => {
        if (this.foreground !== null) return this.foreground(program, args);
        if (this.editor === null) throw new Error(`unexpected run of ${program}`);
        const path = args.at(-1)!;
        this.files.set(path, this.editor(this.files.get(path)!));
        return 0;
      },
      startDetached: (program, args, env) => this.started.push({ program, args, env }),
      runOwn: async (program, args) => {
        const own = await import(`../src/commands/${program}.ts`);
        return own.main(args, { ...world, programName: program });
      },
      listFiles: (folder) =>
        [...this.files.keys()]
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1))
          .sort(),
      listFolders: (folder) => [
        ...new Set(
          [...this.files.keys()]
            .filter((path) => path.startsWith(`${folder}/`))
            .map((path) => path.slice(folder.length + 1).split("/"))
            .flatMap(([name, ...below]) => (below.length > 0 ? [name!] : [])),
        ),
      ],
      changedMs: () => Date.UTC(2026, 10, 20, 12, 0, 0),
      fileExists: (path) =>
        this.files.has(path) || [...this.files.keys()].some((file) => file.startsWith(`${path}/`)),
      runAgent: (request) => this.runAgent(request),
      openAgents: async () => {
        return this.agents ?? NO_AGENTS;
      },
      groupsOf: () => [],
      resolvesName: async (name) => name === "localhost",
      runProgram: (program, args, options) => this.programs(program, args, options),
      filterText: (command, text) => this.filter(command, text),
      holdSignals: () => {
        this.signals = "held";
        return {
          first: this.signal,
          release: () => {
            this.signals = "free";
          },
        };
      },
      nowMs: () => this.nowMs,
      sleep: (ms) => this.sleep(ms),
      openManagement: async () => {
        if (this.management === null) throw new Error("this test has no other hosts");
        return this.management;
      },
      connectDaemon: async () => this.#connect(),
    };
    const status = await main(argv, world);
    return { status, stdout, stderr };
  }

  #connect(): ApiClient {
    const answers = this.daemon;
    if (answers === null)
      throw new ApiError("connectionLost", "no quorated is running at /run/quorate/quorated.sock");
    return {
      request: async (method, params) => {
        this.requests.push({ method, params });
        const answer = answers[method];
        if (answer === undefined) throw new Error(`unexpected request ${method}`);
        return answer(params as never) as never;
      },
      on: async () => {},
      onLost: () => {},
      close: () => {},
    };
  }
}
