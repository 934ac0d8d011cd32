import { type Host, Lab, type LabDescription, processToken, whyNoLab } from "@quorate/lab";

/** For the name of a suite: empty when it runs, else the reason why it is skipped. */
export const whySkipped = whyNoLab() === "" ? "" : ` (skipped: ${whyNoLab()})`;

let labCount = 0;

/** A lab that goes when this process goes, under a name of its own. */
export function createTestLab(wanted: Omit<Partial<LabDescription>, "name" | "owner">): Promise<Lab> {
  labCount += 1;
  return Lab.create({
    hosts: ["node1", "node2", "node3"],
    ...wanted,
    name: `test-${process.pid}-${labCount}`,
    owner: processToken(process.pid),
  });
}

/** Whether one host gets an answer from an address. */
export async function reaches(host: Host, address: string): Promise<boolean> {
  return (await host.run(["ping", "-n", "-c", "1", "-W", "1", address])).status === 0;
}

/** Whether one host gets an answer from an address soon: after a cut, a neighbour that was given up is asked for again. */
export async function comesToReach(host: Host, address: string): Promise<boolean> {
  for (let tries = 0; tries < 5; tries++) if (await reaches(host, address)) return true;
  return false;
}
