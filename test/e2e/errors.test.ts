import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandom } from "@quorate/host";
import {
  configureQuorum,
  DEMO_TIMING,
  ENGINE_LIMITS,
  type HubServer,
  QUORUM_DEFAULTS,
  startHub,
} from "@quorate/membership";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectPlainWords, run, startProgram } from "./programs.ts";

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "q-errors-"));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const CIB = `<cib validate-with="pacemaker-3.9" epoch="5" num_updates="0" admin_epoch="0">
  <configuration>
    <crm_config/>
    <nodes/>
    <resources>
      <primitive id="web" class="ocf" provider="quorate" type="Dummy"/>
    </resources>
    <constraints/>
  </configuration>
  <status/>
</cib>
`;

const COMMANDS = [
  "attrd_updater",
  "cibadmin",
  "crm_attribute",
  "crm_master",
  "crm_mon",
  "crm_node",
  "crm_resource",
  "crm_simulate",
  "crm_standby",
  "quorate",
  "quorated",
  "stonith_admin",
];

describe("command lines", () => {
  test.each(COMMANDS)("%s: an unknown option is named, exit status 64", async (command) => {
    const { status, stderr } = await run(command, ["--no-such-option"]);
    expect(status).toBe(64);
    expect(stderr).toContain("--no-such-option");
    expect(stderr).toContain(`${command} --help`);
    expectPlainWords(stderr);
  });

  test.each([
    ["crm_mon", ["--inactiv"], "--inactive"],
    ["crm_resource", ["--lokate"], "--locate"],
    ["cibadmin", ["--qery"], "--query"],
    ["crm_simulate", ["--simulat"], "--simulate"],
    ["crm_node", ["--lst"], "--list"],
    ["stonith_admin", ["--histroy"], "--history"],
    ["crm_attribute", ["--nane"], "--name"],
    ["quorate", ["playgroud"], "playground"],
    ["quorate", ["playground", "kil"], "kill"],
  ])("%s %j: the nearest name is suggested", async (command, args, suggestion) => {
    const { status, stderr } = await run(command, args);
    expect(status).toBe(64);
    expect(stderr).toMatch(new RegExp(`did you mean "?${suggestion}`, "i"));
  });

  test.each(COMMANDS)("%s --help and --version work without a cluster", async (command) => {
    const [help, version] = await Promise.all([run(command, ["--help"]), run(command, ["--version"])]);
    expect(help).toMatchObject({ status: 0, stderr: "" });
    expect(help.stdout).toContain("Usage:");
    expect(version).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("input files", () => {
  const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ["crm_simulate", ["-x", "ABSENT"], 66, /ABSENT cannot be read: no such file/],
    ["crm_simulate", ["-x", "DIRECTORY"], 66, /DIRECTORY cannot be read: it is a directory/],
    ["crm_simulate", ["-x", "BROKEN"], 65, /BROKEN:3:\d+: the value of attribute id is not quoted/],
    ["crm_simulate", ["-x", "EMPTY"], 65, /EMPTY:1:\d+: /],
    ["crm_simulate", ["-x", "NOISE"], 65, /NOISE:\d+:\d+: /],
    ["crm_simulate", ["-x", "OTHER"], 65, /OTHER:1: .*<html>.*not a <cib>/],
    ["cibadmin", ["-C", "-x", "ABSENT"], 66, /ABSENT cannot be read: no such file/],
    ["cibadmin", ["-C", "-x", "DIRECTORY"], 66, /DIRECTORY cannot be read: it is a directory/],
    ["cibadmin", ["-C", "-x", "BROKEN"], 65, /BROKEN:3:\d+: the value of attribute id is not quoted/],
    ["cibadmin", ["-C", "-p"], 65, /standard input:1:\d+: /],
    ["cibadmin", ["-C", "-X", "<a><b></a>"], 65, /--xml-text:1:\d+: /],
  ];

  beforeAll(() => {
    writeFileSync(join(directory, "BROKEN"), "<cib>\n  <configuration>\n    <primitive id=x/>\n");
    writeFileSync(join(directory, "EMPTY"), "");
    writeFileSync(
      join(directory, "NOISE"),
      Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167) % 256)),
    );
    writeFileSync(join(directory, "OTHER"), "<html/>");
    mkdirSync(join(directory, "DIRECTORY"));
  });

  test.each(cases)(
    "%s %j: exit status %i and what is wrong where",
    async (command, args, status, message) => {
      const paths = args.map((arg) => (/^[A-Z]{5,}$/.test(arg) ? join(directory, arg) : arg));
      const ended = await run(command, paths);
      expect(ended.stderr).toMatch(message);
      expect(ended.status).toBe(status);
      expectPlainWords(ended.stderr);
    },
  );

  test.each(["crm_mon", "cibadmin", "crm_resource"])("%s: CIB_file that is a directory", async (command) => {
    const args = { crm_mon: ["-1"], cibadmin: ["-Q"], crm_resource: ["-L"] }[command]!;
    const ended = await run(command, args, { env: { CIB_file: directory } });
    expect(ended.status).toBe(66);
    expect(ended.stderr).toContain(`${directory} cannot be read: it is a directory`);
    expectPlainWords(ended.stderr);
  });

  test("a directory on standard input", async () => {
    const { ended } = startProgram("sh", ["-c", `cibadmin -C -p < ${directory}`]);
    const { status, stderr } = await ended;
    expect(status).toBe(66);
    expect(stderr).toContain("standard input cannot be read");
    expectPlainWords(stderr);
  });

  test("a reader that closes its end: no complaint", async () => {
    const file = join(directory, "cib.xml");
    const many = Array.from(
      { length: 3000 },
      (_, i) => `<primitive id="p${i}" class="ocf" provider="q" type="D"/>`,
    );
    writeFileSync(file, CIB.replace("<primitive", `${many.join("\n")}<primitive`));
    for (const command of ["cibadmin -Q", "crm_mon -1 -r", "crm_simulate -x $CIB_file"]) {
      const { ended } = startProgram("sh", ["-c", `${command} | head -n 1`], { env: { CIB_file: file } });
      const { stdout, stderr } = await ended;
      expect({ command, stderr, lines: stdout.split("\n").length }).toEqual({
        command,
        stderr: "",
        lines: 2,
      });
    }
  });

  test("a file that cannot be written keeps its content", async () => {
    const file = join(directory, "full.xml");
    writeFileSync(file, CIB);
    const { ended } = startProgram(
      "sh",
      ["-c", "ulimit -f 0; trap '' XFSZ; cibadmin -D -X '<primitive id=\"web\"/>'"],
      {
        env: { CIB_file: file },
      },
    );
    const { status, stderr } = await ended;
    expect(stderr).toContain(`${file} cannot be written`);
    expect(status).toBe(73);
    expectPlainWords(stderr);
    expect(readFileSync(file, "utf8")).toBe(CIB);
    expect(readdirSync(directory).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("a file that is changed keeps its permissions, a link stays a link", async () => {
    const file = join(directory, "mine.xml");
    const link = join(directory, "link.xml");
    writeFileSync(file, CIB, { mode: 0o600 });
    symlinkSync(file, link);
    const ended = await run("cibadmin", ["-D", "-X", '<primitive id="web"/>'], { env: { CIB_file: link } });
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).not.toContain('id="web"');
  });

  test.each(["cibadmin --empty", "crm_mon --help"])(
    "%s to a full disk: told, exit status 73",
    async (command) => {
      const { ended } = startProgram("sh", ["-c", `${command} > /dev/full`]);
      expect(await ended).toMatchObject({
        status: 73,
        stderr: expect.stringContaining("standard output cannot be written: no space left on the device"),
      });
    },
  );
});

describe("quorated: configuration", () => {
  let root: string;
  const conf = () => join(root, "etc/quorate/quorated.conf");
  const keyFile = () => join(root, "key");

  beforeEach(() => {
    root = mkdtempSync(join(directory, "node-"));
    mkdirSync(join(root, "etc/quorate"), { recursive: true });
    writeFileSync(keyFile(), "00".repeat(32));
  });

  function configure(changes: Readonly<Record<string, string>> = {}): void {
    const settings = {
      engine: "embedded",
      "node-name": "node1",
      "engine-address": "127.0.0.1:1",
      "engine-key-file": keyFile(),
      timing: "playground",
      ...changes,
    };
    writeFileSync(
      conf(),
      Object.entries(settings)
        .map(([key, value]) => `${key} = ${value}\n`)
        .join(""),
    );
  }

  async function expectEnd(status: number, ...messages: readonly string[]): Promise<void> {
    const ended = await run("quorated", ["--root", root]);
    for (const message of messages) expect(ended.stderr).toContain(message);
    expect(ended.status).toBe(status);
    expectPlainWords(ended.stderr);
  }

  test("no file", async () => {
    await expectEnd(78, `cannot read ${conf()}: no such file or directory`, "quorated --help");
  });

  test("a directory in its place", async () => {
    mkdirSync(conf());
    await expectEnd(78, `cannot read ${conf()}: it is a directory`);
  });

  test("garbage: every problem with its line", async () => {
    writeFileSync(conf(), "engine = embedded\nnode-name = node1\n\u0000\u0001 what?\nnode-nam = node1\n");
    await expectEnd(
      78,
      `${conf()}:3: `,
      `${conf()}:4: unknown setting "node-nam"`,
      '"engine-address" is missing',
    );
  });

  test("--check tells the same without starting", async () => {
    configure({ "engine-address": "somewhere" });
    const ended = await run("quorated", ["--check", "--root", root]);
    expect(ended.status).toBe(78);
    expect(ended.stderr).toContain('engine-address "somewhere" is not of the form HOST:PORT');
  });

  test.each([
    ["no key file", () => rmSync(keyFile()), "no such file or directory"],
    ["an empty key file", () => writeFileSync(keyFile(), ""), "is not usable"],
    ["a key that is not hexadecimal", () => writeFileSync(keyFile(), "secret"), "is not usable"],
    ["a short key", () => writeFileSync(keyFile(), "00ff"), "is not usable"],
  ])("%s", async (_, spoil, message) => {
    configure();
    spoil();
    await expectEnd(78, keyFile(), message, "32 hexadecimal digits or more");
  });

  test("a file where a directory must be", async () => {
    configure();
    writeFileSync(join(root, "run"), "");
    await expectEnd(78, `cannot make the directory ${join(root, "run/quorate")}`);
    rmSync(join(root, "run"));
    writeFileSync(join(root, "var"), "");
    await expectEnd(78, `cannot make the directory ${join(root, "var/lib/quorate/cib")}`);
  });

  test("the hub is not there", async () => {
    configure({ "engine-address": `127.0.0.1:${await unusedPort()}` });
    await expectEnd(102, "cannot join the cluster: hub at 127.0.0.1:", "ECONNREFUSED", conf());
  });

  describe("with a hub", () => {
    let hub: HubServer;
    const log: string[] = [];

    beforeAll(async () => {
      hub = await startTestHub(log);
    });

    afterAll(() => hub.close());

    test("wrong key: refused, told on both sides", async () => {
      writeFileSync(keyFile(), "ff".repeat(32));
      configure({ "engine-address": `127.0.0.1:${hub.port}` });
      await expectEnd(102, "its key is not the key of this hub", keyFile());
      expect(log.join("\n")).toContain("its key is not the key of this hub");
    });

    test("a node name that the hub does not know", async () => {
      configure({ "engine-address": `127.0.0.1:${hub.port}`, "node-name": "node7" });
      await expectEnd(102, 'node "node7" is not in the node list', conf());
    });

    test("something else listens at the hub's address", async () => {
      const server = createServer((socket) =>
        socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n"),
      );
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      configure({ "engine-address": `127.0.0.1:${port}` });
      await expectEnd(102, `cannot join the cluster: `, conf());
      server.close();
    });
  });
});

describe("no daemon", () => {
  test.each([
    ["crm_mon", ["-1"]],
    ["crm_node", ["-l"]],
    ["crm_resource", ["-L"]],
    ["cibadmin", ["-Q"]],
    ["crm_attribute", ["-n", "stonith-enabled", "-G"]],
    ["crm_standby", ["-N", "node1", "-G"]],
    ["attrd_updater", ["-n", "x", "-Q"]],
    ["stonith_admin", ["--history", "*"]],
  ])("%s %j: says which one was sought and what to do, exit status 102", async (command, args) => {
    const ended = await run(command, args, { env: { QUORATE_ROOT: directory } });
    expect(ended.stderr).toContain(
      `no quorated is running at ${directory}/run/quorate/quorated.sock; start it`,
    );
    expect(ended.status).toBe(102);
    expect(ended.stdout).toBe("");
    expectPlainWords(ended.stderr);
  });

  test.each(["kill", "standby", "fail"])("quorate playground %s without a playground", async (action) => {
    const ended = await run("quorate", [
      "playground",
      action,
      "node1",
      "--directory",
      join(directory, "none"),
    ]);
    expect(ended.status).not.toBe(0);
    expect(ended.stderr).toContain(`in ${join(directory, "none")}`);
    expect(ended.stderr).toContain("npm start");
    expectPlainWords(ended.stderr);
  });
});

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A hub that knows node1, with a key of zeros. */
async function startTestHub(log: string[]): Promise<HubServer> {
  const nodeList = [{ nodeId: 1, name: "node1", votes: 1 }];
  const quorum = configureQuorum(QUORUM_DEFAULTS, nodeList);
  if (!quorum.ok) throw new Error(quorum.errors.join("; "));
  return startHub({
    clusterName: "test",
    nodeList,
    quorum: quorum.settings,
    timing: DEMO_TIMING,
    limits: ENGINE_LIMITS,
    sequences: { load: () => 0, save: () => {} },
    clock: systemClock,
    random: systemRandom,
    log: (_, message) => log.push(message),
    key: Buffer.alloc(32),
    port: 0,
  });
}
