import { beforeEach, describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

const DIRECTORY = "/etc/corosync/uidgid.d";
const KNOWN = ["passwd root", "passwd hacluster", "group haclient"];

let world: MemoryWorld;

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set(DIRECTORY, "");
  world.programs = async (program, [database, name]) => {
    expect(program).toBe("getent");
    return { status: KNOWN.includes(`${database} ${name}`) ? 0 : 2, stdout: "", stderr: "" };
  };
});

const run = (...words: string[]) => world.run(main, "pcs", "cluster", "uidgid", ...words);
const files = () => [...world.files].filter(([path]) => path.startsWith(`${DIRECTORY}/`));

describe("pcs cluster uidgid", () => {
  test("adds files with the names that pcs gives them, with what Corosync takes", async () => {
    expect(await run("add", "uid=root")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await run("add", "gid=haclient")).toMatchObject({ status: 0 });
    expect(await run("add", "gid=haclient", "uid=hacluster")).toMatchObject({ status: 0 });
    expect(await run("add", "uid=54321")).toMatchObject({ status: 0 });
    expect(files()).toEqual([
      [`${DIRECTORY}/pcs-uidgid-root-`, "uidgid {\n  uid: root\n}\n"],
      [`${DIRECTORY}/pcs-uidgid--haclient`, "uidgid {\n  gid: haclient\n}\n"],
      [`${DIRECTORY}/pcs-uidgid-hacluster-haclient`, "uidgid {\n  uid: hacluster\n  gid: haclient\n}\n"],
      [`${DIRECTORY}/pcs-uidgid-54321-`, "uidgid {\n  uid: 54321\n}\n"],
    ]);
    expect(await run()).toEqual({
      status: 0,
      stdout:
        "UID/GID: uid= gid=haclient\nUID/GID: uid=54321 gid=\nUID/GID: uid=hacluster gid=haclient\nUID/GID: uid=root gid=\n",
      stderr: "",
    });
  });

  test("removes what is the same, by any name of the file, and nothing else", async () => {
    world.files.set(`${DIRECTORY}/mine`, "uidgid {\n\tuid : root\n gid: \n}\n");
    world.files.set(`${DIRECTORY}/both`, "uidgid {\n uid: root\n gid: haclient\n}\n# uid: x\n");
    world.files.set(`${DIRECTORY}/notes`, "nothing\n");
    expect(await run("add", "uid=root")).toEqual({
      status: 1,
      stdout: "",
      stderr: "Error: uidgid file with uid=root and gid= already exists\n",
    });
    expect(await run("delete", "uid=root")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await run("remove", "uid=root")).toEqual({
      status: 1,
      stdout: "",
      stderr: "Error: no uidgid files with uid=root and gid= found\n",
    });
    expect(await run()).toMatchObject({ stdout: "UID/GID: uid=root gid=haclient\n" });
    expect(files().map(([path]) => path)).toEqual([`${DIRECTORY}/both`, `${DIRECTORY}/notes`]);
  });

  test.each([
    [["uid="], "Error: you must set either uid or gid\n"],
    [["foo=bar"], "Error: foo is not a valid key, you must use uid or gid\n"],
    [["uid=root", "UID=4"], "Error: UID is not a valid key, you must use uid or gid\n"],
    [["root"], "Error: uidgid options must be of the form uid=<uid> gid=<gid>\n"],
  ])("refuses %j", async (words, stderr) => {
    expect(await run("add", ...words)).toEqual({ status: 1, stdout: "", stderr });
    expect(await run("delete", ...words)).toEqual({ status: 1, stdout: "", stderr });
  });

  test.each(["uid=nosuch", "gid=root", "uid=../x", "uid=a b", "uid=-1", "uid=99999999999", "uid=a\n}"])(
    "adds nobody with whom Corosync would not start: %j",
    async (word) => {
      expect(await run("add", word)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("Corosync would not start; nothing was written\n"),
      });
      expect(files()).toEqual([]);
    },
  );

  test("tells when there is none, and shows the usage without words", async () => {
    expect(await run()).toEqual({ status: 0, stdout: "", stderr: "No uidgids configured\n" });
    for (const words of [["add"], ["delete"], ["list"]])
      expect(await run(...words)).toMatchObject({ status: 1, stderr: expect.stringContaining("Usage: ") });
  });
});
