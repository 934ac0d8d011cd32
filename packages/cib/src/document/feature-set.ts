/** Feature set of this software: what it can do with a CIB. Source: CIB manager specification, 1. */
export const FEATURE_SET = "3.20.5";
