/** Marks the ids that the upgrade to 4 makes. */
export const PREFIX_4 = "pcmk__3_10_upgrade-";
