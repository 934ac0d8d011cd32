import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installSystem } from "../../scripts/install-system.ts";

const root = mkdtempSync(join(tmpdir(), "quorate-install-"));
const place = { root, prefix: "/opt/quorate", node: process.execPath };
const unitFile = (name: string) => join(root, "opt/quorate/lib/systemd/system", name);

beforeAll(() => installSystem(place));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** As an agent calls a command: Node.js is not in its PATH. */
function run(name: string, ...parameters: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(join(root, "opt/quorate/sbin", name), parameters, {
    encoding: "utf8",
    env: { PATH: "/nowhere" },
  });
  return { stdout, stderr, status };
}

describe("an installed tree", () => {
  test("commands run from there", () => {
    expect(run("crm_mon", "--version").status).toBe(0);
    expect(run("quorated", "--check", "--root", root)).toEqual({
      status: 0,
      stderr: "",
      stdout: `${root}/etc/quorate/quorated.conf is all right\n`,
    });
  });

  // In a network of its own: a Corosync of this machine must not be joined.
  test.skipIf(process.getuid?.() !== 0)(
    "its daemon finds koffi, and says what is missing when Corosync is (as root)",
    () => {
      const daemon = join(root, "opt/quorate/sbin/quorated");
      const { stderr, status } = spawnSync("unshare", ["--net", daemon, "--root", root], {
        encoding: "utf8",
      });
      // Without Corosync's libraries 78, with them 69: koffi was found in both cases.
      expect([69, 78]).toContain(status);
      expect(stderr).not.toContain("koffi");
      expect(stderr).toMatch(/systemctl start corosync|apt-get install corosync/);
    },
  );

  test("a changed configuration survives a second installation", () => {
    const file = join(root, "etc/quorate/quorated.conf");
    writeFileSync(file, "log-level = debug\n");
    installSystem(place);
    expect(readFileSync(file, "utf8")).toBe("log-level = debug\n");
  });

  test
    .skipIf(!existsSync("/usr/bin/systemd-analyze"))
    .each(["quorated.service", "quorate-remote.service", "quorate-pcsd.service"])(
    "systemd understands %s (where installed)",
    (name) => {
      const file = unitFile(name);
      expect(readFileSync(file, "utf8")).not.toMatch(/^[^#].*@[A-Z]+@/m);
      const verification = spawnSync("systemd-analyze", ["verify", "--man=no", file], {
        encoding: "utf8",
      });
      const lines = verification.stderr.split("\n").filter((line) => line.includes(name));
      // It looks for the program below the machine's own root.
      expect(lines.filter((line) => !line.includes("is not executable"))).toEqual([]);
    },
  );

  test("agents are where the configuration looks for them", () => {
    const agent = join(root, "opt/quorate/lib/ocf/resource.d/quorate/Dummy");
    expect(execFileSync(agent, ["meta-data"], { encoding: "utf8" })).toContain("<resource-agent");
  });
});
