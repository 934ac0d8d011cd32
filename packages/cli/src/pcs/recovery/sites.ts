import type { FileContent, RecoverySites, SiteRole } from "@quorate/management";
import { fail } from "../framework/reports.ts";
import type { Hosts } from "../hosts/hosts.ts";

export const SITES_FILE = "disaster-recovery config";

/** What this host knows of the sites; null when nothing is configured. @throws PcsError */
export function ownSites({ management }: Hosts): RecoverySites | null {
  const text = management.own.readText(SITES_FILE);
  if (text === null) return null;
  try {
    return management.parseRecoverySites(text);
  } catch (error) {
    fail(
      `the disaster-recovery configuration of this host cannot be read: ${(error as Error).message}; 'pcs dr config' on another node shows what it should be, /var/lib/pcsd/disaster-recovery is the file`,
    );
  }
}

/** @throws PcsError where nothing is configured */
export function configuredSites(hosts: Hosts): RecoverySites {
  return ownSites(hosts) ?? fail("Disaster-recovery is not configured");
}

/** For a new node of this cluster; empty when nothing is configured. */
export function ownSitesFile({ management }: Hosts): FileContent[] {
  const text = management.own.readText(SITES_FILE);
  return text === null ? [] : [{ kind: SITES_FILE, content: Buffer.from(text).toString("base64") }];
}

/** The file of a site, whose nodes see the other one as this. */
export function sitesFile({ management }: Hosts, role: SiteRole, otherNodes: readonly string[]): FileContent {
  const remoteRole = role === "PRIMARY" ? "RECOVERY" : "PRIMARY";
  const text = management.printRecoverySites({
    localRole: role,
    remoteSites: [{ role: remoteRole, nodes: otherNodes }],
  });
  return { kind: SITES_FILE, content: Buffer.from(text).toString("base64") };
}

/** As it stands in texts. */
export function roleText(role: SiteRole): string {
  return role === "PRIMARY" ? "Primary" : "Recovery";
}
