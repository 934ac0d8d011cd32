export { QUORATED } from "./help.ts";
