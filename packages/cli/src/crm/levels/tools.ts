import type { Shell } from "../shell/shell.ts";

/** Runs `crm_resource`; true when it succeeded. */
export async function crmResource(shell: Shell, args: readonly string[]): Promise<boolean> {
  const { main } = await import("../../commands/crm_resource.ts");
  return (await shell.runTool("crm_resource", main, args)) === 0;
}

/** Runs `crm_attribute`; true when it succeeded. */
export async function crmAttribute(shell: Shell, args: readonly string[]): Promise<boolean> {
  const { main } = await import("../../commands/crm_attribute.ts");
  return (await shell.runTool("crm_attribute", main, args)) === 0;
}

/** Has a node reset; true once it is. */
export async function fenceNode(shell: Shell, node: string): Promise<boolean> {
  const { main } = await import("../../commands/stonith_admin.ts");
  return (await shell.runTool("stonith_admin", main, ["--reboot", node])) === 0;
}

/** Runs our `pcs`; true when it succeeded. It is a program of its own, so that the shell starts without what it needs for other hosts. */
export async function pcs(shell: Shell, args: readonly string[]): Promise<boolean> {
  return (await shell.runOwn("pcs", args)) === 0;
}
