import { readFileSync, realpathSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { serviceHelp } from "@quorate/host";
import { ownCertificate } from "./certificate/own-certificate.ts";
import { readConfiguration } from "./configuration.ts";
import { QUORATE_PCSD } from "./help.ts";
import { OwnCluster } from "./machine/own-cluster.ts";
import { CHECK_PASSWORD, checkPasswordOfInput, passwordChecker } from "./password/check-password.ts";
import { managementPaths } from "./paths.ts";
import { createAudit } from "./server/audit.ts";
import { Leases } from "./server/leases.ts";
import { LoginLimit } from "./server/login-limit.ts";
import { createManagementServer } from "./server/server.ts";
import { TokenStore } from "./server/tokens.ts";
import { VERSION } from "./version.ts";

/** A service manager must not start it again after `configuration`. */
const ExitStatus = { ok: 0, failure: 1, usage: 64, configuration: 78 } as const;
/** A request that is being carried out is waited for this long. */
const END_MS_MAX = 10_000;

async function main(argv: readonly string[]): Promise<number | null> {
  let root: string;
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        root: { type: "string", default: "/" },
        help: { type: "boolean", default: false },
        version: { type: "boolean", default: false },
      },
    });
    if (values.help || values.version) {
      writeSync(1, values.help ? serviceHelp(QUORATE_PCSD) : `Quorate ${VERSION}\n`);
      return ExitStatus.ok;
    }
    root = resolve(values.root);
  } catch (error) {
    log(`${(error as Error).message}\nTry quorate-pcsd --help`);
    return ExitStatus.usage;
  }
  const paths = managementPaths(root === "/" ? "" : root);
  let configuration: ReturnType<typeof readConfiguration>;
  let certificate: ReturnType<typeof ownCertificate>;
  try {
    configuration = readConfiguration(paths.configuration);
    certificate = ownCertificate(paths, hostname(), new Date());
  } catch (error) {
    log((error as Error).message);
    return ExitStatus.configuration;
  }
  const wallTime = (): Date => new Date();
  const server = createManagementServer({
    root,
    paths,
    certificate,
    cluster: new OwnCluster(root),
    // The one of this installation: another cluster manager's may come first in the path.
    pcs: join(dirname(realpathSync(process.argv[1]!)), "pcs"),
    tokens: new TokenStore(paths.tokens),
    limit: new LoginLimit(),
    leases: new Leases(),
    checkPassword: passwordChecker(process.argv[1]!),
    audit: createAudit(paths.auditLog, log, wallTime),
    log,
    monotonicMs: () => performance.now(),
    wallTime,
  });
  const { port, listen } = configuration;
  server.once("error", (error) => {
    log(`cannot listen on port ${port}: ${error.message}; set another port in ${paths.configuration}`);
    process.exit(ExitStatus.failure);
  });
  server.listen({ port, ...(listen === null ? {} : { host: listen }) }, () =>
    log(`listening on port ${port}, version ${VERSION}, pid ${process.pid}`),
  );
  const end = (): void => {
    server.close(() => process.exit(ExitStatus.ok));
    setTimeout(() => process.exit(ExitStatus.ok), END_MS_MAX).unref();
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("SIGHUP", () => {});
  return null;
}

function log(line: string): void {
  try {
    writeSync(2, `quorate-pcsd: ${line}\n`);
  } catch {
    // A log that cannot be written must not end the service.
  }
}

if (process.argv[2] === CHECK_PASSWORD) {
  checkPasswordOfInput(readFileSync(0, "utf8")).then((verdict) => {
    writeSync(1, verdict);
    process.exit(0);
  });
} else {
  process.umask(0o027);
  main(process.argv.slice(2)).then((status) => {
    if (status !== null) process.exit(status);
  });
}
