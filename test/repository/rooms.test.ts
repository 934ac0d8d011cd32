import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkRooms } from "../../scripts/check-rooms.ts";
import { ROOMS } from "../../scripts/rooms.ts";
import { repositoryRoot } from "../../scripts/steps.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "quorate-rooms-"));
});

afterEach(() => rmSync(root, { recursive: true }));

function problemsOf(room: string, source: string, dependencies: Record<string, string> = {}): string[] {
  const directory = join(root, "packages", room);
  mkdirSync(join(directory, "src"), { recursive: true });
  writeFileSync(join(directory, "package.json"), JSON.stringify({ dependencies }));
  writeFileSync(join(directory, "src/file.ts"), source);
  return checkRooms(root);
}

describe("dependency rule", () => {
  test("the repository keeps it", () => {
    expect(checkRooms(repositoryRoot)).toEqual([]);
  });

  test("arrows form no cycle", () => {
    const visit = (room: string, path: readonly string[]): void => {
      expect(path).not.toContain(room);
      for (const next of ROOMS[room]?.mayImport ?? []) visit(next, [...path, room]);
    };
    for (const room of Object.keys(ROOMS)) visit(room, []);
  });

  test.each([
    ["xml", 'import { schedule } from "@quorate/scheduler";', "which this room may not know"],
    ["scheduler", 'import { x } from "@quorate/cib/src/x.ts";', "use the door @quorate/cib"],
    ["daemon", 'import {\n  x,\n} from "../../../api/src/x.ts";', "outside its package"],
    ["controller", 'import { readFileSync } from "node:fs";', "in a pure package, use a port"],
    ["controller", 'const fs = await import("fs");', "in a pure package, use a port"],
    ["cib", "const now = Date.now();", "Date.now in a pure package, use Clock.wallMs"],
    ["fencer", "setTimeout(() => {}, 1);", "setTimeout in a pure package, use Clock.setTimer"],
    ["daemon", 'import chalk from "chalk";', "imports library chalk"],
  ])("%s: %s", (room, source, problem) => {
    expect(problemsOf(room, source).join("\n")).toContain(problem);
  });

  test("a dependency in a manifest, and an unknown room", () => {
    expect(problemsOf("xml", "", { "@quorate/daemon": "*" }).join()).toContain("depends on @quorate/daemon");
    expect(problemsOf("attic", "").join()).toContain("packages/attic: not in scripts/rooms.ts");
  });

  test("a comment may name what the code must not use", () => {
    expect(problemsOf("cib", "// Never Date.now here.\n/** Nor\n * Math.random. */\nexport {};\n")).toEqual(
      [],
    );
  });
});
