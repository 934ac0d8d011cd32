import { join } from "node:path";
import { ExecutionStatus, OcfCode } from "@quorate/ports";
import { afterEach, describe, expect, it } from "vitest";
import { Harness, TESTDATA } from "../harness.ts";

let harness: Harness;

afterEach(() => {
  harness.close();
});

describe("class lsb", () => {
  it.each([
    ["0", OcfCode.ok],
    ["1", OcfCode.notRunning],
    ["2", OcfCode.notRunning],
    ["3", OcfCode.notRunning],
    ["4", OcfCode.genericError],
    ["150", OcfCode.notInstalled],
    ["151", OcfCode.insufficientPrivileges],
    ["99", OcfCode.genericError],
  ])("monitor runs status; %s becomes %d (14.7)", async (code, rc) => {
    harness = new Harness({ extraEnvironment: { LSB_CODE: code } });
    const agent = { class: "lsb", provider: "", type: "demo" };
    expect(await harness.run("", { agent, action: "monitor" })).toMatchObject({
      status: ExecutionStatus.done,
      rc,
    });
  });

  it("takes an absolute path, and class service finds the same script", async () => {
    harness = new Harness();
    for (const agent of [
      { class: "lsb", provider: "", type: join(TESTDATA, "init.d", "demo") },
      { class: "service", provider: "", type: "demo" },
    ]) {
      expect(await harness.run("", { agent })).toMatchObject({
        status: ExecutionStatus.done,
        rc: OcfCode.ok,
      });
    }
  });

  it("a missing script is not installed", async () => {
    harness = new Harness();
    const agent = { class: "lsb", provider: "", type: "none" };
    expect(await harness.run("", { agent, action: "monitor" })).toMatchObject({
      status: ExecutionStatus.notInstalled,
      rc: OcfCode.notInstalled,
      exitReason: "none: No such file or directory",
    });
  });
});
