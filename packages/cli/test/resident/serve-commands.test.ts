import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serveCommands } from "../../src/resident/serve-commands.ts";
import { versionText } from "../../src/version.ts";

let directory: string;
let server: Server;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "quorate-commands-"));
  server = await serveCommands(join(directory, "commands.sock"));
});
afterEach(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

interface Reply {
  readonly greeting: string;
  /** Kind and text of each frame. */
  readonly frames: readonly (readonly [string, string])[];
}

function exchange(bytes: Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(join(directory, "commands.sock"));
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

function request(
  program: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const fields = [
    program,
    "",
    String(argv.length),
    ...argv,
    ...Object.entries({ QUORATE_ROOT: directory, ...env }).map(([name, value]) => `${name}=${value}`),
  ];
  return exchange(framed(fields.map((field) => `${field}\0`).join("")));
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
    expect(statSync(join(directory, "commands.sock")).mode & 0o777).toBe(0o600);
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
    expect((await request("cibadmin", argv, env)).frames).toEqual(DECLINED);
  });

  test.each([
    ["a command that is none of these", framed("pcs\0\x000\0")],
    ["a name that objects have", framed("constructor\0\x000\0")],
    ["fewer arguments than it says", framed("attrd_updater\0\x003\0-Q\0")],
    ["no end", framed("attrd_updater\0\x000")],
    ["nothing", framed("")],
    ["more than anybody can say", Buffer.from([0xff, 0xff, 0xff, 0xff])],
  ])("%s is declined", async (_, bytes) => {
    expect((await exchange(bytes)).frames).toEqual(DECLINED);
  });
});
