import { expect, it } from "vitest";
import { describePatchset, diffCib } from "../../src/index.ts";
import { parsed } from "../parsed.ts";

it("describePatchset: every kind of change, as in logs", () => {
  const before = parsed('<cib epoch="1" x="1"><a id="1"/><!--c--><b id="2"/><c id="3"/></cib>');
  const after = parsed('<cib epoch="2" y="&lt;"><c id="3"/><b id="2"/><d id="4"><e/></d><!--n--></cib>');
  expect(describePatchset(diffCib(before, after))).toEqual([
    "Diff: --- 0.1.0 2",
    "Diff: +++ 0.2.0 (no digest)",
    "-- /cib/a[@id='1']",
    "-- /cib/comment:0",
    "+  /cib:  @epoch=2, @y=&lt;",
    "-- /cib:  @x",
    "+~ /cib/c[@id='3'] moved to offset 0",
    "+~ /cib/b[@id='2'] moved to offset 1",
    '++ /cib:  <d id="4">',
    "++          <e/>",
    "++        </d>",
    "++ /cib:  <!--n-->",
  ]);
  expect(describePatchset(diffCib(before, before, { ignoresVersions: true }))).toEqual([]);
});
