import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { substituteSecrets } from "../../src/classes/secrets.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "quorate-secrets-"));
  mkdirSync(join(directory, "db"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function keepSecret(content: string, sum = createHash("md5").update(content).digest("hex")): void {
  writeFileSync(join(directory, "db", "password"), content);
  writeFileSync(join(directory, "db", "password.sign"), `${sum}\n`);
}

const place = () => ({ directory, resourceId: "db" });
const parameters = new Map([
  ["user", "admin"],
  ["password", "lrm://"],
]);

it("puts in the secret of the resource, white space at its end removed", async () => {
  keepSecret("open sesame \n\n");
  const result = await substituteSecrets(parameters, place());
  expect(result.ok && [...result.parameters]).toEqual([
    ["user", "admin"],
    ["password", "open sesame"],
  ]);
});

it("refuses a secret whose checksum is another, or that is not there", async () => {
  expect(await substituteSecrets(parameters, place())).toMatchObject({ ok: false });
  keepSecret("changed", "0123");
  expect(await substituteSecrets(parameters, place())).toMatchObject({
    ok: false,
    reason: expect.stringContaining("checksum"),
  });
});

it("does not leave its directory", async () => {
  keepSecret("x");
  const result = await substituteSecrets(new Map([["../db/password", "lrm://"]]), place());
  expect(result.ok).toBe(false);
});
