import { NO_FILTER, type StatusFilter } from "./status-filter.ts";

/**
 * What a cluster status shows; the commands differ only in this. Source: scheduler specification, part 4, 4 and 16.
 */
export interface StatusOptions {
  /** Also resources that run nowhere. */
  readonly showsInactive: boolean;
  /** Operations in progress: `Starting`, `Stopping`, `Monitoring`. */
  readonly showsPending: boolean;
  /** Every instance of a clone on a line of its own. */
  readonly showsCloneDetail: boolean;
  /** Address, container and connection of every bundle replica. */
  readonly showsImplicit: boolean;
  /** Where nodes are the subject: their ids and feature sets, the hosts of guests, each on a line of its own. */
  readonly showsNodeDetail: boolean;
  /** Primitives are counted by agent and node instead of listed. */
  readonly isBrief: boolean;
  readonly showsNodeAttributes: boolean;
  readonly showsFailures: boolean;
  /** The `description` of resources. */
  readonly showsDescriptions: boolean;
  readonly filter: StatusFilter;
}

/** What crm_simulate shows unless its options say otherwise. */
export const SIMULATE_STATUS: StatusOptions = {
  showsInactive: true,
  showsPending: true,
  showsCloneDetail: false,
  showsImplicit: false,
  showsNodeDetail: false,
  isBrief: false,
  showsNodeAttributes: false,
  showsFailures: false,
  showsDescriptions: false,
  filter: NO_FILTER,
};
