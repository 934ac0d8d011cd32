import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testConfiguration } from "./configuration.ts";
import { TestCluster } from "./test-cluster.ts";

/** Notes the begin and end of each action; what it starts is a process that outlives daemon and agent. */
const DIARY = `#!/bin/sh
file="$OCF_RESKEY_directory/$OCF_RESOURCE_INSTANCE"
note() { echo "$1 $$ $(date +%s.%N)" >> "$file.diary"; }
alive() { pid=$(cat "$file.pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null; }
case "$1" in
meta-data) echo '<resource-agent name="diary"><actions><action name="start" timeout="20s"/><action name="stop" timeout="20s"/><action name="monitor" timeout="20s" interval="1s"/></actions></resource-agent>' ;;
monitor) note monitor; alive || exit 7 ;;
start)
  note begin-start
  sleep "\${OCF_RESKEY_takes:-0}"
  if ! alive; then
    setsid sleep 3600 < /dev/null > /dev/null 2>&1 &
    echo $! > "$file.pid"
  fi
  note end-start ;;
stop) note stop; alive && kill "$pid"; rm -f "$file.pid" ;;
esac
exit 0
`;

let cluster: TestCluster;
let directory: string;

beforeAll(async () => {
  cluster = await TestCluster.start((layout) => testConfiguration(layout), ["node1"]);
  const { root } = cluster.node("node1");
  directory = join(root, "diaries");
  mkdirSync(directory);
  mkdirSync(join(root, "ocf/test"), { recursive: true });
  writeFileSync(join(root, "ocf/test/diary"), DIARY, { mode: 0o755 });
  const file = join(root, "etc/quorate/quorated.conf");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^(ocf-roots = .*)$/m, `$1:${join(root, "ocf")}`));
  await cluster.playground.machines.get("node1")!.stopDaemon();
  await cluster.do({ do: "start", node: "node1" });
  await cluster.until("web to run again", 60_000, async () => cluster.watcher.nodes.length === 1);
  await cluster.untilIdle();
}, 120_000);

afterAll(async () => {
  await cluster?.stop();
});

const create = (id: string, takesS: number) =>
  cluster.change(
    "node1",
    "cib_modify",
    "resources",
    `<resources><primitive id="${id}" class="ocf" provider="test" type="diary">
       <instance_attributes id="${id}-params">
         <nvpair id="${id}-directory" name="directory" value="${directory}"/>
         <nvpair id="${id}-takes" name="takes" value="${takesS}"/>
       </instance_attributes>
       <operations><op id="${id}-monitor" name="monitor" interval="1s" timeout="10s"/></operations>
     </primitive></resources>`,
    ["can-create"],
  );

const diary = (id: string): { what: string; pid: number }[] => {
  let text = "";
  try {
    text = readFileSync(join(directory, `${id}.diary`), "utf8");
  } catch {
    // Nothing was done yet.
  }
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => ({ what: line.split(" ")[0]!, pid: Number(line.split(" ")[1]) }));
};
const count = (id: string, what: string) => diary(id).filter((entry) => entry.what === what).length;
const processOf = (id: string) => readFileSync(join(directory, `${id}.pid`), "utf8").trim();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function restartDaemon(): Promise<void> {
  await cluster.do({ do: "kill", node: "node1" });
  await cluster.until(
    "the daemon to be gone",
    10_000,
    async () => !cluster.playground.machines.get("node1")!.isDaemonRunning,
  );
  await cluster.do({ do: "start", node: "node1" });
}

describe("a daemon that dies under its operations", { timeout: 120_000 }, () => {
  test("finds again what runs, monitors it, and begins anew what was under way, once", async () => {
    await create("quick", 0);
    await cluster.until("quick to be monitored", 30_000, async () => count("quick", "monitor") >= 3);
    const quick = processOf("quick");
    await create("slow", 5);
    await cluster.until("the start to be under way", 30_000, async () => count("slow", "begin-start") === 1);
    const [starting] = diary("slow").filter(({ what }) => what === "begin-start");

    await restartDaemon();
    const monitorsBefore = count("quick", "monitor");
    await cluster.until(
      "slow to run",
      60_000,
      async () => (await cluster.activeOn("node1", "slow")).length === 1,
    );
    await cluster.until("monitors of both", 30_000, async () => {
      return count("quick", "monitor") >= monitorsBefore + 3 && diary("slow").at(-1)?.what === "monitor";
    });

    // What ran was found, not started or stopped.
    expect(count("quick", "begin-start")).toBe(1);
    expect(count("quick", "stop")).toBe(0);
    expect(processOf("quick")).toBe(quick);
    expect(isAlive(Number(quick))).toBe(true);
    // The start that nobody waited for any more was ended, not left to come true beside the second one.
    expect(isAlive(starting!.pid)).toBe(false);
    expect(count("slow", "begin-start")).toBe(2);
    expect(count("slow", "end-start")).toBe(1);
    expect(cluster.watcher.violations).toEqual([]);
  });

  test("notices a failure after that", async () => {
    const before = processOf("quick");
    process.kill(Number(before), "SIGKILL");
    await cluster.until("quick to be started anew", 30_000, async () => count("quick", "end-start") === 2);
    await cluster.untilIdle();
    expect(processOf("quick")).not.toBe(before);
    expect(isAlive(Number(processOf("quick")))).toBe(true);
  });
});

describe("a daemon that is told to end while it starts", { timeout: 60_000 }, () => {
  test("leaves in order", async () => {
    const { logFile } = cluster.node("node1");
    const machine = cluster.playground.machines.get("node1")!;
    await machine.stopDaemon();
    const before = readFileSync(logFile, "utf8").length;
    const log = (): string => readFileSync(logFile, "utf8").slice(before);
    const started = machine.startDaemon();
    while (!log().includes("starting, version")) await new Promise((resolve) => setTimeout(resolve, 1));
    await machine.stopDaemon();
    await started;
    expect(log()).toMatch(/ending: shut down/);
  });
});
