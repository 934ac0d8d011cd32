export { BMC_PASSWORD, BMC_USER, whyNoBmc } from "./bmc.ts";
export type { LabDescription, Stack } from "./description.ts";
export { Host } from "./host.ts";
export { Lab, removeOrphans, removeOwnLabs } from "./lab.ts";
export { whyNoOwnClocks } from "./own-clock.ts";
export { whyNoLab } from "./requirements.ts";
export { processToken } from "./state.ts";
