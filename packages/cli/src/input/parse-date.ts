/** An ISO 8601 date as epoch seconds, or null when it is not one. Without offset it is local time. */
export function parseDate(text: string): number | null {
  const ordinal = /^(\d{4})-(\d{3})(?:[T ](.*))?$/.exec(text);
  const iso = ordinal
    ? `${new Date(Date.UTC(Number(ordinal[1]), 0, Number(ordinal[2]))).toISOString().slice(0, 10)}T${ordinal[3] ?? "00:00"}`
    : text.replace(/^(\d{4}-\d{2}-\d{2}) /, "$1T");
  const ms = Date.parse(/[Z+-]\d*$/.test(iso) ? iso : `${iso}Z`);
  return Number.isNaN(ms) ? null : ms / 1000;
}
