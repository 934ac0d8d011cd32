import type { XmlElement } from "@quorate/xml";
import type { Cluster } from "./cluster.ts";
import type { LookupIndex } from "./lookup.ts";
import type { Resource } from "./resource.ts";
import type { EffectiveElement } from "./resources/effective-element.ts";
import type { Sections } from "./sections.ts";

/** What the unpacking stages share, besides the model that they fill. Gone when the model is complete. */
export interface Unpacking {
  readonly cluster: Cluster;
  readonly lookup: LookupIndex;
  readonly sections: Sections;
  /** Elements with their templates merged in; instances of a clone share one. */
  readonly effective: Map<XmlElement, EffectiveElement | null>;
  /** Containers that must stop once all history is read, the most recently added is stopped first (part 1, 13.4). */
  readonly deferredContainerStops: Resource[];
  /** Node and history key of the failed actions that are listed already. */
  readonly recordedFailures: Set<string>;
}
