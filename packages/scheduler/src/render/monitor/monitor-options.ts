import type { XmlElement } from "@quorate/xml";
import type { MonitorSection } from "./sections.ts";

/** What a monitor of the cluster shows. Source: crm_mon(8); scheduler specification, part 4, 4 and 16. */
export interface MonitorOptions {
  readonly sections: ReadonlySet<MonitorSection>;
  readonly showsInactive: boolean;
  readonly groupsByNode: boolean;
  readonly isBrief: boolean;
  /** With operations: also when each was done and how long it took. */
  readonly showsTiming: boolean;
  /** Node ids, every clone instance, everything that bundles are made of, failures as the history has them. */
  readonly showsDetail: boolean;
  /** Only this node, or the nodes with this tag. */
  readonly node: string | null;
  /** Only this resource, or the resources with this tag. */
  readonly resource: string | null;
  /** Only bans whose id starts with this. */
  readonly banPrefix: string | null;
  /** `on node1`: whose view this is; null when unknown. */
  readonly viewer: string | null;
  /** The present time as it is shown. */
  readonly timeText: string;
  /** What is known of the daemon of this node, such as `running`; null without a cluster. */
  readonly daemonState: string | null;
  /** About what the CIB does not know, after the failures: fencing. */
  readonly fencing: readonly ExtraSection[];
  /** At the end: what the viewing node has to say about itself. */
  readonly notices: readonly ExtraSection[];
}

/** A section made elsewhere; without items it is left out of text, without element of the structured forms. */
export interface ExtraSection {
  readonly title: string;
  readonly items: readonly string[];
  readonly element: XmlElement | null;
}
