import type { Stack } from "../description.ts";

/** A service of a light host, as `lab/machine/service` reads it. */
export interface Service {
  readonly name: string;
  readonly command: string;
  readonly isRestarted: boolean;
  /** Exit statuses after which it stays down although it is restarted otherwise. */
  readonly stayDown: readonly number[];
}

const COROSYNC: Service = {
  name: "corosync",
  command: "/usr/sbin/corosync -f",
  isRestarted: false,
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
          stayDown: [0, 64, 78, 100, 101],
        },
      ];
    case "pacemaker":
      return [
        COROSYNC,
        { name: "pacemaker", command: "/usr/sbin/pacemakerd -f", isRestarted: true, stayDown: [0, 100] },
      ];
  }
}

export function serviceFile({ command, isRestarted, stayDown }: Service): string {
  return `COMMAND='${command}'\nRESTART=${isRestarted ? "yes" : "no"}\nSTAY_DOWN='${stayDown.join(" ")}'\n`;
}

/** What the host's init runs: the services in order, each when the one before it can be used. */
export function bootScript(
  services: readonly Service[],
  machineDirectory: string,
  environment: readonly string[],
): string {
  const starts = services.map(({ name }) => {
    const wait =
      name === "corosync"
        ? "until corosync-cmapctl -q -g runtime.members 2>/dev/null || corosync-cfgtool -s >/dev/null 2>&1; do sleep 0.05; done\n"
        : "";
    return `${machineDirectory}/service ${name} start\n${wait}`;
  });
  const exports = environment.map((setting) => `export '${setting}'\n`);
  return `#!/bin/bash\nexec >>/var/log/boot.log 2>&1\n${exports.join("")}${starts.join("")}`;
}
