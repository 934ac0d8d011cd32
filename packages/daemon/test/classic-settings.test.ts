import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readNodeSettings } from "../src/classic-settings.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "quorate-settings-"));
  mkdirSync(join(root, "etc/default"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const inFile = (text: string) => writeFileSync(join(root, "etc/default/pacemaker"), text);

describe("settings of a node", () => {
  test("nothing is set", () => {
    inFile("# PCMK_node_start_state=standby\n");
    expect(readNodeSettings(root, {})).toEqual({ startState: "default", actionLimit: null });
  });

  test("the environment wins over the file", () => {
    inFile('PCMK_node_start_state="standby"\nPCMK_node_action_limit=0\n');
    expect(readNodeSettings(root, {})).toEqual({ startState: "standby", actionLimit: 0 });
    expect(readNodeSettings(root, { PCMK_node_start_state: "online" })).toMatchObject({
      startState: "online",
    });
  });

  test.each([
    ["PCMK_node_start_state", "Standby", /write default, standby or online/],
    ["PCMK_node_action_limit", "-1", /write 0 or more/],
    ["PCMK_node_action_limit", "many", /write 0 or more/],
  ])("%s=%s is refused", (name, value, mend) => {
    expect(() => readNodeSettings(root, { [name]: value })).toThrow(mend);
  });
});
