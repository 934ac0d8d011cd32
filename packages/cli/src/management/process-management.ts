import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import {
  changeKnownHosts,
  managementPaths,
  OwnCluster,
  parseRecoverySites,
  printRecoverySites,
  readKnownHosts,
  requestHost,
  restoring,
  TokenStore,
} from "@quorate/management";
import { ExitCode } from "../exit-codes.ts";
import { FileError } from "../world.ts";
import { processBackupFiles } from "./backup-files.ts";
import type { Management } from "./management.ts";

/** That of this process, for the files below `root`. @throws FileError unless root runs it */
export function processManagement(root: string): Management {
  if (process.getuid?.() !== 0 && root === "")
    throw new FileError("only root may do this: run it with sudo", {
      exitCode: ExitCode.insufficientPrivileges,
    });
  const paths = managementPaths(root);
  const orFileError = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new FileError((error as Error).message, { cause: error });
    }
  };
  return {
    hostName: hostname(),
    own: new OwnCluster(root),
    backups: processBackupFiles,
    restoring,
    parseRecoverySites,
    printRecoverySites,
    knownHosts: () => {
      try {
        return readKnownHosts(paths.knownHosts);
      } catch (error) {
        throw new FileError((error as Error).message, { cause: error });
      }
    },
    changeKnownHosts: (change) => orFileError(() => changeKnownHosts(paths.knownHosts, change)),
    request: requestHost,
    newKey: (byteCount) => randomBytes(byteCount),
    readKeyFile: (path) => {
      try {
        return readFileSync(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw new FileError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
      }
    },
    revokeTokens: (token) => orFileError(() => new TokenStore(paths.tokens).revoke(token)),
    hideArguments: () => {
      process.title = "pcs";
    },
  };
}
