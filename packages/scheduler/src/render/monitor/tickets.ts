import { XmlElement } from "@quorate/xml";
import type { Cluster } from "../../model/cluster.ts";
import type { Ticket } from "../../model/ticket.ts";
import { classicDate, isoDate } from "../classic-date.ts";
import type { TextReport } from "../text-report.ts";

/** `siteA: granted last-granted="Fri May  8 09:26:40 2020"`. */
export function renderTickets(report: TextReport, cluster: Cluster, hasSpacer: boolean): boolean {
  const list = report.lazyList("Tickets", { hasSpacer });
  for (const ticket of cluster.tickets.values()) {
    list.open();
    const standby = ticket.isStandby ? " (standby)" : "";
    const last = ticket.lastGrantedS > 0 ? ` last-granted="${classicDate(ticket.lastGrantedS)}"` : "";
    report.item(`${ticket.id}: ${stateWord(ticket)}${standby}${last}`);
  }
  return list.close();
}

/** Null when there are none. */
export function ticketsElement(cluster: Cluster): XmlElement | null {
  if (cluster.tickets.size === 0) return null;
  const section = new XmlElement("tickets");
  for (const ticket of cluster.tickets.values()) {
    const element = new XmlElement("ticket", [
      ["id", ticket.id],
      ["status", stateWord(ticket)],
      ["standby", String(ticket.isStandby)],
    ]);
    if (ticket.lastGrantedS > 0) element.set("last-granted", isoDate(ticket.lastGrantedS));
    section.append(element);
  }
  return section;
}

function stateWord({ isGranted }: Ticket): string {
  return isGranted ? "granted" : "revoked";
}
