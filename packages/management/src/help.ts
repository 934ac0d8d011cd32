import type { ServiceDescription } from "@quorate/host";
import { SETTINGS } from "./configuration.ts";

export const QUORATE_PCSD: ServiceDescription = {
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
  remark:
    "Its certificate is made at the first start. Whoever knows the password of user hacluster may run 'pcs host auth' against it.",
  signals: "SIGTERM and SIGINT end it when the requests of the moment have been answered.",
  exitStatus: "0 ended in order; 1 error, start again; 64 wrong command line; 78 wrong configuration.",
};
