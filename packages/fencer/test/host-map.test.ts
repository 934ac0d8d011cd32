import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fencers, FULL_ACTIONS, primitive } from "./fencers.ts";

/** Node names, of which none is another one in other letters. */
const nodes = fc
  .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/), { minLength: 2, maxLength: 4 })
  .filter((names) => !names.some((name) => name === "on" || name === "off"));
const port = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_,-]{0,8}$/);
const separator = fc.constantFrom(";", " ", "\t", "; ");

const maps = nodes.chain((names) =>
  fc.record({
    names: fc.constant(names),
    ports: fc.tuple(...names.map(() => port)),
    separator,
    target: fc.constantFrom(...names),
    shouts: fc.boolean(),
    argument: fc.constantFrom("plug", "port", null),
    configured: fc.constantFrom(null, "dynamic", "other-port"),
    hostArgument: fc.constantFrom(null, "none", "socket"),
    hostList: fc.boolean(),
  }),
);

/** What the agent gets for a target, by the rules of the specification (fencer 1 and 4), written down a second time. */
function expectedArgument(
  plan: { argument: string | null; configured: string | null; hostArgument: string | null },
  alias: string,
) {
  const name = plan.hostArgument ?? plan.argument ?? "none";
  if (name === "none") return {};
  // The device is configured with its own value of the agent's own parameter only.
  const own = name === plan.argument ? plan.configured : null;
  return own === null || own === "dynamic" ? { [name]: alias } : { [name]: own };
}

describe("the host map", () => {
  it("decides what the agent is told, whatever else is configured, and never names another node's port", () => {
    fc.assert(
      fc.property(maps, (plan) => {
        const { names, ports, target } = plan;
        const fencers = new Fencers(1, {
          fence_a: {
            actions: FULL_ACTIONS,
            parameters: plan.argument === null ? ["ip"] : [plan.argument],
            run: (parameters) => (parameters.get("action") === "status" ? 2 : 0),
          },
        });
        const parameters: Record<string, string> = {
          pcmk_host_map: names.map((name, index) => `${name}:${ports[index]}`).join(plan.separator),
        };
        if (plan.hostList) parameters.pcmk_host_list = names.join(" ");
        if (plan.hostArgument !== null) parameters.pcmk_host_argument = plan.hostArgument;
        if (plan.argument !== null && plan.configured !== null) parameters[plan.argument] = plan.configured;
        fencers.configure(`<resources>${primitive("d", "fence_a", parameters)}</resources>`);
        const node = fencers.start(1);
        fencers.advance(1000);
        const asked = plan.shouts ? target.toUpperCase() : target;
        const answer = fencers.ask(node, { target: asked, action: "off" });
        fencers.advance(30_000);
        expect(answer.outcome?.isSuccess).toBe(true);
        const alias = ports[names.indexOf(target)]!;
        for (const call of fencers.calls) {
          const { action, nodename, plug, port: portNumber, socket } = Object.fromEntries(call.parameters);
          expect(["off", "status"]).toContain(action);
          expect(nodename).toBe(asked);
          const told = Object.fromEntries(
            Object.entries({ plug, port: portNumber, socket }).filter(([, value]) => value !== undefined),
          );
          const expected = expectedArgument(plan, alias);
          const own =
            plan.argument === null || plan.configured === null ? {} : { [plan.argument]: plan.configured };
          expect(told).toEqual({ ...own, ...expected });
        }
        expect(fencers.calls.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  it("names only nodes that it knows: others are not fenced with the device", () => {
    fc.assert(
      fc.property(nodes, fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/), (names, stranger) => {
        fc.pre(!names.includes(stranger));
        const fencers = new Fencers(1, { fence_a: { actions: FULL_ACTIONS } });
        const map = names.map((name) => `${name}:1`).join(";");
        fencers.configure(`<resources>${primitive("d", "fence_a", { pcmk_host_map: map })}</resources>`);
        const node = fencers.start(1);
        const answer = fencers.ask(node, { target: stranger, action: "off" });
        fencers.advance(120_000);
        expect(answer.outcome?.isSuccess).toBe(false);
        expect(fencers.calls).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});
