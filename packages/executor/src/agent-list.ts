import { constants, existsSync } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Directories with agents, as in `ExecutorOptions`. */
export interface AgentDirectories {
  readonly ocfDirectories: readonly string[];
  readonly lsbDirectory: string;
  readonly fenceDirectories: readonly string[];
}

/** Classes of agents that this node can run, in the usual order. systemd only where its message bus is. */
export function listStandards(systemBusSocket: string): readonly string[] {
  const systemd = existsSync(systemBusSocket) ? ["systemd"] : [];
  return ["ocf", "lsb", "service", ...systemd, "stonith"];
}

/** Providers of OCF agents: the directories below the roots, each once, sorted. */
export async function listProviders(directories: AgentDirectories): Promise<readonly string[]> {
  const providers = new Set<string>();
  for (const directory of directories.ocfDirectories) {
    for (const name of await visibleNames(directory)) {
      if (await isDirectory(join(directory, name))) {
        providers.add(name);
      }
    }
  }
  return [...providers].sort();
}

/**
 * Types of the agents of a class, for ocf of one provider or (null) of all; each once, sorted. Only files that can be
 * executed count; a directory that cannot be read has none. An unknown class has none, and systemd's units are no files here.
 */
export async function listAgents(
  directories: AgentDirectories,
  standard: string,
  provider: string | null,
): Promise<readonly string[]> {
  const agents = new Set<string>();
  for (const directory of await agentDirectories(directories, standard, provider)) {
    for (const name of await visibleNames(directory)) {
      const isWanted = standard !== "stonith" || name.startsWith("fence_");
      if (isWanted && (await isExecutableFile(join(directory, name)))) {
        agents.add(name);
      }
    }
  }
  return [...agents].sort();
}

async function agentDirectories(
  directories: AgentDirectories,
  standard: string,
  provider: string | null,
): Promise<readonly string[]> {
  switch (standard) {
    case "ocf": {
      const providers = provider === null ? await listProviders(directories) : [provider];
      return providers.flatMap((name) =>
        directories.ocfDirectories.map((directory) => join(directory, name)),
      );
    }
    case "lsb":
      return [directories.lsbDirectory];
    case "stonith":
      return directories.fenceDirectories;
    default:
      return [];
  }
}

async function visibleNames(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => !name.startsWith("."));
  } catch {
    return [];
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
