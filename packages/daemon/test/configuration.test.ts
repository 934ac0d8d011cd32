import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configurationFile, readConfiguration } from "../src/configuration.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "quorate-config-"));
  mkdirSync(join(root, "etc/quorate"), { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true }));

const VALID = `
# the playground's first node
engine = embedded
node-name = node1
engine-address = 127.0.0.1:4000   # the hub
engine-key-file = /tmp/key
agent-environment = A=1 B_2=two=2
`;

function problemsOf(text: string): readonly string[] {
  writeFileSync(configurationFile(root), text);
  const result = readConfiguration(root);
  return result.ok ? [] : result.problems.map((problem) => problem.replaceAll(root, ""));
}

describe("quorated.conf", () => {
  test("values, comments and defaults", () => {
    writeFileSync(configurationFile(root), VALID);
    const result = readConfiguration(root);
    expect(result).toMatchObject({
      ok: true,
      configuration: {
        engine: { nodeName: "node1", host: "127.0.0.1", port: 4000, keyFile: "/tmp/key" },
        logLevel: "info",
        ocfRoots: ["/usr/lib/ocf/resource.d"],
        agentEnvironment: new Map([
          ["A", "1"],
          ["B_2", "two=2"],
        ]),
      },
    });
  });

  test("without a word about the engine it is Corosync, which knows names and addresses", () => {
    writeFileSync(configurationFile(root), "");
    expect(readConfiguration(root)).toMatchObject({
      ok: true,
      configuration: { engine: { kind: "corosync" } },
    });
    expect(problemsOf("node-name = n1\n")[0]).toContain(
      '"node-name" is for the embedded engine only: remove it, or add "engine = embedded"',
    );
    expect(problemsOf("engine = other\n")[0]).toContain('engine "other" is not known; write "corosync"');
  });

  test("a missing file names the file", () => {
    const result = readConfiguration(root);
    expect(!result.ok && result.problems[0]).toContain("cannot read");
  });

  test.each([
    ["node-name", "nonsense", '/etc/quorate/quorated.conf:8: "nonsense" is not of the form key = value'],
    ["unknown key", "node-nam = x", 'unknown setting "node-nam"; known are engine, node-name'],
    ["twice", "node-name = x", '"node-name" is set twice'],
    ["log level", "log-level = loud", 'log-level "loud" is not known'],
    ["environment", "bin-directory = x\nagent-environment = 1=2", "is set twice"],
  ])("%s: the place and the mend", (_, line, expected) => {
    expect(problemsOf(`${VALID}${line}\n`).join("\n")).toContain(expected);
  });

  test("all problems are reported, not the first", () => {
    expect(problemsOf("engine = embedded\nengine-address = here\nlog-level = loud\n")).toHaveLength(4);
  });
});
