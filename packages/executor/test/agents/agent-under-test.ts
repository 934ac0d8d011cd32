import { spawnSync } from "node:child_process";

/** What one action of an agent, run by hand, gave. */
export interface ActionResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly reason: string | null;
}

/** Runs actions of one OCF agent as one resource, the way the executor would, but without it. */
export class AgentUnderTest {
  readonly #path: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(path: string, environment: Readonly<Record<string, string>>) {
    this.#path = path;
    this.#environment = {
      ...process.env,
      OCF_ROOT: "/usr/lib/ocf",
      OCF_RA_VERSION_MAJOR: "1",
      OCF_RA_VERSION_MINOR: "1",
      OCF_RESOURCE_INSTANCE: "test",
      ...environment,
    };
  }

  run(action: string, parameters: Readonly<Record<string, string>> = {}): ActionResult {
    const variables = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [`OCF_RESKEY_${name}`, value]),
    );
    const result = spawnSync(this.#path, [action], {
      env: { ...this.#environment, ...variables },
      encoding: "utf8",
      timeout: 20_000,
    });
    return {
      code: result.status,
      stdout: result.stdout,
      reason: /ocf-exit-reason:(.*)/u.exec(result.stderr)?.[1] ?? null,
    };
  }

  /** Exit codes of several actions, one after the other. */
  codes(
    actions: readonly string[],
    parameters: Readonly<Record<string, string>> = {},
  ): readonly (number | null)[] {
    return actions.map((action) => this.run(action, parameters).code);
  }
}
