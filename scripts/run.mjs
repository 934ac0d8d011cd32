// Runs one of the repository's commands: installs the dependencies when the lock file asks for it, then
// hands over to scripts/NAME.ts. Plain JavaScript, because on a fresh clone nothing is installed yet.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command, ...args] = process.argv.slice(2);

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Quorate needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

ensureInstalled();
const { register } = await import("tsx/esm/api");
register();
const script = await import(pathToFileURL(join(root, "scripts", `${command}.ts`)).href);
try {
  process.exitCode = await script.run(args);
} catch (error) {
  if (!String(error.code).startsWith("ERR_PARSE_ARGS_")) throw error;
  console.error(`${command}: ${error.message}`);
  process.exitCode = 64;
}

/** Installs when node_modules does not match the lock file and the manifests; the stamp holds their digest. */
function ensureInstalled() {
  const stampFile = join(root, "node_modules", ".quorate-installed");
  const packages = readdirSync(join(root, "packages")).map((name) =>
    join(root, "packages", name, "package.json"),
  );
  const hash = createHash("sha256");
  const manifests = [join(root, "package.json"), join(root, "lab", "package.json"), ...packages.sort()];
  for (const file of [join(root, "package-lock.json"), ...manifests]) {
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  const digest = hash.digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === digest) return;
  console.error("Installing dependencies ...");
  // Not `npm ci`: it refuses a lock file that was written where a registry lacked optional packages for other platforms.
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (npm.status !== 0) {
    console.error("npm install failed; see above. Is the npm registry reachable?");
    process.exit(1);
  }
  writeFileSync(stampFile, digest);
}
