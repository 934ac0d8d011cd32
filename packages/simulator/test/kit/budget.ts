/** Runs of drawn plans in the tests: what every commit passes, and what the sabotage check has to find its faults within. */
export const BUDGET = 60;
export const FIRST_SEED = 1;
/** The same with a remote host. */
export const REMOTE_BUDGET = 40;
