import { describe, expect, it } from "vitest";
import { helpText } from "../../src/options/help-text.ts";
import { nearestName } from "../../src/options/nearest-name.ts";
import { countOption, flagOption, listOption, valueOption } from "../../src/options/option-table.ts";
import { parseOptions } from "../../src/options/parse-options.ts";

const table = {
  simulate: flagOption({ long: "simulate", short: "S", help: "Simulate" }),
  quiet: flagOption({ long: "quiet", short: "Q", help: "Less" }),
  verbose: countOption({ long: "verbose", short: "V", help: "More" }),
  file: valueOption({ long: "xml-file", short: "x", metavar: "FILE", help: "Read FILE" }),
  node: listOption({ long: "node-up", short: "u", metavar: "NODE", help: "Bring NODE up" }),
  output: valueOption({ long: "output-as", metavar: "FORMAT", choices: ["text", "xml"], help: "Format" }),
};

function parse(...argv: string[]) {
  return parseOptions(table, argv);
}

describe("parseOptions", () => {
  it("takes combined flags, attached and separate values, and repeated options in order", () => {
    const parsed = parse("-SQx", "a.xml", "-VV", "--node-up=n1", "-un2", "--node-up", "n3", "rest");
    expect(parsed).toMatchObject({
      ok: true,
      values: {
        simulate: true,
        quiet: true,
        verbose: 2,
        file: "a.xml",
        node: ["n1", "n2", "n3"],
        output: null,
      },
      operands: ["rest"],
    });
  });

  it("tells every option in the order in which it was given", () => {
    const parsed = parse("-Q", "--node-up=n1", "-S");
    expect(parsed.ok && parsed.occurrences).toEqual([
      { name: "quiet", argument: null },
      { name: "node", argument: "n1" },
      { name: "simulate", argument: null },
    ]);
  });

  it("ends options at --", () => {
    const parsed = parse("--", "-S");
    expect(parsed.ok && parsed.operands).toEqual(["-S"]);
  });

  it.each([
    [["--simulat"], "unknown option --simulat; did you mean --simulate?"],
    [["--frobnicate"], "unknown option --frobnicate"],
    [["-k"], "unknown option -k"],
    [["-x"], "-x needs a value: -x FILE"],
    [["--quiet=yes"], '--quiet takes no value, but "yes" was given'],
    [["--output-as", "yaml"], '--output-as: "yaml" is not one of text, xml'],
  ])("refuses %j", (argv, message) => {
    expect(parse(...argv)).toMatchObject({ ok: false, message });
  });
});

describe("nearestName", () => {
  it("finds swapped, missing and wrong letters, but nothing far away", () => {
    const names = ["set-datetime", "show-scores", "save-graph"];
    expect(nearestName("set-dateitme", names)).toBe("set-datetime");
    expect(nearestName("show-score", names)).toBe("show-scores");
    expect(nearestName("xyz", names)).toBeNull();
  });
});

describe("helpText", () => {
  it("names every visible option with its short form and argument", () => {
    const text = helpText({ name: "demo", summary: "a demo.", usage: "[options]", examples: [] }, table);
    expect(text).toContain("Usage: demo [options]");
    expect(text).toMatch(/-x, --xml-file=FILE +Read FILE/);
    expect(text).toMatch(/--output-as=FORMAT +Format \(text, xml\)/);
  });
});
