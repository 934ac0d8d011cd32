import { setTimeout as sleep } from "node:timers/promises";
import { BMC_PASSWORD, BMC_USER, type Host, Lab, processToken, type Stack } from "@quorate/lab";

const WAIT_MS_MAX = 180_000;

/** A lab of three hosts with one of the two cluster managers, for a bench to destroy. */
export function createLab(
  stack: Stack,
  options: Partial<Parameters<typeof Lab.create>[0]> = {},
): Promise<Lab> {
  return Lab.create({
    name: `bench-${process.pid}-${stack}`,
    owner: processToken(process.pid),
    hosts: ["node1", "node2", "node3"],
    stack,
    ...options,
  });
}

export async function untilAllOnline(lab: Lab): Promise<void> {
  for (const host of lab.hosts)
    await until(`${host.name} to see all online`, async () =>
      /Online: \[ node1 node2 node3 \]/.test(await status(host)),
    );
}

export async function status(host: Host): Promise<string> {
  return (await host.run(["crm_mon", "-1"])).stdout;
}

/** Merges into the configuration what is given as the children of `configuration`; `--force` among `options` also what no agent knows. */
export async function configure(lab: Lab, children: string, options: readonly string[] = []): Promise<void> {
  await lab.hosts[0]!.must(
    ["cibadmin", "--modify", "--allow-create", "--scope", "configuration", "--xml-pipe", ...options],
    { input: `<configuration>${children}</configuration>` },
  );
}

export function nvpairs(id: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`)
    .join("");
}

/** One device for each host: Debian's agent for IPMI, and the host's management controller. */
export function fenceDevices(lab: Lab): string {
  return lab.hosts
    .map(({ name, bmc }) => {
      const id = `fence-${name}`;
      const parameters = {
        ip: bmc.address,
        username: BMC_USER,
        password: BMC_PASSWORD,
        lanplus: "1",
        cipher: "3",
        power_wait: "0",
        pcmk_host_list: name,
      };
      return `<primitive id="${id}" class="stonith" type="fence_ipmilan"><instance_attributes id="${id}-p">${nvpairs(id, parameters)}</instance_attributes></primitive>`;
    })
    .join("");
}

export async function until(
  what: string,
  isTrue: () => Promise<boolean> | boolean,
  { pauseMs = 100, timeoutMs = WAIT_MS_MAX }: { pauseMs?: number; timeoutMs?: number } = {},
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain for ${what}`);
    await sleep(pauseMs);
  }
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
