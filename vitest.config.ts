import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes minutes, longest first: begun last, one of them would run alone while all other workers have nothing left to do. */
const LONGEST = [
  "failures",
  "debian-tools",
  "failures-of-four",
  "corosync-votequorum",
  "weighted-votes",
  "fence-agents",
  "full-hosts",
].map((name) => fileURLToPath(new URL(`test/lab/${name}.test.ts`, import.meta.url)));

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      LONGEST.includes(moduleId) ? LONGEST.indexOf(moduleId) : LONGEST.length;
    return (await super.sort(files)).sort((left, right) => rank(left) - rank(right));
  }
}

export default defineConfig({
  test: {
    pool: "forks",
    sequence: { sequencer: LongestFirst },
    setupFiles: [fileURLToPath(new URL("test/seed.ts", import.meta.url))],
    projects: [
      {
        extends: true,
        test: {
          name: "packages",
          include: [
            "packages/*/test/**/*.test.ts",
            "test/repository/**/*.test.ts",
            "test/conformance/**/*.test.ts",
          ],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Hosts with networks and disks of their own: after the end-to-end tests.
        extends: true,
        test: {
          name: "lab",
          include: ["test/lab/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // They wait more than they work, and labs do not disturb one another.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Clusters that administrators set up, command by command: they wait more than they work.
        extends: true,
        test: {
          name: "long",
          include: ["test/walkthroughs/**/*.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // Whole clusters of real daemons: one after another, and not beside tests that keep all cores busy.
        extends: true,
        test: {
          name: "end to end",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 120_000,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
