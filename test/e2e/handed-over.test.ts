import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { bin, type Ended, type ProgramOptions, startProgram } from "./programs.ts";

let root: string;
let socketPath: string;
let closing: (() => unknown)[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "quorate-launcher-"));
  socketPath = join(root, "run/quorate/commands.sock");
  mkdirSync(dirname(socketPath), { recursive: true });
});
afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
  rmSync(root, { recursive: true });
});

type Options = Pick<ProgramOptions, "env" | "input">;

function command(name: string, args: readonly string[], { env, input }: Options = {}): Promise<Ended> {
  return startProgram(bin(name), args, { env: { QUORATE_ROOT: root, ...env }, input }).ended;
}

/** Past its launcher. */
function alone(name: string, args: readonly string[], { env, input }: Options): Promise<Ended> {
  const options = { env: { QUORATE_ROOT: root, ...env }, input };
  return startProgram(process.execPath, [bin(name), ...args], options).ended;
}

/** The greeting that this launcher waits for. */
const greeting = /"(quorate-commands \w+)" "\$@"/.exec(readFileSync(bin("attrd_updater"), "utf8"))?.[1];

function standIn(serve: (socket: Socket) => void): Promise<void> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return new Promise((resolve) => server.listen(socketPath, resolve));
}

function frame(kind: string, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** What a command says that runs by itself: nobody is there to ask. */
const BY_ITSELF = { status: 102, stdout: "", stderr: expect.stringContaining("no quorated is running at") };

describe("the launcher in front of short commands", () => {
  test("hands over arguments and environment as they are, and gives back what comes", async () => {
    const asked: Buffer[] = [];
    await standIn((socket) => {
      socket.write(`${greeting}\n`);
      socket.on("data", (chunk) => {
        asked.push(chunk);
        socket.end(
          Buffer.concat([
            frame("o", "one\n"),
            frame("e", "ä complaint\n"),
            frame("o", "x".repeat(300_000)),
            frame("x", "7"),
          ]),
        );
      });
    });
    const args = ["--name", "a b", "--update", "", "ü\n$(id)"];
    const ended = await command("attrd_updater", args, { env: { MARK: "it's here" } });
    expect(ended).toEqual({ status: 7, stdout: `one\n${"x".repeat(300_000)}`, stderr: "ä complaint\n" });
    const fields = Buffer.concat(asked).subarray(4).toString().split("\0");
    expect(fields.slice(0, 3)).toEqual([bin("attrd_updater"), "", "5"]);
    expect(fields.slice(3, 8)).toEqual(args);
    expect(fields).toContain("MARK=it's here");
  });

  test("runs it by itself when there is no daemon", async () => {
    expect(await command("attrd_updater", ["-n", "a", "-Q"])).toEqual(BY_ITSELF);
  });

  test.each<[string, (socket: Socket) => void]>([
    ["is of another build", (socket) => socket.write("quorate-commands 0000\n")],
    ["does not greet", () => {}],
    ["hangs up", (socket) => socket.destroy()],
    [
      "declines",
      (socket) => {
        socket.write(`${greeting}\n`);
        socket.on("data", () => socket.end(frame("d", "")));
      },
    ],
  ])("runs it by itself when the daemon %s", async (_, serve) => {
    await standIn(serve);
    expect(await command("attrd_updater", ["-n", "a", "-Q"])).toEqual(BY_ITSELF);
  });

  test("never does it twice: when the daemon vanishes after it was asked, that is said", async () => {
    await standIn((socket) => {
      socket.write(`${greeting}\n`);
      socket.on("data", () => socket.end(frame("o", "beg")));
    });
    const ended = await command("attrd_updater", ["-n", "a", "-U", "1"]);
    expect(ended).toEqual({
      status: 102,
      stdout: "beg",
      stderr:
        "attrd_updater: the connection to this node's quorated was lost; whether it was done is not known\n",
    });
  });

  describe("and the thread that it hands over to", () => {
    beforeEach(async () => {
      const worker = new Worker(bin("quorate-commands"), {
        workerData: { commandsSocket: socketPath },
      });
      closing.push(() => worker.terminate());
      await vi.waitFor(() => expect(existsSync(socketPath)).toBe(true), 10_000);
    });

    test("is used: where no Node.js is found, nothing else could run the command", async () => {
      const ended = await command("crm_node", ["--version"], { env: { PATH: "/nonexistent" } });
      expect(ended).toEqual(await alone("crm_node", ["--version"], {}));
    });

    test.each<[string, string[], Options]>([
      ["attrd_updater", ["--version"], {}],
      ["crm_attribute", ["--help"], {}],
      ["crm_node", ["--no-such-option"], {}],
      ["cibadmin", ["--empty"], {}],
      ["cibadmin", ["--md5-sum", "--xml-pipe"], { input: "<a b='1'/>" }],
      ["cibadmin", ["--query"], { env: { CIB_file: "/nonexistent" } }],
      ["crm_master", ["-v", "5"], {}],
      ["crm_failcount", ["-r", "x", "-Q"], {}],
      ["crm_standby", ["-G"], {}],
      ["crm_standby", ["-G"], { env: { LC_ALL: "xx_YY.UTF-8", PERL5OPT: "-w" } }],
    ])("%s %j %j does the same as without", async (name, args, options) => {
      const handedOver = await command(name, args, options);
      expect(handedOver).toEqual(await alone(name, args, options));
    });
  });
});
