import type { AgentName } from "@quorate/ports";

/** Classes whose agents have no provider. */
const PLAIN_CLASSES: ReadonlySet<string> = new Set(["lsb", "service", "systemd", "stonith"]);

/** `ocf:heartbeat:IPaddr2`, `systemd:nginx`: as configurations, commands and messages write it. */
export function formatAgentName(agent: AgentName): string {
  return [agent.class, agent.provider, agent.type].filter((part) => part !== "").join(":");
}

/**
 * Reads `ocf:PROVIDER:TYPE` or `CLASS:TYPE`; the type of a systemd unit may contain colons. Null for anything else,
 * a plain type included: `AgentCatalogue.named` tells what that could mean.
 */
export function parseAgentName(text: string): AgentName | null {
  const [className, ...rest] = text.split(":");
  if (className === undefined || rest.length === 0 || rest.some((part) => part === "")) return null;
  if (className === "ocf") {
    const [provider, type, surplus] = rest;
    return provider === undefined || type === undefined || surplus !== undefined
      ? null
      : { class: className, provider, type };
  }
  return PLAIN_CLASSES.has(className) ? { class: className, provider: "", type: rest.join(":") } : null;
}
