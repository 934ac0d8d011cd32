export { PACEMAKER_REMOTED, QUORATED } from "./help.ts";
