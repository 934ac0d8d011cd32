import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Caller, connect, type Handlers, serve } from "@quorate/api";
import type { ClusterNode } from "@quorate/controller";
import { parseXml } from "@quorate/xml";
import { describe, expect, test } from "vitest";
import { actingUser, restrictHandlers, visibleEvent } from "../src/access.ts";
import { openPeerUsers } from "../src/world/peer-users.ts";

const EVE = { uid: 4321, name: "eve", groups: ["haclient"] };
const ROOT = { uid: 0, name: "root", groups: ["root"] };

function caller(user: Caller["user"]): Caller {
  return { name: "cibadmin", pid: 1, user };
}

function nodeWith(isAclEnabled: boolean): Pick<ClusterNode, "cib"> {
  const parsed = parseXml(
    `<cib><configuration><crm_config><cluster_property_set id="o"><nvpair id="e" name="enable-acl" value="${isAclEnabled}"/></cluster_property_set></crm_config></configuration></cib>`,
  );
  if (!parsed.ok) throw new Error(parsed.error.message);
  return { cib: { document: parsed.root } } as unknown as Pick<ClusterNode, "cib">;
}

const groupsOf = (user: string) => [`group-of-${user}`];

describe("whose rights a request has", () => {
  test.each([
    ["root", ROOT, null, { user: "root", groups: [] }],
    ["root for somebody", ROOT, "eve", { user: "eve", groups: ["group-of-eve"] }],
    [
      "the user of the classic daemons",
      { uid: 9, name: "hacluster", groups: [] },
      null,
      { user: "root", groups: [] },
    ],
    ["a user", EVE, null, { user: "eve", groups: ["haclient"] }],
    ["a user for herself", EVE, "eve", { user: "eve", groups: ["haclient"] }],
    ["nobody knows who", null, null, { user: "(unknown)", groups: [] }],
  ])("%s", (_, user, named, expected) => {
    expect(actingUser(caller(user), named, groupsOf)).toEqual(expected);
  });

  test.each([[EVE], [null]])("%j cannot act for root", (user) => {
    expect(() => actingUser(caller(user), "root", groupsOf)).toThrow("only root and hacluster");
  });
});

describe("what only privileged users may ask, access rules or not", () => {
  const PRIVILEGED = [
    "agent.run",
    "resource.fail",
    "fencing.registerDevice",
    "fencing.removeDevice",
    "fencing.registerLevel",
    "fencing.removeLevel",
    "daemon.shutdown",
  ] as const;

  test.each(PRIVILEGED)("%s", async (method) => {
    const handlers = { [method]: async () => "done" } as unknown as Handlers;
    const ask = (user: Caller["user"]) =>
      restrictHandlers(handlers, nodeWith(false))[method]({} as never, caller(user));
    await expect(ask(EVE)).rejects.toMatchObject({
      code: "forbidden",
      message: `only root and hacluster may ask for ${method}, not eve`,
    });
    await expect(ask(null)).rejects.toMatchObject({ code: "forbidden" });
    expect(await ask(ROOT)).toBe("done");
    expect(await ask({ uid: 9, name: "hacluster", groups: [] })).toBe("done");
  });
});

describe("what else a restricted user may ask", () => {
  const handlers = {
    "fencing.fence": async () => "done",
    "node.status": async () => "status",
  } as unknown as Handlers;
  const ask = (method: "fencing.fence" | "node.status", user: Caller["user"], isEnabled: boolean) =>
    restrictHandlers(handlers, nodeWith(isEnabled))[method]({} as never, caller(user));

  test("nothing that acts, while access rules are in force", async () => {
    await expect(ask("fencing.fence", EVE, true)).rejects.toMatchObject({ code: "forbidden" });
    await expect(ask("fencing.fence", null, true)).rejects.toMatchObject({ code: "forbidden" });
    expect(await ask("fencing.fence", EVE, false)).toBe("done");
    expect(await ask("fencing.fence", ROOT, true)).toBe("done");
    expect(await ask("node.status", EVE, true)).toBe("status");
  });

  test("a change is announced without its content", () => {
    const seenBy = (user: Caller["user"]) =>
      visibleEvent(caller(user), "cib.changed", { patchset: "<diff/>" }, nodeWith(true)).patchset;
    expect(seenBy(EVE)).toBe("");
    expect(seenBy(ROOT)).toBe("<diff/>");
  });
});

test("the kernel says who connected", async () => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-peer-"));
  const socketPath = join(folder, "s");
  const seen: Caller[] = [];
  const handlers = {
    "node.list": async (_: unknown, asking: Caller) => {
      seen.push(asking);
      return [];
    },
  } as unknown as Handlers;
  const identify = await openPeerUsers((_, message) => {
    throw new Error(message);
  });
  if (identify === null) throw new Error("nobody can be identified");
  const server = await serve({ socketPath, handlers, log: () => {}, identify });
  try {
    const client = await connect({ socketPath, clientName: "test", timeoutMs: 5000 });
    await client.request("node.list", {});
    client.close();
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
  expect(seen.map(({ user }) => user?.uid)).toEqual([process.getuid?.()]);
});

/** What a user of the machine gets for one request, without any of our code: the answer's frame, or the error of the connection. */
const STRANGER = `
const [socketPath, method] = process.argv.slice(1);
const frame = (value) => {
  const body = Buffer.from(JSON.stringify(value));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
};
let seen = "";
const socket = require("net").connect(socketPath, () => {
  socket.write(frame({ quorate: 1, name: "root", pid: 1 }));
  socket.write(frame({ id: 1, method, params: { device: "d", target: null } }));
});
socket.on("error", (error) => { console.log(error.code); process.exit(); });
socket.on("data", (chunk) => {
  seen += chunk.toString("latin1");
  const error = /"message":"([^"]*)"/.exec(seen);
  if (error !== null || seen.includes('"result"')) { console.log(error === null ? "answered" : error[1]); process.exit(); }
});
`;

describe.skipIf(process.getuid?.() !== 0)("users of the machine (skipped when not root)", () => {
  const GROUP = 65_531;

  test.each([
    ["of the group", 65_533, GROUP, "fencing.devices", "answered"],
    [
      "of the group",
      65_533,
      GROUP,
      "fencing.removeDevice",
      "only root and hacluster may ask for fencing.removeDevice, not 65533",
    ],
    ["of another group", 65_533, 65_532, "fencing.devices", "EACCES"],
    ["root", 0, 0, "fencing.removeDevice", "answered"],
  ])("one who is %s (%i:%i) asks for %s: %s", async (_, uid, gid, method, expected) => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-peer-"));
    chmodSync(folder, 0o755);
    const socketPath = join(folder, "s");
    const answers = { "fencing.devices": async () => [], "fencing.removeDevice": async () => ({}) };
    const identify = await openPeerUsers(() => {});
    if (identify === null) throw new Error("nobody can be identified");
    const server = await serve({
      socketPath,
      handlers: restrictHandlers(answers as unknown as Handlers, nodeWith(false)),
      log: () => {},
      identify,
      groupId: GROUP,
    });
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["-e", STRANGER, "--", socketPath, method],
        { uid, gid, cwd: "/", timeout: 20_000 },
      );
      expect(stdout.trim()).toBe(expected);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  });

  test("where nobody can be identified, the socket is for its owner alone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-peer-"));
    const socketPath = join(folder, "s");
    const server = await serve({ socketPath, handlers: {} as Handlers, log: () => {}, groupId: null });
    const { mode } = statSync(socketPath);
    await server.close();
    rmSync(folder, { recursive: true });
    expect(mode & 0o777).toBe(0o600);
  });
});
