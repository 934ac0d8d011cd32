/** Runs inside of a machine with a real systemd and writes what the executor makes of it, as JSON. Not a test itself. */
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import type { OperationResult } from "@quorate/ports";
import { createAgentCatalogue, createExecutor } from "../../src/index.ts";
import { operation } from "../operations.ts";
import { realClock } from "../real-clock.ts";

const [, , resultFile] = process.argv;
const executor = createExecutor({ clock: realClock, log: (level, text) => console.log(level, text) });
const catalogue = createAgentCatalogue({ clock: realClock });
const results: Record<string, unknown> = {};

async function run(name: string, type: string, action: string, className = "systemd", timeoutMs = 20_000) {
  const agent = { class: className, provider: "", type };
  const result = await new Promise<OperationResult>((resolve) => {
    executor.execute(operation({ agent, action, timeoutMs, resourceId: type }), resolve);
  });
  results[name] = [result.status, result.rc, result.exitReason];
}

const show = (unit: string, property: string) =>
  execFileSync("systemctl", ["show", "--property", property, "--value", unit], { encoding: "utf8" }).trim();

try {
  results.described = await catalogue.describe({ class: "systemd", provider: "", type: "q-oneshot" });
  await run("probe", "q-simple", "monitor");
  await run("start", "q-simple", "start");
  await run("monitor", "q-simple", "monitor");
  results.restartSetting = show("q-simple.service", "Restart");
  results.description = show("q-simple.service", "Description");
  execFileSync("systemctl", ["kill", "--signal=KILL", "q-simple.service"]);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await run("monitorKilled", "q-simple", "monitor");
  await run("stop", "q-simple", "stop");
  results.restartSettingAfterStop = show("q-simple.service", "Restart");
  results.overrideAfterStop = existsSync("/run/systemd/system/q-simple.service.d");
  await run("stopAgain", "q-simple", "stop");

  await run("startOneshot", "q-oneshot", "start");
  await run("monitorOneshot", "q-oneshot", "monitor");
  await run("startFailing", "q-fails", "start");
  await run("startSlow", "q-slow", "start", "systemd", 500);
  await run("startInstance", "q-instance@one", "start");
  await run("monitorInstance", "q-instance@one", "monitor");
  await run("startMissing", "q-missing", "start");
  await run("stopMissing", "q-missing", "stop");
  await run("serviceClass", "q-simple", "start", "service");
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => run(`many${index}`, `q-instance@${index}`, "start")),
  );
  results.listed = (await catalogue.listAgents("systemd", null)).filter((name) => name.startsWith("q-"));
} catch (error) {
  results.error = String(error);
}
writeFileSync(resultFile!, JSON.stringify(results));
executor.close();
catalogue.close();
