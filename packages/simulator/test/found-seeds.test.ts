import { expect, test } from "vitest";
import { runPlan } from "../src/index.ts";
import { FOUND, foundPlan } from "./kit/found.ts";

test.each(FOUND)("$name", (found) => {
  expect(runPlan(foundPlan(found)).problems).toEqual([]);
});
