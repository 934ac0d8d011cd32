import { ManagementError } from "./contract.ts";

export const SITE_ROLES = ["PRIMARY", "RECOVERY"] as const;
export type SiteRole = (typeof SITE_ROLES)[number];

/** The clusters of which one is to take over when the other's site is lost, as one of them sees it. */
export interface RecoverySites {
  readonly localRole: SiteRole;
  readonly remoteSites: readonly RemoteSite[];
}

export interface RemoteSite {
  readonly role: SiteRole;
  /** Names of its nodes. */
  readonly nodes: readonly string[];
}

/** The same name and form as that of pcs 0.11, seen from outside: each reads what the other wrote. */
export function printRecoverySites({ localRole, remoteSites }: RecoverySites): string {
  const sites = remoteSites.map(({ role, nodes }) => ({ role, nodes: nodes.map((name) => ({ name })) }));
  return `${JSON.stringify({ local: { role: localRole }, remote_sites: sites }, null, 4)}\n`;
}

/** @throws ManagementError that says what is wrong with the text */
export function parseRecoverySites(text: string): RecoverySites {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse(`it is not JSON: ${(error as Error).message}`);
  }
  return {
    localRole: roleOf(fieldOf(json, "local"), "local"),
    remoteSites: listOf(fieldOf(json, "remote_sites"), "remote_sites").map((site) => ({
      role: roleOf(site, "remote_sites"),
      nodes: listOf(fieldOf(site, "nodes"), "nodes").map(nameOf),
    })),
  };
}

function refuse(reason: string): never {
  throw new ManagementError("badRequest", reason);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function listOf(value: unknown, name: string): readonly unknown[] {
  return Array.isArray(value) && value.length > 0
    ? value
    : refuse(`'${name}' must be a list with at least one entry`);
}

function roleOf(site: unknown, where: string): SiteRole {
  const role = SITE_ROLES.find((each) => each === fieldOf(site, "role"));
  return role ?? refuse(`'${where}' must have a role, one of ${SITE_ROLES.join(", ")}`);
}

function nameOf(node: unknown): string {
  const name = fieldOf(node, "name");
  const isName = typeof name === "string" && /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/.test(name);
  return isName ? name : refuse("each of the 'nodes' must have a name");
}
