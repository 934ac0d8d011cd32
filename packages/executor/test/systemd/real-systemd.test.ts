import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";

/** A container shares the kernel and /usr of this machine, and is gone with its files when it ends. */
const canBoot = process.getuid?.() === 0 && existsSync("/usr/bin/systemd-nspawn");

const SERVICE = "[Unit]\nDefaultDependencies=no\n[Service]\n";
const UNITS: Readonly<Record<string, string>> = {
  "q-simple.service": `${SERVICE}ExecStart=/usr/bin/sleep infinity\nRestart=always\nRestartSec=0\n`,
  "q-oneshot.service": `${SERVICE.replace("[Unit]", "[Unit]\nDescription=Done at once")}Type=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/sleep 0.3\n`,
  "q-fails.service": `${SERVICE}Type=oneshot\nExecStart=/usr/bin/false\n`,
  "q-slow.service": `${SERVICE}Type=oneshot\nExecStart=/usr/bin/sleep 30\n`,
  "q-instance@.service": `${SERVICE}ExecStart=/usr/bin/sleep infinity\n`,
};

const ok = [0, 0, ""];

it.skipIf(!canBoot)(
  "units of a real systemd (skipped when not root or without systemd-container)",
  { timeout: 120_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "quorate-systemd-"));
    const units = join(directory, "units");
    mkdirSync(units);
    for (const [name, text] of Object.entries(UNITS)) writeFileSync(join(units, name), text);
    writeFileSync(
      join(units, "q-test.target"),
      "[Unit]\nRequires=dbus.socket q-test.service\nAfter=dbus.socket\n",
    );
    writeFileSync(
      join(units, "q-test.service"),
      `[Unit]\nRequires=dbus.socket\nAfter=dbus.socket\nSuccessAction=exit-force\nFailureAction=exit-force\n[Service]\nType=exec\nExecStart=${process.execPath} ${directory}/driver.mjs ${directory}/results.json\nTimeoutStartSec=90\n`,
    );
    await build({
      entryPoints: [join(import.meta.dirname, "real-systemd-driver.ts")],
      outfile: join(directory, "driver.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "error",
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    const output = await boot(directory, units);
    const resultFile = join(directory, "results.json");
    expect(existsSync(resultFile), output).toBe(true);
    const results = JSON.parse(readFileSync(resultFile, "utf8"));
    rmSync(directory, { recursive: true, force: true });

    expect(results).toMatchObject({
      probe: [0, 7, "inactive"],
      start: ok,
      monitor: ok,
      restartSetting: "no",
      description: "Cluster Controlled q-simple.service",
      monitorKilled: [0, 7, "failed"],
      stop: ok,
      restartSettingAfterStop: "always",
      overrideAfterStop: false,
      stopAgain: ok,
      startOneshot: ok,
      monitorOneshot: ok,
      startFailing: [0, 1, "systemd start job for q-fails.service failed with result 'failed'"],
      startSlow: [2, 1, "start action for systemd unit q-slow.service did not complete in time"],
      startInstance: ok,
      monitorInstance: ok,
      startMissing: [7, 5, "systemd unit q-missing.service not found"],
      stopMissing: ok,
      serviceClass: ok,
      many0: ok,
      many19: ok,
      listed: ["q-fails", "q-instance@", "q-oneshot", "q-simple", "q-slow", "q-test"],
      described: { ok: true, description: { longText: "Done at once" } },
    });
    expect(results.error).toBeUndefined();
  },
);

/** Boots the container to the test's target and waits until it is off; gives what was on its console. */
function boot(directory: string, units: string): Promise<string> {
  const node = dirname(process.execPath);
  return new Promise((resolve) => {
    execFile(
      "systemd-nspawn",
      [
        "--quiet",
        "--directory=/",
        "--volatile=yes",
        "--register=no",
        "--keep-unit",
        "--private-network",
        `--machine=quorate-${process.pid}`,
        "--bind-ro=/etc/passwd",
        "--bind-ro=/etc/group",
        `--bind=${directory}`,
        `--bind-ro=${units}:/etc/systemd/system`,
        ...(node.startsWith("/usr/") ? [] : [`--bind-ro=${node}`]),
        "--boot",
        "systemd.unit=q-test.target",
        "systemd.firstboot=no",
      ],
      { encoding: "utf8", timeout: 110_000, killSignal: "SIGKILL", maxBuffer: 1 << 24 },
      (error, stdout, stderr) => resolve(`${error?.message ?? ""}\n${stdout}\n${stderr}`),
    );
  });
}
