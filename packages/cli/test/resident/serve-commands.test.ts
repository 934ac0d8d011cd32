import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lane } from "../../src/resident/resident-commands.ts";
import { serveCommands } from "../../src/resident/serve-commands.ts";
import { ownSurroundings } from "../../src/resident/surroundings.ts";
import { versionText } from "../../src/version.ts";

let directory: string;
let servers: Record<Lane, Server>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "quorate-commands-"));
  const [short, long] = await Promise.all(
    (["short", "long"] as const).map((lane) => serveCommands(join(directory, `${lane}.sock`), lane)),
  );
  servers = { short: short!, long: long! };
});
afterEach(() => {
  servers.short.close();
  servers.long.close();
  rmSync(directory, { recursive: true });
});

interface Reply {
  readonly greeting: string;
  /** Kind and text of each frame. */
  readonly frames: readonly (readonly [string, string])[];
}

function exchange(bytes: Buffer, lane: Lane = "short"): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(join(directory, `${lane}.sock`));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("end", () => resolve(readReply(Buffer.concat(chunks))));
    // In pieces, as it may arrive.
    socket.write(bytes.subarray(0, 3));
    setTimeout(() => socket.write(bytes.subarray(3)), 10);
  });
}

function readReply(bytes: Buffer): Reply {
  const end = bytes.indexOf("\n") + 1;
  const frames: [string, string][] = [];
  for (let at = end; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at + 1);
    frames.push([bytes.toString("latin1", at, at + 1), bytes.toString("utf8", at + 5, at + 5 + length)]);
    at += 5 + length;
  }
  return { greeting: bytes.toString("utf8", 0, end), frames };
}

interface Caller {
  readonly env?: Readonly<Record<string, string>>;
  readonly lane?: Lane;
  readonly surroundings?: string;
}

function request(program: string, argv: readonly string[], caller: Caller = {}): Promise<Reply> {
  const { env = {}, lane = "short", surroundings = ownSurroundings() } = caller;
  const fields = [
    program,
    "",
    directory,
    surroundings,
    String(argv.length),
    ...argv,
    ...Object.entries({ QUORATE_ROOT: directory, ...env }).map(([name, value]) => `${name}=${value}`),
  ];
  return exchange(framed(fields.map((field) => `${field}\0`).join("")), lane);
}

function framed(text: string): Buffer {
  const body = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

const DECLINED = [["d", ""]];

describe("commands that are handed over", () => {
  test("only the user of the daemon can connect", () => {
    expect(statSync(join(directory, "short.sock")).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, "long.sock")).mode & 0o777).toBe(0o600);
  });

  test("run with their arguments; what they say and their exit status come back", async () => {
    const { greeting, frames } = await request("/usr/sbin/attrd_updater", ["--version"]);
    expect(greeting).toBe("quorate-commands @BUILD@\n");
    expect(frames).toEqual([
      ["o", versionText()],
      ["x", "0"],
    ]);
  });

  test("ask the daemon below the root of whoever called", async () => {
    const { frames } = await request("attrd_updater", ["--name", "ä", "--query"]);
    expect(frames).toEqual([
      ["e", expect.stringContaining(`attrd_updater: no quorated is running at ${directory}/run/quorate`)],
      ["x", "102"],
    ]);
  });

  test("a wrong command line is told as ever", async () => {
    const { frames } = await request("crm_attribute", ["--nmae", "x"]);
    expect(frames.at(-1)).toEqual(["x", "64"]);
    expect(frames[0]![1]).toContain("--name");
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ["standard input", ["--replace", "--xml-pipe"], {}],
    ["a file of its own directory", ["--replace", "--xml-file", "new.xml"], {}],
    ["a file instead of the cluster", ["--query"], { CIB_file: "cib.xml" }],
    ["another program", ["--delete", "--xpath", "//x", "--plan"], {}],
  ])("what needs %s is declined before anything is done or said", async (_, argv, env) => {
    writeFileSync(join(directory, "new.xml"), "<cib/>");
    expect((await request("cibadmin", argv, { env })).frames).toEqual(DECLINED);
  });

  test.each([
    ["a command that is none of these", framed("pcs\0\0/\0\x000\0")],
    ["a name that objects have", framed("constructor\0\0/\0\x000\0")],
    ["fewer arguments than it says", framed("attrd_updater\0\0/\0\x003\0-Q\0")],
    ["no end", framed("attrd_updater\0\0/\0\x000")],
    ["a command of another lane", framed("crm_simulate\0\0/\0\x001\0--version\0")],
    ["nothing", framed("")],
    ["more than anybody can say", Buffer.from([0xff, 0xff, 0xff, 0xff])],
  ])("%s is declined", async (_, bytes) => {
    expect((await exchange(bytes)).frames).toEqual(DECLINED);
  });
});

const CIB = `<cib epoch="1" num_updates="0" admin_epoch="0" validate-with="pacemaker-3.0">
  <configuration><crm_config/><nodes><node id="1" uname="one"/></nodes><resources/><constraints/></configuration>
  <status/>
</cib>
`;

function simulate(argv: readonly string[], caller: Omit<Caller, "lane"> = {}): Promise<Reply> {
  return request("crm_simulate", argv, { ...caller, lane: "long" });
}

describe("commands that may take long", () => {
  beforeEach(() => writeFileSync(join(directory, "cib.xml"), CIB));

  test("read and write files below the directory where they were called", async () => {
    const { frames } = await simulate(["-x", "cib.xml", "--save-graph", "graph.xml"]);
    expect(frames.at(-1)).toEqual(["x", "0"]);
    expect(readFileSync(join(directory, "graph.xml"), "utf8")).toContain("<transition_graph");
  });

  test("name a file as they were given it", async () => {
    const { frames } = await simulate(["-x", "none.xml"]);
    expect(frames).toEqual([
      ["e", expect.stringContaining("none.xml cannot be read: no such file or directory")],
      ["x", "66"],
    ]);
    expect(frames[0]![1]).not.toContain(directory);
  });

  test.each<[string, readonly string[], Omit<Caller, "lane">]>([
    ["standard input", ["-p"], {}],
    ["its own standard output as a file", ["-x", "cib.xml", "-I", "saved.xml", "-G", "/dev/stdout"], {}],
    ["its own open file", ["-x/proc/self/fd/0", "-I", "saved.xml"], {}],
    ["a pipe or a device", ["-x", "device", "-I", "saved.xml"], {}],
    ["other files of a folder", ["-P", "."], {}],
    ["another place", ["-x", "cib.xml", "-I", "saved.xml"], { surroundings: "elsewhere" }],
    ["its own file as the CIB", ["-L"], { env: { CIB_file: "/dev/stdin" } }],
  ])("are declined before anything is done or said when they need %s", async (_, argv, caller) => {
    symlinkSync("/dev/null", join(directory, "device"));
    expect((await simulate(argv, caller)).frames).toEqual(DECLINED);
    expect(existsSync(join(directory, "saved.xml"))).toBe(false);
  });
});
