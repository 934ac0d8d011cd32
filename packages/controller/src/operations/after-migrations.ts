import type { XmlElement } from "@quorate/xml";

interface Done {
  readonly resourceId: string;
  /** Where it was done. */
  readonly nodeName: string;
  /** Of a `migrate_from`: where the resource came from. */
  readonly migrateSource: string | null;
}

/**
 * The first second that is later than what other nodes recorded of migrations of a resource to or from this node, other than of the one that is just
 * being completed; 0 when there is nothing. Either end of a migration says that the resource may be active at the other until something later is
 * known of it there, and the two times come from the clocks of two nodes: where this one's is behind, nothing that is done here would count.
 */
export function afterMigrationsS(cib: XmlElement, { resourceId, nodeName, migrateSource }: Done): number {
  const states = cib.first("status")?.all("node_state") ?? [];
  const ends = states
    .flatMap((state) => state.first("lrm")?.first("lrm_resources")?.all("lrm_resource") ?? [])
    .filter(({ id }) => id === resourceId)
    .flatMap((resource) => resource.all("lrm_rsc_op"))
    .filter((entry) => {
      const operation = entry.get("operation");
      if (operation === "migrate_from") return entry.get("migrate_source") === nodeName;
      if (operation !== "migrate_to" || entry.get("migrate_target") !== nodeName) return false;
      return entry.get("migrate_source") !== migrateSource;
    });
  return Math.max(0, ...ends.map((entry) => 1 + (Number(entry.get("last-rc-change")) || 0)));
}
