import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FenceAgentResult } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "../harness.ts";

const AGENT = "/usr/sbin/fence_scsi";
const STAND_INS = join(import.meta.dirname, "../../../../lab/stand-ins");
const canRun = process.getuid?.() === 0 && existsSync(AGENT) && existsSync("/dev/loop-control");

let harness: Harness;
let disk: string;

/** The agent wants a block device, and keeps its key below /run: each node has a /run of its own. */
beforeEach(() => {
  if (!canRun) return;
  harness = new Harness({ fenceDirectories: [] });
  writeFileSync(harness.path("disk"), "");
  truncateSync(harness.path("disk"), 1 << 20);
  disk = execFileSync("losetup", ["-f", "--show", harness.path("disk")], { encoding: "utf8" }).trim();
  writeFileSync(
    harness.path("cmapctl"),
    '#!/bin/sh\n[ "$1" != totem.cluster_name ] || echo "totem.cluster_name (str) = demo"\nprintf "nodelist.node.0.name (str) = a\\nnodelist.node.1.name (str) = b\\n"\n',
    { mode: 0o755 },
  );
  for (const node of ["a", "b"]) {
    mkdirSync(harness.path(`${node}/run`), { recursive: true });
    writeFileSync(
      harness.path(`${node}/fence_scsi`),
      `#!/bin/sh\nexport SCSI_INITIATOR=${node} SCSI_STATE_DIRECTORY=${harness.path("state")}\nexec unshare -m sh -c 'mount --bind ${harness.path(node)}/run /run && exec ${AGENT}'\n`,
      { mode: 0o755 },
    );
  }
});

afterEach(() => {
  if (!canRun) return;
  execFileSync("losetup", ["-d", disk]);
  harness.close();
});

/** What the executor of a node makes of the agent. */
function run(node: string, action: string, target = ""): Promise<FenceAgentResult> {
  const own = new Harness({ fenceDirectories: [harness.path(node)] });
  const parameters = new Map([
    ["action", action],
    ["devices", disk],
    ["sg_persist_path", join(STAND_INS, "sg_persist")],
    ["sg_turs_path", join(STAND_INS, "sg_turs")],
    ["corosync_cmap_path", harness.path("cmapctl")],
    ...(target === "" ? [] : [["plug", target] as const, ["nodename", target] as const]),
  ]);
  return new Promise((resolve) => {
    own.executor.fenceAgents.run(
      { agent: "fence_scsi", deviceId: "", parameters, timeoutMs: 30_000 },
      (result) => {
        own.close();
        resolve(result);
      },
    );
  });
}

function mayWrite(node: string): boolean {
  const env = { ...process.env, SCSI_INITIATOR: node, SCSI_STATE_DIRECTORY: harness.path("state") };
  try {
    execFileSync(join(STAND_INS, "sg_persist"), ["--may-write", disk], { env, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe.runIf(canRun)(
  "fence_scsi of Debian (skipped when not root, without fence-agents or loop devices)",
  () => {
    it("registers at unfencing, takes the key away at fencing, and gives it back", {
      timeout: 120_000,
    }, async () => {
      expect(await run("a", "on", "a")).toMatchObject({ exitCode: 0 });
      expect(mayWrite("b")).toBe(false);
      expect(await run("b", "on", "b")).toMatchObject({ exitCode: 0 });
      expect([mayWrite("a"), mayWrite("b")]).toEqual([true, true]);
      expect(await run("a", "monitor")).toMatchObject({ exitCode: 0 });
      expect(await run("a", "status", "b")).toMatchObject({ exitCode: 0 });

      expect(await run("b", "off", "a")).toMatchObject({ exitCode: 0 });
      expect([mayWrite("a"), mayWrite("b")]).toEqual([false, true]);
      expect(await run("b", "status", "a")).toMatchObject({ exitCode: 2 });

      expect(await run("a", "on", "a")).toMatchObject({ exitCode: 0 });
      expect(mayWrite("a")).toBe(true);
      expect(readdirSync(harness.path("state"))).toHaveLength(1);
    });

    it("a node that lost its key cannot take it from the other one", { timeout: 120_000 }, async () => {
      await run("a", "on", "a");
      await run("b", "on", "b");
      await run("b", "off", "a");
      expect((await run("a", "off", "b")).exitCode).not.toBe(0);
      expect([mayWrite("a"), mayWrite("b")]).toEqual([false, true]);
    });
  },
);
