/** Remarks of an upgrade for whoever asked for details, in the order in which they were made. */
export class UpgradeLog {
  readonly lines: string[] = [];

  info(area: string, text: string): void {
    this.lines.push(`INFO: ${area}: ${text}`);
  }

  debug(area: string, text: string): void {
    this.lines.push(`DEBUG: ${area}: ${text}`);
  }
}
