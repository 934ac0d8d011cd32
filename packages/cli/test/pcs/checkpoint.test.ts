import { describe, expect, test } from "vitest";
import { main } from "../../src/commands/pcs.ts";
import { compareLines } from "../../src/pcs/config/line-differences.ts";
import { MemoryWorld } from "../memory-world.ts";

const FOLDER = "/var/lib/quorate/cib";
const cib = (
  epoch: number,
  properties: string,
  resources = "",
) => `<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" epoch="${epoch}" num_updates="3" admin_epoch="0">
  <configuration>
    <crm_config><cluster_property_set id="o">${properties}</cluster_property_set></crm_config>
    <nodes/>
    <resources>${resources}</resources>
    <constraints/>
  </configuration>
  <status/>
</cib>`;
const MAINTENANCE = `<nvpair id="o-m" name="maintenance-mode" value="true"/>`;
const A = `<primitive id="a" class="ocf" provider="pacemaker" type="Dummy"/>`;

function world(): MemoryWorld {
  const made = new MemoryWorld();
  made.files.set("cib.xml", cib(9, "", A));
  made.files.set(`${FOLDER}/cib.xml`, cib(9, "", A));
  made.files.set(`${FOLDER}/cib-2.raw`, cib(7, MAINTENANCE, A));
  made.files.set(`${FOLDER}/cib-10.raw`, cib(8, MAINTENANCE));
  made.files.set(`${FOLDER}/cib-10.raw.sig`, "0");
  return made;
}

const run = (on: MemoryWorld, line: string) => on.run(main, "pcs", ...line.split(" "));

describe("pcs config checkpoint", () => {
  test("lists the former configurations by number, with their times", async () => {
    const shown = await run(world(), "config checkpoint");
    expect(shown).toMatchObject({ status: 0, stderr: "" });
    expect(shown.stdout).toMatch(/^checkpoint 2: date 2026-11-2\d \d\d:\d\d:\d\d\ncheckpoint 10: date /);
    expect(shown.stdout).not.toContain("sig");
    const none = await run(new MemoryWorld(), "config checkpoint list");
    expect(none).toMatchObject({ status: 0, stdout: "No checkpoints available\n" });
  });

  test("view shows one as 'pcs config' does, without what is no part of it", async () => {
    const on = world();
    on.files.set("/etc/corosync/corosync.conf", "totem {\n  version: 2\n}\n");
    const { stdout } = await run(on, "config checkpoint view 2");
    expect(stdout).toMatch(/^Resources:\n {2}Resource: a /);
    expect((await run(on, `-f ${FOLDER}/cib-2.raw config`)).stdout).toContain(stdout);
  });

  test("diff shows all of both", async () => {
    const on = world();
    const { stdout } = await run(on, "-f cib.xml config checkpoint diff 10 live");
    expect(stdout).toMatch(/^Differences between checkpoint 10 \(-\) and live configuration \(\+\):\n/);
    expect(stdout).toMatch(/^ {2}Resources:\n\+ {3}Resource: a \(class=ocf/m);
    expect(stdout).toMatch(/^- {2}maintenance-mode: true$/m);
    const swapped = (await run(on, "-f cib.xml config checkpoint diff live 10")).stdout;
    expect(swapped).toMatch(/^\+ {2}maintenance-mode: true$/m);
  });

  test("restore puts the configuration in place; a plan changes nothing", async () => {
    const on = world();
    const planned = await run(on, "-f cib.xml config checkpoint restore 2 --plan");
    expect(planned.status).toBe(0);
    expect(on.files.get("cib.xml")).toBe(cib(9, "", A));
    expect(await run(on, "-f cib.xml config checkpoint restore 2")).toMatchObject({ status: 0, stderr: "" });
    const text = on.files.get("cib.xml")!;
    expect(text).toContain('epoch="10"');
    expect(text).toContain("maintenance-mode");
    // Where nothing differs, nothing is written.
    await run(on, "-f cib.xml config checkpoint restore 2");
    expect(on.files.get("cib.xml")).toBe(text);
  });

  test.each([
    ["view 3", "there is no checkpoint '3' on this node"],
    ["view ../cib", "there is no checkpoint '../cib' on this node"],
    ["view live", "there is no checkpoint 'live' on this node"],
    ["diff 2 77", "there is no checkpoint '77' on this node"],
    ["diff live live", "does not differ from itself"],
    ["restore 77", "there is no checkpoint '77' on this node"],
    ["view", "Usage: pcs config checkpoint view"],
    ["diff 2", "Usage: pcs config checkpoint diff"],
  ])("%s is refused", async (words, message) => {
    const on = world();
    const { status, stderr } = await run(on, `config checkpoint ${words}`);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) });
  });
});

describe("differences of lines", () => {
  const texts = ["", "a", "b", "a b", "b a", "a b c", "c b a", "x a x b x", "a a a", "b a a c", "x x a b"];

  test.each(texts.flatMap((one) => texts.map((other) => [one, other] as const)))(
    "'%s' and '%s' can both be read from them",
    (one, other) => {
      const [before, after] = [one.split(" "), other.split(" ")];
      const lines = compareLines(before, after);
      const of = (mark: string) =>
        lines.filter((line) => " ".concat(mark).includes(line.mark)).map(({ text }) => text);
      expect(of("-")).toEqual(before);
      expect(of("+")).toEqual(after);
    },
  );

  test("tell no more than what changed", () => {
    const text = (changed: string) => ["{", "  x", "}", "{", `  ${changed}`, "}", "{", "  z", "}"];
    const changed = compareLines(text("y"), text("w")).filter(({ mark }) => mark !== " ");
    expect(changed.map(({ mark, text: line }) => mark + line)).toEqual(["-  y", "+  w"]);
  });

  test("of long texts without a common line take no time", () => {
    const long = (letter: string) =>
      Array.from({ length: 50_000 }, (_, index) => `${letter}${index % 20_000}`);
    expect(compareLines(long("a"), long("b"))).toHaveLength(100_000);
  });
});
