import { ApiError } from "@quorate/api";
import { beforeEach, expect, test } from "vitest";
import { main } from "../../src/commands/crmadmin.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib validate-with="pacemaker-4.0" epoch="1" num_updates="0" admin_epoch="0"><configuration><crm_config/>
<nodes><node id="1" uname="node1"/><node id="2" uname="node2"/></nodes>
<resources><primitive id="far" class="ocf" provider="pacemaker" type="remote"/></resources><constraints/></configuration><status/></cib>`;

let world: MemoryWorld;
let isShuttingDown: boolean;
let dc: string | null;

beforeEach(() => {
  world = new MemoryWorld();
  isShuttingDown = false;
  dc = "node1";
  world.daemon = {
    "node.status": () => ({ dc, isShuttingDown }),
    "node.list": () => [
      { nodeId: 1, name: "node1", state: "member", isOnline: true },
      { nodeId: 2, name: "node2", state: "lost", isOnline: false },
    ],
    "node.state": ({ name }: { readonly name: string }) => {
      if (name !== "node1") throw new ApiError("notFound", "no such node");
      return { state: "S_IDLE" };
    },
    "cib.request": () => ({ kind: "done", code: "ok", reason: "", data: CIB }),
  };
});

const run = (...words: readonly string[]) => world.run(main, "crmadmin", ...words);

test.each([
  [["-D"], "Designated Controller is: node1\n"],
  [["-D", "-q"], "node1\n"],
  [["-S", "NODE1"], "Controller on node1 in state S_IDLE: ok\n"],
  [["-S", "node1", "-q"], "S_IDLE\n"],
  [["-P", "-q"], "running\n"],
  [["-N"], "cluster node: node1 (1)\ncluster node: node2 (2)\nremote node: far (far)\n"],
  [["--nodes=remote", "-q"], "far\n"],
  [["-N", "-B"], "export node1=1\nexport node2=2\nexport far=far\n"],
])("%j", async (words, stdout) => {
  expect(await run(...words)).toEqual({ status: 0, stdout, stderr: "" });
});

test("a daemon that is about to end says so", async () => {
  isShuttingDown = true;
  expect((await run("-P")).stdout).toContain("'Shutting down'");
});

test("as XML", async () => {
  expect((await run("-S", "node1", "--output-as=xml")).stdout).toContain(
    '<crmd node_name="node1" state="S_IDLE" result="ok"/>',
  );
});

test.each([
  [["-D"], 114, "no node leads the cluster now"],
  [["-S", "node9"], 105, "no node is called node9"],
  [["-S", "node2"], 102, "node2 does not take part in the cluster now"],
  [["-N", "-D"], 64, "exactly one command"],
  [["--nodes=guests"], 64, "not a kind of node"],
  [["-D", "-B"], 64, "--bash-export needs --nodes"],
])("%j fails and says why", async (words, status, reason) => {
  dc = null;
  const result = await run(...words);
  expect(result).toMatchObject({ status, stdout: "" });
  expect(result.stderr).toContain(reason);
});
