const NAMES: ReadonlySet<string> = new Set([
  "provides",
  "stonith-timeout",
  "pcmk_host_list",
  "pcmk_host_map",
  "pcmk_host_check",
  "pcmk_host_argument",
  "pcmk_delay_base",
  "pcmk_delay_max",
  "pcmk_action_limit",
]);

/** Parameters of fence devices that the fencer reads itself instead of the agent. Source: part 1, 19.3. */
export function isPrivateFencingParameter(name: string): boolean {
  return NAMES.has(name) || /^pcmk_.+_(action|timeout|retries)$/.test(name);
}
