import { daemonMetadata } from "../option-listing/daemon-metadata.ts";
import { ATTRD } from "../option-listing/daemons.ts";

export const main = daemonMetadata(ATTRD);
