import { join } from "node:path";

/** Everything on disk that the management service and its clients read or write. */
export interface ManagementPaths {
  readonly configuration: string;
  readonly stateDirectory: string;
  readonly certificate: string;
  readonly key: string;
  /** Digests of the tokens that this host gave out. */
  readonly tokens: string;
  /** Hosts that this one may ask, with their tokens. */
  readonly knownHosts: string;
  readonly auditLog: string;
}

/** `root`: where everything lies below; empty for the machine's own. */
export function managementPaths(root: string): ManagementPaths {
  const stateDirectory = join(root, "/var/lib/quorate/pcsd");
  return {
    configuration: join(root, "/etc/quorate/pcsd.conf"),
    stateDirectory,
    certificate: join(stateDirectory, "certificate.pem"),
    key: join(stateDirectory, "key.pem"),
    tokens: join(stateDirectory, "tokens.json"),
    knownHosts: join(stateDirectory, "known-hosts.json"),
    auditLog: join(root, "/var/log/quorate/pcsd-audit.log"),
  };
}
