import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FenceAgentResult } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAgentCatalogue } from "../../src/index.ts";
import { Harness } from "../harness.ts";
import { realClock } from "../real-clock.ts";

const STAND_INS = join(import.meta.dirname, "../../../../lab/stand-ins");
const RELAY_BOX = join(STAND_INS, "relay-box");
const canRun = existsSync("/usr/share/fence/fencing.py");

let harness: Harness;
let box: ChildProcess | null = null;

beforeEach(() => {
  harness = new Harness({ fenceDirectories: [RELAY_BOX] });
});

afterEach(() => {
  box?.kill("SIGKILL");
  box = null;
  harness.close();
});

function startBox(): void {
  mkdirSync(harness.path("box/board-2"), { recursive: true });
  writeFileSync(harness.path("box/board-2/power"), "on\n");
  writeFileSync(harness.path("switch"), `#!/bin/sh\necho "$@" >>${harness.path("switched")}\n`, {
    mode: 0o755,
  });
  box = spawn(join(RELAY_BOX, "relay-box"), [harness.path("box"), harness.path("switch"), "1"], {
    stdio: "inherit",
  });
}

function run(action: string, plug: string, holdTime = "2"): Promise<FenceAgentResult> {
  const boxed = new Harness({
    fenceDirectories: [RELAY_BOX],
    extraEnvironment: { RELAY_BOX_DIRECTORY: harness.path("box") },
  });
  const parameters = new Map([
    ["action", action],
    ["plug", plug],
    ["hold_time", holdTime],
    ["utility_path", join(RELAY_BOX, "relayctl")],
  ]);
  return new Promise((resolve) => {
    const request = { agent: "fence_relaybox", deviceId: "", parameters, timeoutMs: 30_000 };
    boxed.executor.fenceAgents.run(request, (result) => {
      boxed.close();
      resolve(result);
    });
  });
}

describe.runIf(canRun)("a vendor's fence agent on Debian's library (skipped without fence-agents)", () => {
  it("cuts the power of the board through the box, which tells why", { timeout: 60_000 }, async () => {
    startBox();
    expect(await run("status", "board-2")).toMatchObject({ exitCode: 0 });
    expect(await run("reboot", "board-2")).toMatchObject({ exitCode: 0 });
    for (let tries = 0; tries < 100 && !existsSync(harness.path("box/log")); tries++) await sleep(100);
    await sleep(2500);
    expect(readFileSync(harness.path("switched"), "utf8")).toBe("board-2 off\nboard-2 on\n");
    expect(readFileSync(harness.path("box/log"), "utf8")).toContain("cause: external input held for 1 s");
  });

  it("fails for a board that is not wired", { timeout: 30_000 }, async () => {
    startBox();
    const result = await run("status", "board-9");
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("no board board-9 is wired to this box");
  });

  it("describes itself", { timeout: 30_000 }, async () => {
    const catalogue = createAgentCatalogue({ clock: realClock, fenceDirectories: [RELAY_BOX] });
    const described = await catalogue.describe({ class: "stonith", provider: "", type: "fence_relaybox" });
    expect(described).toMatchObject({
      ok: true,
      description: { shortText: "Fence agent for the relay box" },
    });
    catalogue.close();
  });
});

describe("the stand-in of VBoxManage", () => {
  const manage = (...words: string[]): string => {
    const env = { ...process.env, VBOX_GUESTS: harness.path("guests"), VBOX_SWITCH: harness.path("power") };
    try {
      return execFileSync(join(STAND_INS, "VBoxManage"), words, { env, encoding: "utf8", stdio: "pipe" });
    } catch (error) {
      return String((error as { stderr: string }).stderr);
    }
  };

  it("lists and switches hosts as guests, by name and by UUID", () => {
    writeFileSync(harness.path("guests"), "CentOS83-1 0a1b-1 node1\nCentOS83-2 0a1b-2 node2\n");
    writeFileSync(
      harness.path("power"),
      `#!/bin/sh\nfile=${harness.directory}/power-$1\ncase $2 in status) cat "$file" 2>/dev/null || echo on ;; *) echo "$2" >"$file" ;; esac\n`,
      { mode: 0o755 },
    );
    expect(manage("list", "vms")).toBe('"CentOS83-1" {0a1b-1}\n"CentOS83-2" {0a1b-2}\n');
    expect(manage("controlvm", "CentOS83-1", "poweroff")).toBe("");
    expect(manage("list", "runningvms")).toBe('"CentOS83-2" {0a1b-2}\n');
    expect(manage("controlvm", "0a1b-1", "poweroff")).toContain("is not currently running");
    expect(manage("startvm", "0a1b-1", "--type", "headless")).toContain("successfully started");
    expect(manage("list", "runningvms")).toContain("CentOS83-1");
    expect(manage("controlvm", "nobody", "poweroff")).toContain("Could not find a registered machine");
  });
});
