import type { Stack } from "../description.ts";

/** A service of a light host, as `lab/machine/service` reads it. */
export interface Service {
  readonly name: string;
  readonly command: string;
  readonly isRestarted: boolean;
  /** Runs from each boot on, whether or not there is a cluster. */
  readonly isAlwaysOn: boolean;
  /** Exit statuses after which it stays down although it is restarted otherwise. */
  readonly stayDown: readonly number[];
}

const COROSYNC: Service = {
  name: "corosync",
  command: "/usr/sbin/corosync -f",
  isRestarted: false,
  isAlwaysOn: false,
  stayDown: [],
};

/** The services of a stack in the order of their start. `bin` holds Quorate's built commands. */
export function servicesOf(stack: Stack, bin: string): readonly Service[] {
  switch (stack) {
    case "none":
      return [];
    case "corosync":
      return [COROSYNC];
    case "quorate":
      return [
        COROSYNC,
        {
          name: "quorated",
          command: `${bin}/quorated`,
          isRestarted: true,
          isAlwaysOn: false,
          stayDown: [0, 64, 78, 100, 101],
        },
        {
          name: "quorate-pcsd",
          command: `${bin}/quorate-pcsd`,
          isRestarted: true,
          isAlwaysOn: true,
          stayDown: [0, 64, 78],
        },
      ];
    case "pacemaker":
      return [
        COROSYNC,
        {
          name: "pacemaker",
          command: "/usr/sbin/pacemakerd -f",
          isRestarted: true,
          isAlwaysOn: false,
          stayDown: [0, 100],
        },
      ];
  }
}

export function serviceFile({ command, isRestarted, stayDown }: Service): string {
  return `COMMAND='${command}'\nRESTART=${isRestarted ? "yes" : "no"}\nSTAY_DOWN='${stayDown.join(" ")}'\n`;
}

/** Starts services in order, each when the one before it can be used. */
export function startScript(
  services: readonly Service[],
  machineDirectory: string,
  environment: readonly string[],
): string {
  return script(
    services.map(({ name }) => startOf(name, machineDirectory)),
    environment,
  );
}

/** What the host's init runs: the services that are enabled (`lab/machine/update-rc.d`), in order. */
export function bootScript(
  services: readonly Service[],
  machineDirectory: string,
  environment: readonly string[],
): string {
  return script(
    services.map(({ name }) => `if [ -e ${ENABLED}/${name} ]; then\n${startOf(name, machineDirectory)}fi\n`),
    environment,
  );
}

/** A file of a service's name there makes a light host start it at boot. */
export const ENABLED = "/etc/lab/enabled";

function startOf(name: string, machineDirectory: string): string {
  const wait =
    name === "corosync"
      ? "until corosync-cmapctl -q -g runtime.members 2>/dev/null || corosync-cfgtool -s >/dev/null 2>&1; do sleep 0.05; done\n"
      : "";
  return `${machineDirectory}/service ${name} start\n${wait}`;
}

function script(lines: readonly string[], environment: readonly string[]): string {
  const exports = environment.map((setting) => `export '${setting}'\n`);
  return `#!/bin/bash\nexec >>/var/log/boot.log 2>&1\n${exports.join("")}${lines.join("")}`;
}
