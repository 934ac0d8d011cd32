import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
