import type {
  ClusterFiles,
  KnownHost,
  MethodName,
  Methods,
  OwnCluster,
  RecoverySites,
  RequestOptions,
  Target,
} from "@quorate/management";
import type { BackupFiles } from "./backup-files.ts";

/** Other hosts, through their management services, and this machine's own part of the cluster. */
export interface Management {
  /** Name of this machine. */
  readonly hostName: string;
  readonly own: OwnCluster;
  readonly backups: BackupFiles;
  /** Hosts that this one may ask, sorted by name. @throws FileError */
  knownHosts(): readonly KnownHost[];
  /** Changes them on the disk; `change` gets them by name. @throws FileError */
  changeKnownHosts(change: (hosts: Map<string, KnownHost>) => void): Promise<void>;
  /** @throws ManagementError */
  request<M extends MethodName>(
    target: Target,
    method: M,
    params: Methods[M]["params"],
    options: RequestOptions,
  ): Promise<{ readonly result: Methods[M]["result"]; readonly fingerprint: string }>;
  /** @throws Error that says what is wrong with the text */
  parseRecoverySites(text: string): RecoverySites;
  printRecoverySites(sites: RecoverySites): string;
  /** What is in a backup, as other hosts are given it. */
  restoring(files: ClusterFiles): Methods["cluster.restore"]["params"];
  /** Random bytes for a key that hosts share. */
  newKey(byteCount: number): Buffer;
  /** A key from a file; null when there is no such file. @throws FileError */
  readKeyFile(path: string): Buffer | null;
  /** Revokes tokens that this machine gave out: one, by itself or by its id, or all (null). Resolves to their number. */
  revokeTokens(token: string | null): Promise<number>;
  /** From now on lists of processes show the command without its arguments, which may hold a password. */
  hideArguments(): void;
}
