import { SETTINGS } from "./configuration.ts";

/** What `quorate-pcsd` says of itself; its help and its manual page are made from it. */
export const QUORATE_PCSD = {
  name: "quorate-pcsd",
  summary: "the management service of one host, which pcs on other hosts asks",
  usage: "[--root DIR]",
  options: [
    { name: "--root", metavar: "DIR", help: "everything on disk lies below DIR (default /)" },
    { name: "--version", metavar: null, help: "show the version and exit" },
    { name: "--help", metavar: null, help: "show this help and exit" },
  ],
  settingsFile: "/etc/quorate/pcsd.conf",
  settings: SETTINGS,
  signals: "SIGTERM and SIGINT end it when the requests of the moment have been answered.",
  exitStatus: "0 ended in order; 1 error, start again; 64 wrong command line; 78 wrong configuration.",
} as const;

/** The text of `quorate-pcsd --help`. */
export function helpText(): string {
  const { name, summary, usage, options, settings, settingsFile, signals, exitStatus } = QUORATE_PCSD;
  return `${name}: ${summary}

Usage: ${name} ${usage}

Options:
${options.map((option) => `  ${`${option.name} ${option.metavar ?? ""}`.padEnd(13)}${option.help}`).join("\n")}

Configuration, in DIR${settingsFile}, lines "key = value":
${Object.entries(settings)
  .map(([key, meaning]) => `  ${key.padEnd(25)}${meaning}`)
  .join("\n")}

Its certificate is made at the first start. Whoever knows the password of user hacluster may run 'pcs host auth' against it.

Signals: ${signals}

Exit status: ${exitStatus}
`;
}
