import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAgentCatalogue } from "@quorate/executor";
import { systemClock } from "@quorate/host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { MemoryWorld } from "../memory-world.ts";

/** An agent that only says what it is. */
function agentThatSays(xml: string): string {
  return `#!/bin/sh\ncat <<'END'\n<?xml version="1.0"?>\n${xml}\nEND\n`;
}

const RESOURCE = `<resource-agent name="lamp" version="1">
<version>1.1</version>
<shortdesc lang="en">Lights a lamp</shortdesc>
<longdesc lang="en">Switches it on
and off.</longdesc>
<parameters>
<parameter name="colour" unique="0" required="1"><longdesc lang="en">Its colour</longdesc><shortdesc lang="en">colour</shortdesc><content type="string"/></parameter>
<parameter name="socket" unique="1"><longdesc lang="en"></longdesc><shortdesc lang="en">Where it is plugged in</shortdesc><content type="string"/></parameter>
<parameter name="bulb" unique-group="place"><content type="string"/></parameter>
<parameter name="color" deprecated="1"><longdesc lang="en">As colour</longdesc><shortdesc lang="en">old</shortdesc><deprecated><replaced-with name="colour"/></deprecated><content type="string"/></parameter>
</parameters>
<actions><action name="start" timeout="7s"/><action name="stop" timeout="8s"/><action name="monitor" timeout="9s" interval="11s" depth="3"/></actions>
</resource-agent>`;

const FENCE = `<resource-agent name="fence_lamp" shortdesc="Cuts a lamp off">
<longdesc>Cuts it off.</longdesc>
<parameters>
<parameter name="action" required="1"><content type="string"/><shortdesc lang="en">What to do</shortdesc></parameter>
<parameter name="plug" required="1"><content type="string"/><shortdesc lang="en">Which one</shortdesc></parameter>
<parameter name="ip" required="1"><content type="string"/><shortdesc lang="en">Where it is</shortdesc></parameter>
<parameter name="help"><content type="string"/><shortdesc lang="en">Show help</shortdesc></parameter>
</parameters>
<actions><action name="on"/><action name="off"/><action name="monitor"/></actions>
</resource-agent>`;

let folder: string;
let world: MemoryWorld;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-describe-"));
  mkdirSync(join(folder, "ocf", "resource.d", "test"), { recursive: true });
  mkdirSync(join(folder, "fence"));
  const files = [
    ["ocf/resource.d/test/lamp", agentThatSays(RESOURCE)],
    ["ocf/resource.d/test/mute", "#!/bin/sh\nexit 3\n"],
    ["fence/fence_lamp", agentThatSays(FENCE)],
  ] as const;
  for (const [path, text] of files) writeFileSync(join(folder, path), text, { mode: 0o755 });
  world = new MemoryWorld();
  world.agents = createAgentCatalogue({
    clock: systemClock,
    ocfDirectories: [join(folder, "ocf", "resource.d")],
    fenceDirectories: [join(folder, "fence")],
  });
});

afterAll(() => {
  world.agents?.close();
  rmSync(folder, { recursive: true, force: true });
});

const lines = (...text: string[]) => `${text.join("\n")}\n`;

test.each([
  [
    "resource describe ocf:test:lamp",
    lines(
      "ocf:test:lamp - Lights a lamp",
      "",
      "Switches it on and off.",
      "",
      "Resource options:",
      "  colour (required): Its colour",
      "  socket (unique): Where it is plugged in",
      "  bulb (unique group: place): No description available",
      "",
      "Default operations:",
      "  start:",
      "    interval=0s",
      "    timeout=7s",
      "  stop:",
      "    interval=0s",
      "    timeout=8s",
      "  monitor:",
      "    interval=11s",
      "    timeout=9s",
      "    OCF_CHECK_LEVEL=3",
    ),
  ],
])("%s", async (line, stdout) => {
  expect(await world.run(main, "pcs", ...line.split(" "))).toEqual({ status: 0, stdout, stderr: "" });
});

test.each([
  ["resource describe ocf:test:lamp --full", /^ {2}color \(deprecated by colour\): As colour$/m],
  ["resource describe ocf:test:lamp --full", /^ {2}trace_ra: /m],
  [
    "stonith describe fence_lamp",
    /^fence_lamp - .*\n\nCuts it off\.\n\nStonith options:\n {2}plug: Which one\n {2}ip \(required\): Where it is\n/,
  ],
  ["stonith describe fence_lamp", /^ {2}pcmk_host_list: /m],
  [
    "stonith describe fence_lamp --full",
    /^ {2}action \(deprecated by pcmk_off_action, pcmk_reboot_action\): /m,
  ],
  ["stonith describe fence_lamp --full", /^ {2}pcmk_off_action: Advanced use only: /m],
])("%s shows %s", async (line, pattern) => {
  const { status, stdout } = await world.run(main, "pcs", ...line.split(" "));
  expect(stdout).toMatch(pattern);
  expect(status).toBe(0);
  if (!line.includes("--full")) expect(stdout).not.toMatch(/deprecated|Advanced use|trace_ra|^ {2}help/m);
});

test.each([
  ["resource describe ocf:test:mute", "does not provide valid metadata"],
  ["resource describe ocf:test:nosuch", "not installed"],
  ["resource describe lamps", "Unable to find agent 'lamps'"],
  ["stonith describe stonith:fence_lamp", "Invalid stonith agent name"],
])("%s fails", async (line, message) => {
  const result = await world.run(main, "pcs", ...line.split(" "));
  expect(result).toMatchObject({ status: 1, stdout: "", stderr: expect.stringContaining(message) });
});
