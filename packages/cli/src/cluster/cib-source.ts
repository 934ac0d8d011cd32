import type { World } from "../world.ts";

/** Which CIB the environment means. `path` null: standard input. */
export type CibSource =
  | { readonly kind: "live" }
  | { readonly kind: "file"; readonly path: string | null }
  | { readonly kind: "shadow"; readonly name: string; readonly path: string };

/** A shadow wins over a file, a file over the cluster. Source: CIB manager specification, 12. */
export function cibSource(env: World["env"]): CibSource {
  const name = activeShadow(env);
  return name === null ? sourceBehindShadow(env) : { kind: "shadow", name, path: shadowPath(env, name) };
}

/** The CIB that a shadow is a copy of: the file in `CIB_file`, else the cluster's. */
export function sourceBehindShadow(env: World["env"]): CibSource {
  const file = env.CIB_file ?? "";
  return file === "" ? { kind: "live" } : { kind: "file", path: file === "-" ? null : file };
}

/** The name of the shadow CIB in use. */
export function activeShadow(env: World["env"]): string | null {
  const name = env.CIB_shadow ?? "";
  return name === "" ? null : name;
}

/** The file of a shadow CIB. In `CIB_shadow_dir`, else beside the CIB of this node. */
export function shadowPath(env: World["env"], name: string): string {
  return `${shadowFolder(env)}/shadow.${name}`;
}

/** The folder of shadow CIBs. */
export function shadowFolder(env: World["env"]): string {
  const folder = env.CIB_shadow_dir ?? "";
  return folder === "" ? cibFolder(env) : folder;
}

/** Where this node's daemon keeps its copy of the cluster's CIB, and the former ones. */
export function cibFolder(env: World["env"]): string {
  return `${env.QUORATE_ROOT ?? ""}/var/lib/quorate/cib`;
}
