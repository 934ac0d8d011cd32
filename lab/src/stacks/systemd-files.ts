import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../places.ts";
import type { Service } from "./services.ts";

/** Started on a full host beside its stack. */
const OTHERS = ["dbus.service", "ssh.service"];

/**
 * What systemd of a full host finds: the units as they are installed, and a target that starts the stack and little else. A service
 * that is enabled on a host is started at boot, too.
 */
export function systemdFiles(
  services: readonly Service[],
  started: readonly Service[],
): ReadonlyMap<string, string> {
  const wanted = [...OTHERS, ...started.map(({ name }) => `${name}.service`)].join(" ");
  const files = new Map([
    [
      "/etc/systemd/system/lab.target",
      `[Unit]\nRequires=basic.target\nAfter=basic.target\nWants=${wanted}\nAllowIsolate=yes\n`,
    ],
  ]);
  for (const { name } of services) {
    files.set(`/etc/systemd/system/${name}.service.d/lab.conf`, "[Install]\nWantedBy=lab.target\n");
    const unit = join(repositoryRoot, `systemd/${name}.service`);
    if (existsSync(unit))
      files.set(
        `/etc/systemd/system/${name}.service`,
        readFileSync(unit, "utf8").replaceAll("@LIBRARY@", repositoryRoot),
      );
  }
  return files;
}
