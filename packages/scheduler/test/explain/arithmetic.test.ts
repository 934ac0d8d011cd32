import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseXml } from "@quorate/xml";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../../../scripts/steps.ts";
import { explainResource } from "../../src/explain/explain-resource.ts";
import type { NodeExplanation } from "../../src/explain/explanation-data.ts";
import { schedule } from "../../src/schedule.ts";
import { NOW_S } from "../model/cluster-under-test.ts";

const FOLDER = process.env.QUORATE_CONFORMANCE ?? join(repositoryRoot, "../shared/conformance");
const INPUTS = join(FOLDER, "scheduler/xml");
const MINUTES_5 = 300_000;

describe("the arithmetic of explanations", () => {
  it.skipIf(!existsSync(INPUTS))(
    `adds up to scores and score lines in every case of ${INPUTS}`,
    () => {
      const names = readdirSync(INPUTS).sort();
      expect(names.length).toBeGreaterThan(0);
      let lineCount = 0;
      const wrong: string[] = [];
      for (const name of names) {
        const parsed = parseXml(readFileSync(join(INPUTS, name), "utf8"));
        if (!parsed.ok) throw new Error(`${name}: ${parsed.error.message}`);
        const decided = schedule(parsed.root, { nowS: NOW_S, isExplaining: true });
        for (const resource of decided.cluster.resources) {
          for (const explanation of explainResource(decided, resource.id) ?? []) {
            for (const node of explanation.nodes) {
              if (node.scoreLine !== null) lineCount++;
              const problem = problemOf(node);
              if (problem !== null) wrong.push(`${name} ${explanation.resource} ${node.node}: ${problem}`);
            }
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(lineCount).toBeGreaterThan(1000);
    },
    MINUTES_5,
  );
});

/** Steps must join, begin at 0 and end at the score; without what came after the report, at the score line. */
function problemOf({ score, scoreLine, steps }: NodeExplanation): string | null {
  let value = 0;
  let reported = 0;
  for (const step of steps) {
    if (step.before !== value) return `a step begins at ${step.before} instead of ${value}`;
    value = step.after;
    if (step.cause.kind !== "utilization") reported = value;
  }
  if (score !== null && value !== score) return `the steps end at ${value}, the score is ${score}`;
  if (scoreLine !== null && reported !== scoreLine) {
    return `the steps end at ${reported}, the score line says ${scoreLine}`;
  }
  return null;
}
