import type { ConfView } from "./view.ts";

const TOKEN_MS_DEFAULT = 3000;
const TOKEN_COEFFICIENT_MS_DEFAULT = 650;

/** Milliseconds until a lost token is noticed: each node above two adds the coefficient. */
export function effectiveToken(view: ConfView): number {
  const token = Number(view.totem.get("token") ?? 0) || TOKEN_MS_DEFAULT;
  const coefficient = Number(view.totem.get("token_coefficient") ?? TOKEN_COEFFICIENT_MS_DEFAULT);
  return token + Math.max(0, view.nodes.length - 2) * coefficient;
}
