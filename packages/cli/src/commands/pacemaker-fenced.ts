import { daemonMetadata } from "../option-listing/daemon-metadata.ts";
import { FENCED } from "../option-listing/daemons.ts";

export const main = daemonMetadata(FENCED);
