import { daemonMetadata } from "../option-listing/daemon-metadata.ts";
import { BASED } from "../option-listing/daemons.ts";

export const main = daemonMetadata(BASED);
