import { readIfThere, replaceFile } from "../machine/files.ts";
import { withFileLock } from "../machine/lock.ts";
import { knownHostsField } from "../protocol/check.ts";
import type { KnownHost } from "../protocol/contract.ts";

const FORMAT = 1;

/**
 * The hosts that this one may ask, in the order of their names. The file holds tokens: only its owner may read it.
 * @throws Error that names the file and the mend
 */
export function readKnownHosts(path: string): readonly KnownHost[] {
  const content = readIfThere(path);
  if (content === null) return [];
  try {
    const { format, hosts } = JSON.parse(content.toString("utf8")) as { format: unknown; hosts: unknown };
    if (format !== FORMAT) throw new Error(`its format is ${JSON.stringify(format)}, not ${FORMAT}`);
    return knownHostsField(hosts, "hosts");
  } catch (error) {
    throw new Error(
      `${path} is not usable: ${(error as Error).message}. Remove it and run 'pcs host auth' for all hosts again`,
    );
  }
}

/**
 * Changes the file; changes of other processes are neither lost nor mixed. `change` gets the hosts by name.
 * @throws Error when it cannot be read or written
 */
export function changeKnownHosts(
  path: string,
  change: (hosts: Map<string, KnownHost>) => void,
): Promise<void> {
  return withFileLock(path, () => {
    const hosts = new Map(readKnownHosts(path).map((host) => [host.name, host]));
    const before = printed(hosts);
    change(hosts);
    const after = printed(hosts);
    if (after !== before) replaceFile(path, Buffer.from(after), 0o600);
  });
}

function printed(hosts: ReadonlyMap<string, KnownHost>): string {
  const sorted = [...hosts.values()].sort(({ name: one }, { name: other }) =>
    one < other ? -1 : one > other ? 1 : 0,
  );
  return `${JSON.stringify({ format: FORMAT, hosts: sorted }, null, 2)}\n`;
}
