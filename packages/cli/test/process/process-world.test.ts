import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  linkSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { processWorld } from "../../src/process/process-world.ts";

const world = processWorld("crm_simulate");
const directory = mkdtempSync(join(tmpdir(), "quorate-files-"));
const compressed = spawnSync("bzip2", ["-c"], { input: '<cib execution-date="1"/>' });

afterAll(() => rmSync(directory, { recursive: true }));

describe("a private file", () => {
  test("is its owner's alone, in a folder of its own, and gone afterwards, whatever happens", () => {
    let lent = "";
    const use = (path: string) => {
      lent = path;
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
      expect(world.readFile(path)).toBe("secret");
      return "used";
    };
    expect(world.withPrivateFile("secret", use)).toBe("used");
    expect(existsSync(dirname(lent))).toBe(false);
    expect(() =>
      world.withPrivateFile("secret", (path) => {
        lent = path;
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(existsSync(dirname(lent))).toBe(false);
  });
});

describe("a file that is replaced", () => {
  test.each([
    ["writeFile", (path: string) => world.writeFile(path, "new")],
    ["writePieces", (path: string) => world.writePieces(path, ["n", "ew"])],
  ])("is whole under its name, and new for those who have it open: %s", (_, write) => {
    const path = join(directory, "lent");
    writeFileSync(path, "old and long");
    const lent = openSync(path, "r");
    try {
      write(path);
      expect(readFileSync(path, "utf8")).toBe("new");
      expect(readFileSync(lent, "utf8")).toBe("new");
    } finally {
      closeSync(lent);
    }
  });
});

test("what keeps the content of a file under another name keeps it when the file is replaced", () => {
  const path = join(directory, "cib.xml");
  const backup = join(directory, "cib-1.raw");
  writeFileSync(path, "old and long");
  linkSync(path, backup);
  world.writeFile(path, "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readFileSync(backup, "utf8")).toBe("old and long");
});

describe("held signals", () => {
  test("are told and do not end the process, until they are released", async () => {
    await vi.waitFor(() => expect(process.listenerCount("SIGTERM")).toBe(0));
    const held = world.holdSignals();
    process.kill(process.pid, "SIGTERM");
    expect(await held.first).toBe("SIGTERM");
    held.release();
    expect(process.listenerCount("SIGTERM")).toBe(0);
  });
});

test("a signal that comes while a private file is lent has its effect afterwards", async () => {
  let count = 0;
  const listener = () => {
    count++;
  };
  process.on("SIGTERM", listener);
  try {
    const path = world.withPrivateFile("secret", (lent) => {
      spawnSync("kill", ["-TERM", String(process.pid)]);
      return lent;
    });
    expect(existsSync(path)).toBe(false);
    // Once when it is told, and once more as it would end a process that has no listener.
    await vi.waitFor(() => expect(count).toBe(2));
    expect(process.listenerCount("SIGTERM")).toBe(1);
  } finally {
    process.off("SIGTERM", listener);
  }
});

describe("files that end in .bz2", () => {
  test.skipIf(compressed.status !== 0)("are unpacked", () => {
    const path = join(directory, "pe-input-1.bz2");
    writeFileSync(path, compressed.stdout);
    expect(world.readFile(path)).toBe('<cib execution-date="1"/>');
  });

  test.skipIf(compressed.status !== 0)(
    "are refused when a part is missing or they are something else",
    () => {
      const path = join(directory, "pe-input-2.bz2");
      writeFileSync(path, compressed.stdout.subarray(0, -5));
      expect(() => world.readFile(path)).toThrow(
        /pe-input-2.bz2 cannot be read: it is no complete bzip2 file/,
      );
      writeFileSync(path, "<cib/>");
      expect(() => world.readFile(path)).toThrow(/it is no complete bzip2 file/);
    },
  );

  test("say which program is missing", () => {
    const path = join(directory, "pe-input-3.bz2");
    writeFileSync(path, "");
    const { PATH } = process.env;
    process.env.PATH = "/nonexistent";
    try {
      expect(() => world.readFile(path)).toThrow(/the program bzip2, which unpacks it, is not installed/);
      expect(() => world.readFile(join(directory, "missing.bz2"))).toThrow(/no such file or directory/);
    } finally {
      process.env.PATH = PATH;
    }
  });
});
