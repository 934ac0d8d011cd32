import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { repositoryRoot } from "../../steps.ts";
import type { Places } from "./reduce.ts";
import type { CliAction, Environment } from "./suite.ts";

const TIMEOUT_MS = 60_000;
const SHADOW = "cts-cli";

export interface CommandOutcome {
  readonly stdout: string;
  readonly stderr: string;
  /** -1 when it had to be killed. */
  readonly exitCode: number;
}

/** Where the tests of one group live: a temporary folder with its CIB file and shadow folder. */
export class GroupPlace {
  readonly folder = mkdtempSync(join(tmpdir(), "conformance-cli-"));
  readonly #dataFolder: string;
  #cib = "";
  #shadowFolder = "";

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder;
  }

  /** Longest paths first, so that a file is not taken for its folder. */
  get places(): Places {
    const all: (readonly [string, string])[] = [
      [this.#cib, "{CIB}"],
      [this.#shadowFolder, "{SHADOW_DIR}"],
      [this.#dataFolder, "{DATA}"],
    ];
    return all.filter(([path]) => path !== "").sort((left, right) => right[0].length - left[0].length);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  newFile(): string {
    return join(mkdtempSync(join(this.folder, "file-")), "cib.xml");
  }

  /** Source: README of the suite, "Actions". @throws when the action fails */
  async perform(action: CliAction, env: Environment): Promise<void> {
    if ("run" in action) {
      await this.#mustRun(action.run, env);
    } else if ("copy_cib" in action) {
      this.#cib = this.newFile();
      copyFileSync(join(this.#dataFolder, action.copy_cib), this.#cib);
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString().replace("T", " ").slice(0, 19);
      writeFileSync(this.#cib, readFileSync(this.#cib, "utf8").replaceAll("{TOMORROW}", tomorrow));
    } else if ("new_shadow_dir" in action) {
      this.#shadowFolder = mkdtempSync(join(this.folder, "shadow-"));
    } else if ("create_shadow" in action) {
      const version = action.create_shadow.validate_with;
      const schema = version ? ` --validate-with ${version}` : "";
      const shadowEnv = { CIB_shadow_dir: this.#shadowFolder, CIB_shadow: SHADOW };
      await this.#mustRun(`crm_shadow --batch --force --create-empty ${SHADOW}${schema}`, shadowEnv);
      await this.#normalizeShadow(shadowEnv);
    } else {
      await this.#normalizeShadow(env);
    }
  }

  async #normalizeShadow(env: Environment): Promise<void> {
    await this.#mustRun("cibadmin --delete --xml-text '<rsc_defaults/>'", env);
    const file = join(this.#shadowFolder, `shadow.${SHADOW}`);
    const text = readFileSync(file, "utf8")
      .replace(/ admin_epoch="\d+"/, ' admin_epoch="0"')
      .replace(/ epoch="\d+"/, ' epoch="1"')
      .replace(/ num_updates="\d+"/, ' num_updates="0"');
    writeFileSync(file, text);
  }

  async #mustRun(command: string, env: Environment): Promise<void> {
    const { exitCode, stderr } = await this.run(command, env, "");
    if (exitCode !== 0) throw new Error(`${command}: exit status ${exitCode}: ${stderr.trim()}`);
  }

  fill(text: string): string {
    return text
      .replaceAll("{DATA}", this.#dataFolder)
      .replaceAll("{CIB}", this.#cib)
      .replaceAll("{SHADOW_DIR}", this.#shadowFolder)
      .replace(/\{CONTENT:([^}]+)\}/g, (_, name: string) => this.data(name))
      .replace(/\{FLAT:([^}]+)\}/g, (_, name: string) => this.data(name).replace(/\s+/g, " ").trim());
  }

  data(name: string): string {
    return readFileSync(join(this.#dataFolder, name), "utf8");
  }

  /** Runs a line of shell as the suite does: nothing inherited but where the programs are. */
  run(command: string, env: Environment, input: string): Promise<CommandOutcome> {
    const bin = join(repositoryRoot, "bin");
    const variables: Record<string, string> = {
      LC_ALL: "C",
      TZ: "UTC",
      HOME: this.folder,
      PATH: [bin, dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
    };
    for (const [name, value] of Object.entries(env)) {
      if (value === null) delete variables[name];
      else variables[name] = this.fill(value);
    }
    return new Promise((resolve) => {
      const child = spawn("sh", ["-c", this.fill(command)], {
        cwd: this.folder,
        env: variables,
        detached: true,
        stdio: ["pipe", "pipe", "pipe"],
      });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (piece: string) => {
        stdout += piece;
      });
      child.stderr.setEncoding("utf8").on("data", (piece: string) => {
        stderr += piece;
      });
      // A command that does not read its input closes the pipe before all is written.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
      const timer = setTimeout(() => {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      }, TIMEOUT_MS);
      child.on("close", (code) => {
        clearTimeout(timer);
        resolve({ stdout, stderr, exitCode: code ?? -1 });
      });
    });
  }
}
