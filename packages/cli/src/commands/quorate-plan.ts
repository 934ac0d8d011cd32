export { main } from "../plan/plan-command.ts";
