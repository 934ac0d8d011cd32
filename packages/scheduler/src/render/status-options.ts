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
  readonly showsNodeIds: boolean;
  readonly showsNodeAttributes: boolean;
  readonly showsFailures: boolean;
  /** XML: the `description` of resources. */
  readonly showsDescriptions: boolean;
}

/** What crm_simulate shows unless its options say otherwise. */
export const SIMULATE_STATUS: StatusOptions = {
  showsInactive: true,
  showsPending: true,
  showsCloneDetail: false,
  showsImplicit: false,
  showsNodeIds: false,
  showsNodeAttributes: false,
  showsFailures: false,
  showsDescriptions: false,
};
