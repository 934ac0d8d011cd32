import type { PcsGroup } from "../../framework/command.ts";
import { deviceGroup } from "./devices.ts";
import { disable, enable } from "./enable.ts";
import { config, status } from "./show.ts";
import { watchdogGroup } from "./watchdogs.ts";

export const sbdGroup: PcsGroup = {
  summary: "SBD, which resets its own node",
  commands: { enable, disable, device: deviceGroup, status, config, watchdog: watchdogGroup },
};
