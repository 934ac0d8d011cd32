import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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

type Options = Pick<ProgramOptions, "cwd" | "env" | "input">;

function command(name: string, args: readonly string[], options: Options = {}): Promise<Ended> {
  const env = { QUORATE_ROOT: root, ...options.env };
  return startProgram(bin(name), args, { ...options, env }).ended;
}

/** Past its launcher. */
function alone(name: string, args: readonly string[], options: Options): Promise<Ended> {
  const env = { QUORATE_ROOT: root, ...options.env };
  return startProgram(process.execPath, [bin(name), ...args], { ...options, env }).ended;
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

const CIB = `<cib epoch="1" num_updates="0" admin_epoch="0" validate-with="pacemaker-3.0" cib-last-written="Sun Mar  1 12:00:00 2026" execution-date="1772366400">
  <configuration>
    <crm_config><cluster_property_set id="o"><nvpair id="o-s" name="stonith-enabled" value="false"/></cluster_property_set></crm_config>
    <nodes><node id="1" uname="one"/></nodes>
    <resources><primitive id="rsc" class="ocf" provider="pacemaker" type="Dummy"/></resources>
    <constraints/>
  </configuration>
  <status><node_state id="1" uname="one" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="1"/></node_state></status>
</cib>
`;

describe("the launcher in front of commands", () => {
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
    expect(fields.slice(0, 5)).toEqual([bin("attrd_updater"), "", process.cwd(), expect.any(String), "5"]);
    expect(fields.slice(5, 10)).toEqual(args);
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

  describe("and the threads that it hands over to", () => {
    beforeEach(async () => {
      for (const [lane, path] of [
        ["short", socketPath],
        ["long", join(dirname(socketPath), "long-commands.sock")],
      ] as const) {
        const worker = new Worker(bin("quorate-commands"), { workerData: { commandsSocket: path, lane } });
        closing.push(() => worker.terminate());
        await vi.waitFor(() => expect(existsSync(path)).toBe(true), 10_000);
      }
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

    const SAVED = "result.xml";
    /** When it was simulated. */
    const NOW = /last-rc-change="\d+"/g;

    test.each<[string, string[], Options]>([
      ["crm_simulate", ["-x", "cib.xml", "-S", "-O", SAVED], {}],
      ["crm_simulate", ["-x", "cib.xml", "-R", "--output-as=xml"], {}],
      ["crm_simulate", ["-x", "cib.xml", "-S", "-G", "/dev/stdout", "-O", SAVED], {}],
      ["crm_simulate", ["-S"], { input: CIB }],
      ["crm_simulate", ["-L"], { env: { CIB_file: "cib.xml" } }],
      ["crm_simulate", ["-L", "-S", "-O", SAVED], { env: { CIB_file: "cib.xml", TZ: "Asia/Tokyo" } }],
      ["crm_simulate", ["-x", "../none.xml"], {}],
      ["crm_simulate", ["-x", "cib.xml", "-X", "-O", SAVED], {}],
      ["crm_mon", ["-1", "--exclude=times"], { env: { CIB_file: "cib.xml" } }],
      ["crm_mon", ["-1"], {}],
      ["crm_verify", ["-x", "cib.xml", "-S", SAVED], {}],
      ["crm_resource", ["--list"], { env: { CIB_file: "cib.xml" } }],
      ["crm_resource", ["--wait"], {}],
      ["crm_diff", ["-o", "cib.xml", "-n", "cib.xml"], {}],
      ["iso8601", ["-d", "2026-03-01 12:00:00"], { env: { TZ: "Asia/Tokyo" } }],
      ["stonith_admin", ["--history", "*"], {}],
    ])(
      "%s %j %j does the same, files included, below the caller's directory",
      async (name, args, options) => {
        const results = [];
        for (const run of [command, alone]) {
          const directory = mkdtempSync(join(root, "caller-"));
          writeFileSync(join(directory, "cib.xml"), CIB);
          const ended = await run(name, args, { ...options, cwd: directory });
          const saved = join(directory, SAVED);
          const files = [join(directory, "cib.xml"), saved].map((path) =>
            existsSync(path) ? [readFileSync(path, "utf8").replace(NOW, ""), statSync(path).mode] : null,
          );
          results.push({ ...ended, files });
        }
        expect(results[0]).toEqual(results[1]);
      },
    );

    test("a simulation is used: where no Node.js is found, nothing else could run it", async () => {
      writeFileSync(join(root, "cib.xml"), CIB);
      const ended = await command("crm_simulate", ["-x", "cib.xml"], {
        env: { PATH: "/nonexistent" },
        cwd: root,
      });
      expect(ended).toEqual(await alone("crm_simulate", ["-x", "cib.xml"], { cwd: root }));
      expect(ended.status).toBe(0);
    });
  });
});
