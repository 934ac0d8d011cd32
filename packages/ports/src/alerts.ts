/** One recipient that is to be told of an event. Source: executor specification, 11. */
export interface AlertRun {
  /** Of the alert in the configuration; for logs. */
  readonly alertId: string;
  /** Absolute path of the agent. */
  readonly path: string;
  /** `CRM_alert_*` and the alert's own parameters; the number of the event is added by the port. */
  readonly environment: ReadonlyMap<string, string>;
  readonly timeoutMs: number;
}

/** Runs alert agents on this node, beside everything else. What becomes of them is only logged. */
export interface Alerts {
  /** Tells all recipients of one event, all with the same `CRM_alert_node_sequence`, which grows by 1 with each event. */
  send(recipients: readonly AlertRun[]): void;
}
