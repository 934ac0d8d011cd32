import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "@quorate/api";
import { afterEach, describe, expect, test } from "vitest";
import { bin, type Ended, expectPlainWords, type Program, run, startProgram } from "./programs.ts";

/** A playground as a user starts it, in a process of its own. */
class PlaygroundProcess {
  readonly program: Program;
  readonly directory: string;
  readonly port: number;

  private constructor(program: Program, directory: string, port: number) {
    this.program = program;
    this.directory = directory;
    this.port = port;
  }

  static async start(directory = newDirectory()): Promise<PlaygroundProcess> {
    const port = await unusedPort();
    const args = ["playground", "--plain", "--directory", directory, "--port", String(port)];
    const playground = new PlaygroundProcess(
      startProgram(bin("quorate"), args, { timeoutMs: 170_000 }),
      directory,
      port,
    );
    running.push(playground);
    return playground;
  }

  /** `quorate playground ACTION ...` from another process. */
  act(...args: string[]): Promise<Ended> {
    return run("quorate", ["playground", ...args, "--directory", this.directory]);
  }

  /** A classic command on one node. */
  tool(node: string, name: string, ...args: string[]): Promise<Ended> {
    return run(name, args, { env: { QUORATE_ROOT: join(this.directory, node) } });
  }

  /** Name of the node that serves the page; null while nobody does. */
  async server(): Promise<string | null> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}/`, { signal: AbortSignal.timeout(2000) });
      return /This page comes from (node\d)/.exec(await response.text())?.[1] ?? null;
    } catch {
      return null;
    }
  }

  /** Waits until the page is served, by a node that `isWanted`. */
  async untilServed(isWanted: (node: string) => boolean = () => true): Promise<string> {
    let node: string | null = null;
    await this.until("the page to be served", async () => {
      node = await this.server();
      return node !== null && isWanted(node);
    });
    return node!;
  }

  /** All nodes are online, the DC has nothing left to do, and all resources run. */
  async untilSettled(): Promise<void> {
    await this.until("all nodes to be online and all resources to run", async () => {
      const { stdout } = await this.tool("node1", "crm_mon", "-1", "-r");
      const dc = /Current DC: (node\d)/.exec(stdout)?.[1];
      if (dc === undefined || (await this.stateOf(dc)) !== "S_IDLE") return false;
      return (
        stdout.includes("Online: [ node1 node2 node3 ]") &&
        /web.*Started/.test(stdout) &&
        !/Stopped|ing node/.test(stdout)
      );
    });
  }

  async stateOf(node: string): Promise<string | null> {
    const socketPath = join(this.directory, node, "run/quorate/quorated.sock");
    try {
      const client = await connect({ socketPath, clientName: "e2e", timeoutMs: 5000 });
      const { state } = await client.request("node.status", {}, { timeoutMs: 5000 });
      client.close();
      return state;
    } catch {
      return null;
    }
  }

  async until(what: string, isTrue: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (performance.now() < deadlineMs) {
      if (await isTrue()) return;
      await sleep(100);
    }
    throw new Error(
      `waited in vain for ${what}:\n${this.program.stdout().slice(-6000)}\n${this.program.stderr()}`,
    );
  }

  async untilGone(): Promise<void> {
    await this.until("every trace to be gone", async () => tracesOf(this.directory).length === 0, 30_000);
  }
}

let running: PlaygroundProcess[] = [];

afterEach(async () => {
  for (const { program } of running) program.process.kill("SIGKILL");
  for (const playground of running) {
    await playground.program.ended;
    await playground.untilGone();
    rmSync(playground.directory, { recursive: true, force: true });
  }
  running = [];
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "q-play-"));
  rmSync(directory, { recursive: true });
  return directory;
}

/** What a playground must not leave behind: its directory, processes with its marker, its reaper. */
function tracesOf(directory: string): string[] {
  const traces = existsSync(directory) ? [directory] : [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (environment.includes(`QUORATE_PLAYGROUND=${directory}`) || command.includes(directory))
        traces.push(`${pid} ${command.join(" ")}`);
    } catch {
      // It ended meanwhile.
    }
  }
  return traces;
}

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("quorate playground", { timeout: 180_000 }, () => {
  test("reaches a running web page; every way to break and mend it does what it says; stop ends it", async () => {
    const playground = await PlaygroundProcess.start();
    const first = await playground.untilServed();
    expect(playground.program.stdout()).toContain(`http://127.0.0.1:${playground.port}/`);
    await playground.untilSettled();

    // Standby moves everything away, and nobody is fenced.
    expect(await playground.act("standby", first)).toMatchObject({ status: 0, stderr: "" });
    const second = await playground.untilServed((node) => node !== first);
    expect(await playground.act("unstandby", first)).toMatchObject({ status: 0, stderr: "" });
    await playground.untilSettled();
    expect(playground.program.stdout()).not.toContain("powered off");

    // A failed resource is noticed by its monitor and recovered.
    const web = await playground.untilServed();
    expect(await playground.act("fail", "web")).toMatchObject({ status: 0, stderr: "" });
    await playground.until("the failure to be counted", async () => {
      const { stdout } = await playground.tool(web, "crm_mon", "-1", "-f");
      return /web: .*fail-count=1/.test(stdout);
    });
    await playground.untilServed();
    expect((await playground.tool(web, "crm_resource", "--cleanup", "--resource", "web")).status).toBe(0);

    // A crashed daemon gets its node fenced.
    const crashed = await playground.untilServed();
    expect(await playground.act("kill", crashed)).toMatchObject({ status: 0, stderr: "" });
    await playground.until("the crashed node to be fenced", async () =>
      playground.program.stdout().includes(`${crashed}: was powered off and on again`),
    );
    await playground.untilServed();
    await playground.untilSettled();

    // An unplugged node gets fenced and stays alone until it is plugged in.
    expect(await playground.act("partition", second)).toMatchObject({ status: 0, stderr: "" });
    await playground.until("the unplugged node to be fenced", async () =>
      playground.program.stdout().includes(`${second}: was powered off and on again`),
    );
    await playground.untilServed((node) => node !== second);
    await playground.until("the cable to be shown", async () =>
      playground.program.stdout().includes(`${second} on, UNPLUGGED`),
    );
    expect(await playground.act("heal")).toMatchObject({ status: 0, stderr: "" });
    await playground.untilSettled();

    // A node without power is fenced, too, which switches it on again.
    const dark = await playground.untilServed();
    const stillOn = ["node1", "node2", "node3"].find((node) => node !== dark)!;
    expect(await playground.act("cut", dark)).toMatchObject({ status: 0, stderr: "" });
    await playground.until("the dark node to be fenced", async () => {
      const { stdout } = await playground.tool(stillOn, "stonith_admin", "--history", dark);
      return stdout.includes("reboot");
    });
    await playground.untilServed();
    expect(await playground.act("power", dark)).toMatchObject({ status: 0, stderr: "" });
    await playground.untilSettled();

    for (const [args, message] of [
      [["kill", "node9"], /there is no node "node9"; there are node1, node2, node3/],
      [["standby", "node9"], /node9/],
      [["fail", "nothing"], /no process of a resource "nothing"/],
      [["kill"], /name the node/],
      [["heal", "node1"], /heal takes no name/],
    ] as const) {
      const { status, stderr } = await playground.act(...args);
      expect(stderr).toMatch(message);
      expect(status).not.toBe(0);
      expectPlainWords(stderr);
    }

    expect(await playground.act("stop")).toMatchObject({ status: 0, stderr: "" });
    expect(await playground.program.ended).toMatchObject({ status: 0, stderr: "" });
    expectPlainWords(playground.program.stdout());
    await playground.untilGone();
  });

  test("a second one in the same directory is refused and harms nothing; Ctrl-C ends the first", async () => {
    const playground = await PlaygroundProcess.start();
    await playground.untilServed();
    const second = await run("quorate", ["playground", "--plain", "--directory", playground.directory]);
    expect(second.status).toBe(108);
    expect(second.stderr).toContain(`a playground already runs in ${playground.directory}`);
    expect(second.stderr).toContain("quorate playground stop");
    expectPlainWords(second.stderr);
    await sleep(1000);
    await playground.untilSettled();
    expect(playground.program.stdout()).not.toContain("the daemon ended");

    playground.program.process.kill("SIGINT");
    expect(await playground.program.ended).toMatchObject({ status: 0, stderr: "" });
    await playground.untilGone();
  });

  test("killed: all is cleaned up by itself; the next one may start at once", async () => {
    const playground = await PlaygroundProcess.start();
    await playground.untilServed();
    playground.program.process.kill("SIGKILL");
    await playground.program.ended;
    const next = await PlaygroundProcess.start(playground.directory);
    await next.untilServed();
    next.program.process.kill("SIGKILL");
    await next.program.ended;
    await next.untilGone();
  });

  test("ended before the cluster has formed: nothing is left", async () => {
    const playground = await PlaygroundProcess.start();
    await playground.until("the first line", async () =>
      playground.program.stdout().includes("Quorate playground"),
    );
    playground.program.process.kill("SIGTERM");
    expect((await playground.program.ended).status).toBe(0);
    await playground.untilGone();
  });

  test("a directory that is someone's: left alone", async () => {
    const directory = mkdtempSync(join(tmpdir(), "q-mine-"));
    try {
      const file = bin("package.json");
      const { ended } = startProgram("sh", ["-c", `cp ${file} ${directory}/mine`]);
      await ended;
      const { status, stderr } = await run("quorate", ["playground", "--plain", "--directory", directory]);
      expect(status).toBe(73);
      expect(stderr).toContain(`${directory} was not made by a playground and is left alone`);
      await sleep(500);
      expect(readdirSync(directory)).toEqual(["mine"]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

const LEAVE_SCREEN = /.*\[\?1049l/;
const hasScript = existsSync("/usr/bin/script");

describe(`live view${hasScript ? "" : " (skipped: needs the command script of util-linux)"}`, {
  timeout: 120_000,
}, () => {
  test.skipIf(!hasScript)("draws, keys work, q ends it and restores the terminal", async () => {
    const directory = newDirectory();
    const port = await unusedPort();
    const command = [
      "stty rows 50 cols 110",
      "stty -g",
      `${process.execPath} ${bin("quorate")} playground --directory ${directory} --port ${port}`,
      "echo status $?",
      "stty -g",
    ].join("; ");
    const program = startProgram("script", ["-qec", command, "/dev/null"], {
      env: { TERM: "xterm" },
      keepsInput: true,
      timeoutMs: 110_000,
    });
    const shown = () => program.stdout();
    const until = async (what: string, isTrue: () => boolean) => {
      for (const deadlineMs = performance.now() + 40_000; !isTrue(); await sleep(50))
        if (performance.now() > deadlineMs)
          throw new Error(`waited in vain for ${what}:\n${lastScreen(shown())}`);
    };
    try {
      await until("web to run", () => /web.*Started node\d/.test(lastScreen(shown())));
      expect(shown()).toContain(`http://127.0.0.1:${port}/`);
      expect(lastScreen(shown())).toContain("[k] kill a daemon");

      program.process.stdin!.write("k");
      await until("the question", () => lastScreen(shown()).includes("which node?"));
      expect(lastScreen(shown())).toMatch(/\[1\] node1 {2}\[2\] node2 {2}\[3\] node3/);
      program.process.stdin!.write("1");
      await until("the crash", () => lastScreen(shown()).includes("node1: its daemon was killed"));
      await until("the fencing", () => lastScreen(shown()).includes("node1: was powered off and on again"));
      await until("web to run again", () => /web.*Started node\d/.test(lastScreen(shown())));
      // Lines never wrap, whatever they hold.
      for (const line of lastScreen(shown()).split("\n")) expect(line.length).toBeLessThanOrEqual(110);

      program.process.stdin!.write("q");
      const { stdout } = await program.ended;
      const lines = stdout.trimEnd().split("\r\n");
      const [before, status, after] = [lines[0], lines.at(-2)?.replace(LEAVE_SCREEN, ""), lines.at(-1)];
      expect(status).toBe("status 0");
      expect(after).toBe(before);
      expect(stdout.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?25l"));
      expectPlainWords(stdout);
    } finally {
      program.process.kill("SIGKILL");
      await program.ended;
      for (const deadlineMs = performance.now() + 30_000; tracesOf(directory).length > 0; await sleep(100))
        if (performance.now() > deadlineMs) expect(tracesOf(directory)).toEqual([]);
    }
  });
});

/** What was drawn last, as lines of text. */
function lastScreen(output: string): string {
  const screen = output.slice(output.lastIndexOf("\u001b[H") + 3);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal takes away
  return screen.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
}
