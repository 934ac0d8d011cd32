import { daemonMetadata } from "../option-listing/daemon-metadata.ts";
import { EXECD } from "../option-listing/daemons.ts";

export const main = daemonMetadata(EXECD);
