import { existsSync } from "node:fs";
import { selectXPath } from "@quorate/xml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { displacePacemaker, restorePacemaker } from "../../scripts/displace-pacemaker.ts";
import { installSystem } from "../../scripts/install-system.ts";
import { CRM_STEPS, PCS_STEPS, type Step } from "./debian-tools-steps.ts";
import { LabCluster } from "./lab-cluster.ts";
import { whySkipped } from "./test-lab.ts";

const missing = ["/usr/sbin/pcs", "/usr/sbin/crm"].filter((file) => !existsSync(file));
const why = whySkipped || (missing.length === 0 ? "" : ` (skipped: there is no ${missing.join(", ")})`);

const PREFIX = "/opt/quorate";
/** A command waits for Python, real agents and two busy cores. */
const STEP_MS_MAX = 60_000;

describe.skipIf(why !== "")(`Debian's own pcs and crm on our cluster, everyday commands${why}`, () => {
  let cluster: LabCluster;
  let root: string;

  beforeAll(async () => {
    cluster = await LabCluster.start({ hosts: ["node1", "node2"], corosync: { quorum: { two_node: 1 } } });
    root = cluster.host("node1").path("/");
    installSystem({ root, prefix: PREFIX, node: process.execPath });
    displacePacemaker({ root, bin: `${PREFIX}/sbin` });
    await cluster.host("node1").must(["mkdir", "-p", "/var/log/crmsh"]);
  });

  afterAll(() => cluster?.stop());

  /** What went otherwise than it should, in one text for each step. */
  async function failuresOf(steps: readonly Step[]): Promise<string[]> {
    const failures: string[] = [];
    for (const step of steps) {
      // pcs writes the whole CIB it has read; what the cluster still records meanwhile has it refused, here as with Pacemaker.
      await cluster.host("node1").must(["crm_resource", "--wait", `--timeout=${STEP_MS_MAX / 1000}`]);
      const [program, ...words] = step.line.split(" ");
      const { status, stdout, stderr } = await cluster
        .host("node1")
        .run(["env", `PATH=${PREFIX}/sbin:/usr/sbin:/usr/bin:/bin`, `/usr/sbin/${program}`, ...words]);
      const output = stdout + stderr;
      const problems: string[] = [];
      if (status !== (step.status ?? 0)) problems.push(`exit status ${status}`);
      if (step.prints !== undefined && !step.prints.test(output))
        problems.push(`does not print ${step.prints}`);
      const cib = await cluster.cib("node1");
      const count = (expression: string) => {
        const found = selectXPath(cib, expression);
        if (!found.ok) throw new Error(found.error);
        return found.nodes.length;
      };
      if (step.has !== undefined && count(step.has) === 0) problems.push(`the CIB has no ${step.has}`);
      if (step.hasNot !== undefined && count(step.hasNot) > 0) problems.push(`the CIB has ${step.hasNot}`);
      if (step.runs !== undefined) {
        const [resource, node] = step.runs;
        const wanted = node === "" ? [] : [node];
        try {
          await cluster.until(`${resource} to run on ${node || "no node"}`, STEP_MS_MAX, async () => {
            return String(await cluster.activeOn("node1", resource)) === String(wanted);
          });
        } catch (error) {
          problems.push((error as Error).message);
        }
      }
      if (problems.length > 0) failures.push(`${step.line}: ${problems.join("; ")}\n${output}`);
    }
    return failures;
  }

  test("they are enough", () => {
    expect(PCS_STEPS.length + CRM_STEPS.length).toBeGreaterThanOrEqual(60);
  });

  test("pcs", async () => expect(await failuresOf(PCS_STEPS)).toEqual([]), STEP_MS_MAX * 10);

  test("crm", async () => expect(await failuresOf(CRM_STEPS)).toEqual([]), STEP_MS_MAX * 10);

  test("afterwards Pacemaker has its paths back", async () => {
    restorePacemaker(root);
    const { stdout } = await cluster.host("node1").run(["/usr/sbin/crm_mon", "--version"]);
    expect(stdout).toMatch(/^Pacemaker 2/);
    expect(existsSync(`${root}/usr/sbin/crm_mon.pacemaker`)).toBe(false);
  });
});
