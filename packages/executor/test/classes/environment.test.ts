import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { baseEnvironment, instanceParameters } from "../../src/classes/environment.ts";
import { operation } from "../operations.ts";

describe("base environment", () => {
  it("is the daemon's own, with the cluster's variables mirrored for old agents", () => {
    const environment = baseEnvironment({
      inherited: {
        PATH: "/usr/bin:/opt/tools",
        PCMK_logfacility: "daemon",
        NOTIFY_SOCKET: "/run/notify",
        QUORATE_ROOT: "/srv/node1",
        MISSING: undefined,
      },
      extra: { HA_RSCTMP: "/srv/node1/run", LC_ALL: "C.UTF-8" },
      binDirectory: "/opt/quorate/bin",
    });
    expect(environment).toEqual({
      PATH: expect.any(String),
      PCMK_logfacility: "daemon",
      HA_logfacility: "daemon",
      QUORATE_ROOT: "/srv/node1",
      PCMK_service: "pacemaker-execd",
      PCMK_cluster_type: "corosync",
      PCMK_quorum_type: "corosync",
      OCF_OUTPUT_FORMAT: "text",
      HA_RSCTMP: "/srv/node1/run",
      HA_SBIN_DIR: "/opt/quorate/bin",
      LC_ALL: "C.UTF-8",
    });
  });

  it("finds our commands first, then what the daemon finds, then the system's and Node itself; each once", () => {
    const { PATH } = baseEnvironment({
      inherited: { PATH: "/opt/tools::/usr/bin" },
      extra: {},
      binDirectory: "/opt/quorate/bin",
    });
    const path = (PATH ?? "").split(":");
    expect(path.slice(0, 3)).toEqual(["/opt/quorate/bin", "/opt/tools", "/usr/bin"]);
    expect(path).toContain("/usr/sbin");
    expect(path).toContain(dirname(process.execPath));
    expect(new Set(path).size).toBe(path.length);
  });
});

it("instance parameters are those of the resource alone", () => {
  const parameters = new Map([
    ["ip", "10.0.0.1"],
    ["CRM_meta_timeout", "20000"],
    ["crm_feature_set", "3.20.5"],
  ]);
  expect([...instanceParameters(operation({ parameters }))]).toEqual([["ip", "10.0.0.1"]]);
});
