import { createPrivateKey, X509Certificate } from "node:crypto";
import { readIfThere, replaceFile } from "../machine/files.ts";
import type { ManagementPaths } from "../paths.ts";
import { makeSelfSigned, type OwnCertificate } from "./self-signed.ts";

/** The certificate of this host, made when there is none. @throws Error that names the file and the mend */
export function ownCertificate(paths: ManagementPaths, hostName: string, now: Date): OwnCertificate {
  const certificate = readIfThere(paths.certificate)?.toString("utf8") ?? null;
  const key = readIfThere(paths.key)?.toString("utf8") ?? null;
  if (certificate === null || key === null) {
    // Without its key a certificate is of no use, and the other way round.
    const made = makeSelfSigned(hostName, now);
    replaceFile(paths.key, Buffer.from(made.key), 0o600);
    replaceFile(paths.certificate, Buffer.from(made.certificate), 0o644);
    return made;
  }
  const problem = problemOfPair({ certificate, key });
  if (problem !== null)
    throw new Error(
      `${paths.certificate} and ${paths.key} are not usable: ${problem}. Remove both, and new ones are made; other hosts then need 'pcs host deauth' and 'pcs host auth' for this one`,
    );
  return { certificate, key };
}

/** What is wrong with a certificate and its key; null when nothing is. */
function problemOfPair({ certificate, key }: OwnCertificate): string | null {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
      ? null
      : "the key is not that of the certificate";
  } catch (error) {
    return (error as Error).message;
  }
}
