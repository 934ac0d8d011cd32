import { beforeEach, describe, expect, test } from "vitest";
import { main as crm } from "../../src/commands/crm.ts";
import { topLevel } from "../../src/crm/levels/top-level.ts";
import { Settings } from "../../src/crm/settings/settings.ts";
import { Shell } from "../../src/crm/shell/shell.ts";
import { MemoryCluster } from "../memory-cluster.ts";
import { MemoryWorld } from "../memory-world.ts";

const CIB = `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="5" num_updates="3" admin_epoch="0">
  <configuration>
    <crm_config>
      <cluster_property_set id="o">
        <nvpair id="o1" name="stonith-enabled" value="false"/>
      </cluster_property_set>
    </crm_config>
    <nodes>
      <node id="1" uname="node1"/>
      <node id="2" uname="node2"/>
    </nodes>
    <resources>
      <primitive id="web" class="ocf" provider="heartbeat" type="Dummy"/>
    </resources>
    <constraints/>
  </configuration>
  <status/>
</cib>
`;

let world: MemoryWorld;
const run = (...args: string[]) => world.run(crm, "crm", ...args);
const cib = () => world.files.get("cib.xml")!;

beforeEach(() => {
  world = new MemoryWorld();
  world.files.set("cib.xml", CIB);
  world.env.CIB_file = "cib.xml";
  world.env.CIB_shadow_dir = "/shadows";
});

describe("crm resource move and ban", () => {
  test.each(["move", "ban"])("%s: a mistyped node is no other node", async (command) => {
    for (const args of [["nod2"], ["nod2", "PT1H"], ["PT1H", "node2"], ["node2", "soon"]]) {
      const result = await run("resource", command, "web", ...args);
      expect(result.status).toBe(1);
      expect(cib()).toBe(CIB);
    }
    const { stderr } = await run("resource", command, "web", "nod2");
    expect(stderr).toBe(`ERROR: resource.${command}: there is no node "nod2". Did you mean "node2"?\n`);
  });

  test("a node, a lifetime and force, in this order", async () => {
    expect(await run("resource", "ban", "web", "node2", "PT1H")).toMatchObject({ status: 0 });
    expect(cib()).toContain('id="cli-ban-web-on-node2-lifetime"');
    expect(await run("resource", "move", "web", "node1", "force")).toMatchObject({ status: 0 });
    expect(cib()).toContain('id="cli-prefer-web"');
  });
});

describe("crm cib", () => {
  test("new does not write over a shadow without force", async () => {
    await run("cib", "new", "try");
    const mine = CIB.replace('value="false"', 'value="true"');
    world.files.set("/shadows/shadow.try", mine);
    const result = await run("cib", "new", "try");
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining("exists already") });
    expect(await run("cib", "new", "try", "forec")).toMatchObject({ status: 1 });
    expect(world.files.get("/shadows/shadow.try")).toBe(mine);
    expect(await run("cib", "new", "try", "force")).toMatchObject({ status: 0 });
    expect(world.files.get("/shadows/shadow.try")).not.toBe(mine);
  });

  test("a shadow that does not exist is told, with the nearest", async () => {
    await run("cib", "new", "try");
    for (const command of ["use", "delete"])
      expect(await run("cib", command, "tri")).toMatchObject({
        status: 1,
        stderr: `ERROR: cib.${command}: there is no shadow CIB tri. Did you mean "try"?\n`,
      });
  });

  test("pending changes are not lost when another CIB is used", async () => {
    world.stdin = [
      "primitive a ocf:heartbeat:Dummy",
      "cib new try",
      "cib use live",
      "show a",
      "refresh",
    ].join("\n");
    const result = await run("configure");
    expect(result.stderr.match(/There are changes pending/g)).toHaveLength(2);
    expect(result.stdout).toContain("primitive a Dummy");
    expect(world.files.has("/shadows/shadow.try")).toBe(false);
  });

  test("the shadow in use is not deleted", async () => {
    world.stdin = "new try\ndelete try\nuse live\ndelete try\n";
    const result = await run("cib");
    expect(result.stderr.match(/^ERROR/gm)).toHaveLength(1);
    expect(world.files.has("/shadows/shadow.try")).toBe(false);
  });
});

describe("words that were taken and ignored", () => {
  test.each([
    ["configure", "commit", "foo"],
    ["configure", "erase", "node"],
    ["configure", "upgrade", "foo"],
    ["resource", "cleanup", "web", "node1", "foo"],
    ["node", "standby", "node1", "foo"],
  ])("crm %s %s %s is refused", async (...args) => {
    expect(await run(...args)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/"(foo|node)" is not (known here|a cluster node)/),
    });
    expect(cib()).toBe(CIB);
  });

  test.each(["force", "--force"])("commit %s commits what does not verify", async (word) => {
    world.agents = { describe: async () => ({ ok: false, reason: "no such file" }) } as never;
    world.stdin = `primitive a ocf:nosuch:Nope\ncommit\nrefresh\n`;
    expect(await run("configure")).toMatchObject({ status: 1 });
    expect(cib()).toBe(CIB);
    world.stdin = `primitive a ocf:nosuch:Nope\ncommit ${word}\n`;
    expect(await run("configure")).toMatchObject({ status: 0 });
    expect(cib()).toContain('id="a"');
  });
});

describe("a person at the terminal", () => {
  let out = "";
  const asked: string[] = [];
  const collect = (text: string) => {
    out += text;
  };

  /** Nobody is at the terminal. */
  function unattended(options: { readonly answersNo?: boolean } = {}): Shell {
    out = "";
    asked.length = 0;
    const fake = {
      env: world.env,
      stdout: collect,
      stderr: collect,
      nowMs: () => 0,
      fileExists: (path: string) => world.files.has(path),
      readFile: (path: string) => world.files.get(path)!,
      writeFile: (path: string, text: string) => void world.files.set(path, text),
      groupsOf: () => [],
      listFiles: () => [],
      programName: "crm",
    } as never;
    return new Shell(fake, topLevel, { settings: new Settings(fake), answersNo: options.answersNo ?? false });
  }

  function session(answer: boolean, options: { readonly answersNo?: boolean } = {}): Shell {
    const shell = unattended(options);
    shell.beginSession(async (question) => {
      asked.push(question);
      return answer;
    });
    return shell;
  }
  const change = "configure\nproperty maintenance-mode=true";

  test("is asked before pending changes are committed on leaving", async () => {
    const shell = session(true);
    await shell.runBatch(`${change}\n`);
    await shell.runBatch("up");
    expect(asked).toEqual(["There are changes pending. Do you want to commit them"]);
    expect(cib()).toContain("maintenance-mode");
  });

  test("who types level and command at once is where that was typed, and is not asked", async () => {
    const shell = session(false);
    expect(await shell.runBatch("configure property maintenance-mode=true")).toBe(true);
    expect(shell.level.name).toBe("");
    expect(asked).toEqual([]);
    expect(cib()).toContain("maintenance-mode");
    await shell.runBatch("configure\nproperty no-quorum-policy=stop\ncib list");
    expect(shell.level.name).toBe("configure");
    expect(cib()).not.toContain("no-quorum-policy");
  });

  test("may say no, as --no does", async () => {
    for (const shell of [session(false), session(true, { answersNo: true })]) {
      await shell.runBatch(`${change}\n`);
      expect(await shell.leaveAll()).toBe(true);
      expect(cib()).toBe(CIB);
      expect(shell.openConfiguration).toBeNull();
    }
  });

  test("fences nobody with --no, asked or not", async () => {
    for (const shell of [session(true, { answersNo: true }), unattended({ answersNo: true })]) {
      expect(await shell.runBatch("node fence n1")).toBe(false);
      expect(asked).toEqual([]);
      expect(out).toContain("n1 is not fenced, because of --no");
    }
  });

  test("stays where changes cannot be committed", async () => {
    const shell = session(true);
    await shell.runBatch(`${change}\n`);
    world.files.set(
      "cib.xml",
      CIB.replace("</resources>", '<primitive id="b" class="lsb" type="b"/></resources>').replace(
        'epoch="5"',
        'epoch="6"',
      ),
    );
    for (const words of ["up", "cd /", "cd /resource", "cd .."]) {
      expect(await shell.runBatch(words)).toBe(false);
      expect(shell.level.name).toBe("configure");
    }
    expect(out).toContain("changed by somebody else");
    expect(shell.openConfiguration?.isChanged).toBe(true);
    await shell.runBatch("refresh\nup");
    expect(shell.level.name).toBe("");
  });

  test("is told what went wrong, and goes on", async () => {
    const shell = session(true);
    world.files.set("cib.xml", "<cib");
    expect(await shell.runBatch("configure show")).toBe(false);
    expect(out).toMatch(/^ERROR: /);
    expect(shell.isDone).toBe(false);
  });
});

describe("--wait", () => {
  test("waits after a command that changes what the cluster does", async () => {
    delete world.env.CIB_file;
    const cluster = new MemoryCluster(CIB);
    world.daemon = cluster.answers;
    let hasChanged = false;
    let queriesAfter = 0;
    cluster.beforeChange = () => {
      hasChanged = true;
    };
    // Who waits looks again after the change.
    cluster.beforeQuery = () => {
      if (hasChanged) queriesAfter++;
    };
    expect(await run("resource", "unmanage", "web")).toMatchObject({ status: 0 });
    expect(queriesAfter).toBe(0);
    expect(await run("--wait", "resource", "manage", "web")).toMatchObject({ status: 0 });
    expect(queriesAfter).toBeGreaterThan(0);
    queriesAfter = 0;
    expect(await run("--wait", "configure", "property", "no-quorum-policy=stop")).toMatchObject({
      status: 0,
    });
    expect(queriesAfter).toBeGreaterThan(0);
  });
});
