const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Fri Mar  2 05:46:23 2012`, UTC. */
export function classicDate(epochS: number): string {
  const date = new Date(epochS * 1000);
  const day = String(date.getUTCDate()).padStart(2);
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${clock(date)} ${date.getUTCFullYear()}`;
}

/** `2012-03-02 05:46:23Z`. */
export function isoDate(epochS: number): string {
  const date = new Date(epochS * 1000);
  const month = pad(date.getUTCMonth() + 1);
  return `${String(date.getUTCFullYear()).padStart(4, "0")}-${month}-${pad(date.getUTCDate())} ${clock(date)}Z`;
}

function clock(date: Date): string {
  return `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
