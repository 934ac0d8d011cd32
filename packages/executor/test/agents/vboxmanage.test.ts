import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Harness } from "../harness.ts";

const STAND_INS = join(import.meta.dirname, "../../../../lab/stand-ins");

let harness: Harness;

beforeEach(() => {
  harness = new Harness();
});

afterEach(() => {
  harness.close();
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
