/** Highest minor version of each major version of the schema. Source: CIB specification, section 9. */
const MINOR_MAX: ReadonlyMap<number, number> = new Map([
  [1, 3],
  [2, 10],
  [3, 10],
  [4, 0],
]);

/** Value of `validate-with` in a new CIB. */
export const NEWEST_SCHEMA = "pacemaker-4.0";

/** Every schema name that `validate-with` may have, oldest first; `none` validates anything. */
export function knownSchemas(): readonly string[] {
  const names: string[] = [];
  for (const [major, minorMax] of MINOR_MAX) {
    for (let minor = 0; minor <= minorMax; minor++) names.push(`pacemaker-${major}.${minor}`);
  }
  return [...names, "none"];
}

export function isKnownSchema(name: string): boolean {
  if (name === "none") return true;
  const match = /^pacemaker-(\d{1,3})\.(\d{1,3})$/.exec(name);
  if (match === null) return false;
  const minorMax = MINOR_MAX.get(Number(match[1]));
  return minorMax !== undefined && Number(match[2]) <= minorMax && name === schemaName(match);
}

/** Written without leading zeros, so that each schema has one name. */
function schemaName(match: RegExpExecArray): string {
  return `pacemaker-${Number(match[1])}.${Number(match[2])}`;
}
