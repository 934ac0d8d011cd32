import { spawnSync } from "node:child_process";
import { accessSync, chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseXml } from "@quorate/xml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SHIPPED_AGENTS } from "../harness.ts";
import { AgentUnderTest } from "./agent-under-test.ts";

const OCF_TESTER = "/usr/sbin/ocf-tester";

const directory = mkdtempSync(join(tmpdir(), "quorate-agents-test-"));
const binDirectory = join(directory, "bin");
const crmAttributeLog = join(directory, "crm_attribute.log");
let port = 0;

beforeAll(async () => {
  // A crm_attribute that writes down what it was told.
  mkdirSync(binDirectory);
  writeFileSync(join(binDirectory, "crm_attribute"), `#!/bin/sh\necho "$*" >>"${crmAttributeLog}"\n`);
  chmodSync(join(binDirectory, "crm_attribute"), 0o755);
  port = await freePort();
});

afterAll(() => {
  for (const type of ["Dummy", "Stateful", "http"]) {
    agent(type).run("stop");
  }
  rmSync(directory, { recursive: true });
});

function agent(type: string, environment: Readonly<Record<string, string>> = {}): AgentUnderTest {
  return new AgentUnderTest(join(SHIPPED_AGENTS, "ocf", "quorate", type), {
    HA_RSCTMP: directory,
    PATH: `${binDirectory}:${process.env.PATH}`,
    OCF_RESKEY_port: String(port),
    ...environment,
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0));
    });
  });
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

describe.each(["Dummy", "Stateful", "http"])("ocf:quorate:%s", (type) => {
  it("metadata is well-formed, names the agent, the API version and each action that works", () => {
    const result = agent(type).run("meta-data");
    expect(result.code).toBe(0);
    const parsed = parseXml(result.stdout);
    if (!parsed.ok) {
      throw new Error(parsed.error.message);
    }
    const { root } = parsed;
    expect(root.get("name")).toBe(type);
    expect(root.elements().map((element) => element.name)).toEqual([
      "version",
      "longdesc",
      "shortdesc",
      "parameters",
      "actions",
    ]);
    for (const parameter of root.first("parameters")!.all("parameter")) {
      expect(parameter.elements().map((element) => element.name)).toEqual([
        "longdesc",
        "shortdesc",
        "content",
      ]);
    }
    const actions = root
      .first("actions")!
      .all("action")
      .map((action) => action.get("name") ?? "");
    expect(actions).toEqual(
      expect.arrayContaining(["start", "stop", "monitor", "meta-data", "validate-all", "reload-agent"]),
    );
    const codes = actions.map((action) => [action, agent(type).run(action).code]);
    expect(codes.filter(([, code]) => code === 3)).toEqual([]);
    agent(type).run("stop");
  });

  it("stop of what is stopped is 0, monitor of it 7; start and stop may come twice", () => {
    const actions = ["stop", "monitor", "start", "start", "monitor", "stop", "stop", "monitor"];
    expect(agent(type).codes(actions)).toEqual([0, 7, 0, 0, 0, 0, 0, 7]);
  });

  it("an unknown action is 3, with a reason", () => {
    expect(agent(type).run("frobnicate")).toMatchObject({
      code: 3,
      reason: "this agent has no action 'frobnicate'",
    });
  });

  it("wrong parameters are refused by validate-all and start with a reason, but never hinder a stop", () => {
    const wrong = { op_sleep: "soon" };
    for (const action of ["validate-all"]) {
      expect(agent(type).run(action, wrong)).toMatchObject({
        code: 6,
        reason: expect.stringContaining("op_sleep is 'soon'"),
      });
    }
    expect(agent(type).run("stop", { port: "none", promoted_score: "none" }).code).toBe(0);
  });

  it("a state directory that cannot be used is a failure with a reason", () => {
    const result = agent(type, { HA_RSCTMP: "/proc/none" }).run("start");
    expect(result).toMatchObject({ code: 1, reason: "cannot write to the state directory /proc/none" });
  });

  it("fails where it is told to", () => {
    const environment = { OCF_RESKEY_CRM_meta_on_node: "node2" };
    const fail = { fail_on: "stop start@node2" };
    expect(agent(type, environment).run("start", fail)).toMatchObject({
      code: 1,
      reason: "told to fail on start by the parameter fail_on",
    });
    expect(agent(type, environment).run("monitor", fail).code).toBe(7);
    expect(agent(type, { OCF_RESKEY_CRM_meta_on_node: "node1" }).codes(["start", "stop"], fail)).toEqual([
      0, 1,
    ]);
    expect(agent(type).run("stop").code).toBe(0);
  });

  it("leaves nothing behind after a stop", () => {
    agent(type).codes(["start", "stop"]);
    expect(readdirSync(directory).filter((name) => name.startsWith(type))).toEqual([]);
  });

  it.skipIf(!isThere(OCF_TESTER))(
    `passes ${OCF_TESTER} (skipped when resource-agents is not installed)`,
    () => {
      const result = spawnSync(
        OCF_TESTER,
        ["-n", "tester", "-o", `port=${port}`, join(SHIPPED_AGENTS, "ocf", "quorate", type)],
        { env: { ...process.env, HA_RSCTMP: directory }, encoding: "utf8", timeout: 60_000 },
      );
      expect(result.stdout).toContain("Beginning tests");
      // The tool knows the metadata of OCF 1.0 only; it has no reload-agent and no unique-group.
      const complaints = result.stdout.split("\n").filter((line) => line.startsWith("* rc="));
      expect(complaints).toEqual([
        "* rc=4: Your agent produces meta-data which does not conform to ra-api-1.dtd",
      ]);
    },
    60_000,
  );
});

describe("ocf:quorate:Dummy", () => {
  it("moves without ever being on two nodes", () => {
    const [source, target] = ["a", "b"].map((name) => {
      const place = join(directory, name);
      mkdirSync(place);
      return agent("Dummy", { HA_RSCTMP: place });
    });
    source!.run("start");
    expect(source!.codes(["migrate_to", "monitor"])).toEqual([0, 7]);
    expect(target!.codes(["monitor", "migrate_from", "monitor"])).toEqual([7, 0, 0]);
    expect(source!.codes(["stop"])).toEqual([0]);
    expect(source!.run("migrate_to")).toMatchObject({ code: 1 });
    target!.run("stop");
  });
});

describe("ocf:quorate:Stateful", () => {
  it("goes through its roles and tells its promotion score", () => {
    rmSync(crmAttributeLog, { force: true });
    const actions = ["start", "promote", "monitor", "promote", "demote", "monitor", "demote", "stop"];
    expect(agent("Stateful").codes(actions)).toEqual([0, 0, 8, 0, 0, 0, 0, 0]);
    const lines = spawnSync("sort", ["-u", crmAttributeLog], { encoding: "utf8" }).stdout.trim().split("\n");
    expect(lines).toEqual([
      "--promotion=test --lifetime=reboot --delete",
      "--promotion=test --lifetime=reboot --update=10",
      "--promotion=test --lifetime=reboot --update=5",
    ]);
  });

  it("cannot be promoted when it does not run", () => {
    expect(agent("Stateful").run("promote")).toMatchObject({
      code: 7,
      reason: "not running, so its role cannot be changed",
    });
  });

  it("a start ends unpromoted, whatever was found", () => {
    expect(agent("Stateful").codes(["start", "promote", "start", "monitor", "stop"])).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  it("runs where the cluster's command fails or is missing", () => {
    const broken = agent("Stateful", { PATH: "/usr/bin:/bin" });
    expect(broken.codes(["start", "promote", "monitor", "stop"])).toEqual([0, 0, 8, 0]);
  });
});
