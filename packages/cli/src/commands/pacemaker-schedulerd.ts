import { daemonMetadata } from "../option-listing/daemon-metadata.ts";
import { SCHEDULERD } from "../option-listing/daemons.ts";

export const main = daemonMetadata(SCHEDULERD);
