/** Version of this software. */
export const VERSION = "0.1.0";

/** Feature set of Pacemaker 3.0.2, whose behaviour this software has. Source: CIB manager specification, 1. */
export const FEATURE_SET = "3.20.5";
