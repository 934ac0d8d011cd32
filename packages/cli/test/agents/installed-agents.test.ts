import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installedAgents } from "../../src/agents/installed-agents.ts";

const AGENT = `#!/bin/sh
cat <<END
<resource-agent name="Own"><parameters><parameter name="colour"><content type="string"/></parameter></parameters></resource-agent>
END
`;
const OWN = { class: "ocf", provider: "site", type: "Own" };

describe("the agents of a node", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "quorate-agents-"));
    mkdirSync(join(root, "agents/site"), { recursive: true });
    writeFileSync(join(root, "agents/site/Own"), AGENT, { mode: 0o755 });
  });

  afterEach(() => rmSync(root, { recursive: true }));

  const configure = (text: string) => {
    mkdirSync(join(root, "etc/quorate"), { recursive: true });
    writeFileSync(join(root, "etc/quorate/quorated.conf"), text);
  };

  it("are where its configuration says", async () => {
    configure(`# ours first\nocf-roots = ${join(root, "agents")}:/usr/lib/ocf/resource.d\n`);
    const result = await installedAgents(root).describe(OWN);
    expect(result.ok && result.description.parameters.map(({ name }) => name)).toEqual(["colour"]);
  });

  it("are the usual ones where it says nothing, is broken, or is not there", async () => {
    expect((await installedAgents(root).describe(OWN)).ok).toBe(false);
    configure("timing = playground\nocf-roots\n");
    expect((await installedAgents(root).describe(OWN)).ok).toBe(false);
  });
});
