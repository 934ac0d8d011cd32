import { daemonMetadata } from "../option-listing/daemon-metadata.ts";
import { CONTROLD } from "../option-listing/daemons.ts";

export const main = daemonMetadata(CONTROLD);
