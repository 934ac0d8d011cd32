import type { World } from "../../../world.ts";
import { devicesIn, readSettings } from "./settings.ts";

const SETTINGS = "/etc/default/sbd";
/** What systemd makes of `systemctl enable sbd`: it starts with Corosync. */
const ENABLED = "/etc/systemd/system/corosync.service.requires/sbd.service";
const TIMEOUT_DEFAULT_S = 5;

/** SBD as this machine's files have it. */
export interface OwnSbd {
  readonly isEnabled: boolean;
  readonly devices: readonly string[];
  /** Of the watchdog. */
  readonly timeoutS: number;
}

/** @throws FileError */
export function ownSbd(world: World): OwnSbd {
  const settings = readSettings(world.fileExists(SETTINGS) ? world.readFile(SETTINGS) : "");
  const timeout = settings.get("SBD_WATCHDOG_TIMEOUT") ?? "";
  return {
    isEnabled: world.fileExists(ENABLED),
    devices: devicesIn(settings),
    timeoutS: /^\d+$/.test(timeout) ? Number(timeout) : TIMEOUT_DEFAULT_S,
  };
}
