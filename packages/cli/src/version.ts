export const VERSION = "0.1.0";

/** The version of the classic commands whose interface these have. */
export const COMPATIBLE_VERSION = "3.0.2";

/** What `--version` prints. The second line names the behaviour that scripts can rely on. */
export function versionText(): string {
  return `Quorate ${VERSION}\nCommands and results compatible with Pacemaker ${COMPATIBLE_VERSION}\n`;
}
