import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyCib } from "@quorate/cib";
import { createAgentCatalogue } from "@quorate/executor";
import { systemClock } from "@quorate/host";
import { serializeXml } from "@quorate/xml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

/** A fence agent that knows one box only. */
const AGENT = `#!/bin/sh
input=$(cat)
case $input in
*action=metadata*) cat <<'END'
<?xml version="1.0"?>
<resource-agent name="fence_box" shortdesc="x"><parameters>
<parameter name="ip" required="1"><content type="string"/></parameter><parameter name="plug"><content type="string"/></parameter>
</parameters><actions><action name="off"/><action name="monitor"/><action name="validate-all"/></actions></resource-agent>
END
exit ;;
*action=validate-all*ip=box1*|*ip=box1*action=validate-all*) exit 0 ;;
esac
echo "there is no such box" >&2
exit 1
`;

let directory: string;
let world: MemoryWorld;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "agent-validation-"));
  writeFileSync(join(directory, "fence_box"), AGENT, { mode: 0o755 });
  world = new MemoryWorld();
  world.agents = createAgentCatalogue({ clock: systemClock, fenceDirectories: [directory] });
  world.files.set("cib.xml", serializeXml(emptyCib({ featureSet: "3.20.5", schema: "pacemaker-4.0" })));
});

afterEach(() => {
  world.agents?.close();
  rmSync(directory, { recursive: true });
});

const create = (words: string) =>
  world.run(main, "pcs", "-f", "cib.xml", "stonith", "create", ...words.split(" "));
const isCreated = () => world.files.get("cib.xml")!.includes("fence_box");

describe("pcs stonith create --agent-validation", () => {
  test("what the agent accepts is created", async () => {
    expect(await create("d fence_box ip=box1 --agent-validation")).toMatchObject({ status: 0 });
    expect(isCreated()).toBe(true);
  });

  test("what it refuses is not, and what it says of it is told", async () => {
    const { status, stderr } = await create("d fence_box ip=box2 --agent-validation");
    expect(status).toBe(1);
    expect(stderr).toContain(
      "the agent 'stonith:fence_box' does not accept the parameters, use --force to override",
    );
    expect(stderr).toContain("there is no such box");
    expect(isCreated()).toBe(false);
  });

  test.each(["--agent-validation --force", ""])("%j: the administrator knows better", async (options) => {
    expect(await create(`d fence_box ip=box2 ${options}`.trimEnd())).toMatchObject({ status: 0 });
    expect(isCreated()).toBe(true);
  });
});
