import { describe, expect, it } from "vitest";
import { nextRoleToward, stepBetween } from "../../src/actions/role-steps.ts";
import { Role, roleName } from "../../src/model/role.ts";

const ROLES = [Role.Stopped, Role.Started, Role.Unpromoted, Role.Promoted] as const;

/** The steps from one role to another, as words. */
function pathBetween(from: Role, to: Role): string[] {
  const steps: string[] = [];
  let role = from;
  for (let count = 0; role !== to; count++) {
    if (count > 4) throw new Error("the path does not end");
    const next = nextRoleToward(role, to);
    const step = stepBetween(role, next);
    if (step === null) break;
    steps.push(step);
    role = next;
  }
  return steps;
}

describe("steps between roles (part 3, 15.1)", () => {
  it.each([
    [Role.Stopped, Role.Promoted, ["start", "promote"]],
    [Role.Promoted, Role.Stopped, ["demote", "stop"]],
    [Role.Promoted, Role.Unpromoted, ["demote"]],
    [Role.Unpromoted, Role.Promoted, ["promote"]],
    [Role.Started, Role.Promoted, ["promote"]],
    [Role.Started, Role.Stopped, ["stop"]],
    [Role.Unknown, Role.Started, ["stop", "start"]],
  ] as const)("%i to %i", (from, to, steps) => expect(pathBetween(from, to)).toEqual(steps));

  it("end for every pair of roles", () => {
    for (const from of [Role.Unknown, ...ROLES]) {
      for (const to of ROLES)
        expect(() => pathBetween(from, to), `${roleName(from)}-${roleName(to)}`).not.toThrow();
    }
  });
});
