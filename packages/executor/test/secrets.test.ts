import { readdirSync, readFileSync } from "node:fs";
import type { FenceAgentResult } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { redactionOf } from "../src/process/redaction.ts";
import { Harness } from "./harness.ts";

const SECRET = "pl4nt3d-s3cr3t";

let harness: Harness;

beforeEach(() => {
  harness = new Harness();
});

afterEach(() => {
  harness.close();
});

/** The command lines of everything that runs on this machine: anybody may read them. */
function commandLines(): string {
  const lines = readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8");
      } catch {
        return "";
      }
    });
  return lines.join("\n");
}

describe("a password that an agent tells everybody", () => {
  it.each(["fail", "hang"])("is in no result, log or process list of a resource agent (%s)", async (mode) => {
    const seen: string[] = [];
    const watch = setInterval(() => seen.push(commandLines()), 50);
    const result = await harness.run("tells-secrets", {
      timeoutMs: 600,
      parameters: new Map([
        ["password", SECRET],
        ["mode", mode],
      ]),
    });
    clearInterval(watch);
    const { operation: _, ...visible } = result;
    expect(result.exitReason).toBe("login with '********' was refused");
    expect(JSON.stringify(visible)).not.toContain(SECRET);
    expect(harness.log.join("\n")).not.toContain(SECRET);
    expect(harness.log.join("\n")).toContain("login -p ********");
    expect(seen.join("\n")).not.toContain(SECRET);
  });

  it("is in no complaint, log or process list of a fence agent", async () => {
    const seen: string[] = [];
    const watch = setInterval(() => seen.push(commandLines()), 50);
    const result = await new Promise<FenceAgentResult>((resolve) => {
      const parameters = new Map([
        ["action", "off"],
        ["passwd", SECRET],
      ]);
      harness.executor.fenceAgents.run(
        { agent: "fence_tells", deviceId: "d", parameters, timeoutMs: 5000 },
        resolve,
      );
    });
    clearInterval(watch);
    expect(result.stderr).toBe("Unable to connect with password '********'\n");
    expect(harness.log.join("\n")).not.toContain(SECRET);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.join("\n")).not.toContain(SECRET);
  });
});

describe("what counts as a secret", () => {
  it.each([
    "passwd",
    "password",
    "PASSWORD",
    "db_password",
    "snmp_priv_passwd",
    "secret",
    "auth_token",
    "community",
  ])("%s", (name) => {
    expect(redactionOf(new Map([[name, "abc"]])).apply("xabcx")).toBe("x********x");
  });

  it.each(["ip", "plug", "password_script", "passwd_script", "password_file", "compass"])(
    "not %s",
    (name) => {
      expect(redactionOf(new Map([[name, "abc"]])).apply("xabcx")).toBe("xabcx");
    },
  );

  it("of two secrets the longer one is blanked out whole", () => {
    const parameters = new Map([
      ["passwd", "secret"],
      ["token", "secret-and-more"],
    ]);
    expect(redactionOf(parameters).apply("secret-and-more, secret")).toBe("********, ********");
  });

  it("values too short to be one are left alone, or nothing could be read any more", () => {
    expect(redactionOf(new Map([["passwd", "on"]])).apply("node is on")).toBe("node is on");
  });
});
