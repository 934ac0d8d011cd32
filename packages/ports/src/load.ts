/** How busy this host is. Neither call waits for anything. */
export interface LoadMeter {
  /** Processes that ran or wanted to, on average over the last minute; null where that is not known. */
  cpuLoad(): number | null;
  /** Share of the time since the call before, 0 to 1, in which this daemon was at work. */
  daemonShare(): number;
}
