import { readFileSync } from "node:fs";
import { type AgentCatalogue, createAgentCatalogue } from "@quorate/executor";
import { settingLines, systemClock } from "@quorate/host";

/** The agents that the node below this root runs: where its `quorated.conf` says, otherwise below the usual directories. */
export function installedAgents(root: string): AgentCatalogue {
  const settings = settingsOf(`${root}/etc/quorate/quorated.conf`);
  const ocf = settings.get("ocf-roots")?.split(":");
  const fence = settings.get("fence-agent-directories")?.split(":");
  return createAgentCatalogue({
    clock: systemClock,
    ...(ocf === undefined ? {} : { ocfDirectories: ocf }),
    ...(fence === undefined ? {} : { fenceDirectories: fence }),
  });
}

/** None when the file cannot be read: whoever runs a command need not be allowed to, and a host need not have a node. */
function settingsOf(file: string): ReadonlyMap<string, string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return new Map();
  }
  return new Map(
    settingLines(text).flatMap(({ setting }) => (setting === null ? [] : [[setting.key, setting.value]])),
  );
}
