const VERSION = "0.1.0";

/** What `--version` prints. The second line names the behaviour that scripts can rely on. */
export function versionText(): string {
  return `Quorate ${VERSION}\nCommands and results compatible with Pacemaker 3.0.2\n`;
}
